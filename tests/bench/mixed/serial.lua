-- Serial: what stations on a shop floor ask for and record. Lists are asked for what the
-- load leaves alone, so that answers keep their size; { operation, share, next call }.
local bikes, parents, lots, entries = ids("bikes"), ids("parents"), ids("lots"), ids("entries")
local wheel, tire, process = ids("component")[1], ids("child")[1], ids("process")[1]
local link_entry, link_datasets = ids("link-entry")[1], ids("link-datasets")
local numeric, orders = ids("numeric")[1], ids("orders")
local n = 0

local function count(f)
    return function()
        n = n + 1
        return f(n)
    end
end
local link = 0

return {
    { "find an instance", 14, gets("/components/instances?identifier=", ids("identifiers")) },
    { "links of an instance", 8, gets("/components/instances/links?parent_component_instance_id=", bikes) },
    { "find a component", 4, gets("/components?name=", ids("names")) },
    { "properties", 4, gets("/components/instances/", bikes, "/properties") },
    { "entries of an instance", 6, gets("/processes/entries?component_instance_id=", bikes) },
    { "datasets of a process", 6, gets("/datasets?process_id=", ids("processes")) },
    { "find a part number", 4, gets("/part-numbers?part_number=", ids("part-numbers")) },
    { "find an operator", 3, gets("/operators?pin=", ids("pins")) },
    { "work orders", 3, gets("/work-orders", { "" }) },
    { "work order", 4, gets("/work-order/", orders) },
    { "make an instance", 8, count(function(i)
        return send("PUT", "/components/instances",
            ('{"identifier":"BENCH-%07d","component_id":"%s"}'):format(i, wheel))
    end) },
    { "open an entry", 6, count(function(i)
        return send("POST", "/processes/entries", ('{"process_id":"%s","component_instance_id":"%s"}')
            :format(process, parents[i % #parents + 1]))
    end) },
    { "make a part number", 1, count(function(i)
        return send("POST", "/part-numbers",
            ('{"part_number":"BENCH-%07d","component_id":"%s"}'):format(i, wheel))
    end) },
    { "make a component", 1, count(function(i)
        return send("POST", "/components", ('{"name":"Bench %d","component_type":"SN"}'):format(i))
    end) },
    { "find or make a dataset", 3, count(function(i)
        return send("PUT", "/datasets", ('{"name":"Bench %d","type":"NUMERICAL","process_id":"%s"}')
            :format(i % 100, process))
    end) },
    { "link components", 1, function()
        return send("PUT", "/components/links",
            ('{"parent_component_id":"%s","child_component_id":"%s","process_id":"%s"}')
            :format(wheel, tire, process))
    end },
    { "record a number", 8, count(function(i)
        return send("PUT", "/processes/entries/" .. entries[i % #entries + 1],
            ('{"type":"NUMERICAL","dataset_id":"%s","value":%d}'):format(numeric, 900 + i % 300))
    end) },
    { "submit an entry", 6, count(function(i)
        return send("PATCH", "/processes/entries/" .. entries[i % #entries + 1],
            ('{"is_complete":true,"is_pass":true,"cycle_time":%d}'):format(i % 900))
    end) },
    { "change a dataset", 2, count(function(i)
        return send("PATCH", "/datasets/" .. numeric, ('{"usl":%d}'):format(1200 + i % 100))
    end) },
    -- Each pair with each dataset, which are some ten thousand; then the same again.
    { "link instances", 8, function()
        local parent, at = link % #parents + 1, math.floor(link / #parents)
        link = link + 1
        return send("PUT", "/components/instances/links",
            ('{"parent_component_instance_id":"%s","child_component_instance_id":"%s","process_entry_id":"%s","dataset_id":"%s"}')
            :format(parents[parent], lots[at % #lots + 1], link_entry,
                link_datasets[math.floor(at / #lots) % #link_datasets + 1]))
    end },
}
