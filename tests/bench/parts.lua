-- Calls of parts.yaml. BENCH_DO says which; BENCH_IDS is a file of ids to read and
-- change; with BENCH_STOP that many calls are made and no more.
local what, stop = os.getenv("BENCH_DO"), tonumber(os.getenv("BENCH_STOP") or "0")
local head = os.getenv("BENCH_NAMESPACE")
local ids, n, answered = {}, 0, 0
if os.getenv("BENCH_IDS") then
    for id in io.lines(os.getenv("BENCH_IDS")) do ids[#ids + 1] = id end
end
local states = { "planned", "made", "tested", "shipped" }
local part = '{"name":"Part number %d","status":"%s","owner":"user-%d@example.com",'
    .. '"place":"hall 4, bay %d","weight":%d.5,"urgent":%s}'

local function fields(type)
    return { ["Content-Type"] = type, ["Understudy-Namespace"] = head }
end
local sent, patch = fields("application/json"), fields("application/merge-patch+json")
local plain = fields(nil)

local function id()
    return ids[n * 7919 % #ids + 1]
end

local calls = {
    create = function()
        return wrk.format("POST", "/parts", sent, part:format(n, states[n % 4 + 1],
            n % 1000, n % 70, n % 900, n % 3 == 0 and "true" or "false"))
    end,
    read = function() return wrk.format("GET", "/parts/" .. id(), plain) end,
    update = function()
        return wrk.format("PATCH", "/parts/" .. id(), patch, '{"weight":' .. n % 900 .. '}')
    end,
    list = function() return wrk.format("GET", "/parts?limit=20", plain) end,
    ["by-owner"] = function()
        return wrk.format("GET", "/parts?limit=20&owner=user-" .. n % 1000 .. "@example.com", plain)
    end,
    ["by-status"] = function()
        return wrk.format("GET", "/parts?limit=20&status=" .. states[n % 4 + 1], plain)
    end,
    sorted = function() return wrk.format("GET", "/parts?limit=20&sort=-weight", plain) end,
}

request = function()
    n = n + 1
    return calls[what]()
end

if stop > 0 then
    response = function()
        answered = answered + 1
        if answered >= stop then os.exit(0) end -- wrk itself ends by the clock only
    end
end
