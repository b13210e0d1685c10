-- A hundred calls of twenty operations of one API, over and over.
--
-- BENCH_API names the table of operations beside this file, and BENCH_IDS a folder of lists
-- of ids that the fixtures have. With BENCH_STOP that many calls are made and each
-- answer is looked at: one that is not 2xx is told and ends it, and the calls are written
-- into the file BENCH_RECORD, for replay.c. Without it nothing is done per answer, so that
-- the load generator is cheap: wrk counts what is refused.
local here, api = os.getenv("BENCH_HERE"), os.getenv("BENCH_API")

function ids(name)
    local list = {}
    for id in io.lines(os.getenv("BENCH_IDS") .. "/" .. name) do list[#list + 1] = id end
    return list
end

local plain = { ["Authorization"] = "Bearer bench" }
local json = { ["Authorization"] = "Bearer bench", ["Content-Type"] = "application/json" }

-- A call that is the same each time is written once.
function get(target) return wrk.format("GET", target, plain) end
function send(method, target, body) return wrk.format(method, target, json, body) end

-- gets("/x?id=", {…}) goes through the ids, one a call.
function gets(prefix, list, suffix)
    local calls, n = {}, 0
    for i, id in ipairs(list) do calls[i] = get(prefix .. id .. (suffix or "")) end
    return function()
        n = n % #calls + 1
        return calls[n]
    end
end

local round, n, name = nil, 0, nil

function init()
    local operations, kinds = dofile(here .. "/" .. api .. ".lua"), 0
    local shares = {}
    for _, o in ipairs(operations) do
        kinds = kinds + 1
        for _ = 1, o[2] do shares[#shares + 1] = o end
    end
    assert(kinds == 20 and #shares == 100, kinds .. " operations, " .. #shares .. " calls")
    round = {}
    for i = 0, 99 do round[i] = shares[i * 37 % 100 + 1] end -- spread evenly
end

local stop, answered, bytes = tonumber(os.getenv("BENCH_STOP") or "0"), 0, 0
local calls = stop > 0 and assert(io.open(os.getenv("BENCH_RECORD"), "w"))

function request()
    n = n + 1
    local operation = round[n % 100]
    name = operation[1]
    local call = operation[3]()
    if calls then calls:write(call) end
    return call
end

if stop > 0 then
    function response(status, _, body)
        if status < 200 or status > 299 then
            print("REFUSED " .. name .. " " .. status .. " " .. body)
            os.exit(1)
        end
        answered, bytes = answered + 1, bytes + #body
        if answered >= stop then
            print("MEAN " .. math.floor(bytes / answered + 0.5))
            calls:close()
            os.exit(0)
        end
    end
end

function done(summary, latency)
    local e = summary.errors
    print(("RATE %f %f %d"):format(summary.requests / summary.duration * 1e6,
        latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
