-- PUT links that were never made before: parent and child are counted through.
local run = tonumber(os.getenv("BENCH_RUN"))
local n = run * 700000
local head = '{"parent_component_instance_id":"aaaaaaaa-0000-4000-8abc-%012d",'
    .. '"child_component_instance_id":"aaaaaaaa-0000-4000-8bcd-%012d",'
    .. '"process_entry_id":"' .. os.getenv("BENCH_ENTRY") .. '",'
    .. '"dataset_id":"' .. os.getenv("BENCH_DATASET") .. '"}'
local fields = { ["Authorization"] = "Bearer bench", ["Content-Type"] = "application/json" }

request = function()
    n = n + 1
    return wrk.format("PUT", nil, fields, head:format(n % 2000, math.floor(n / 2000) % 2000))
end

-- With BENCH_STOP that many calls are made and no more; wrk itself ends by the clock only.
local stop, answered = tonumber(os.getenv("BENCH_STOP") or "0"), 0
if stop > 0 then
    response = function()
        answered = answered + 1
        if answered >= stop then os.exit(0) end
    end
end
