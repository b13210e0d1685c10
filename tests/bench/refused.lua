-- PUT a link whose child is no UUID and whose dataset is missing.
wrk.method = "PUT"
wrk.headers["Authorization"] = "Bearer bench"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"parent_component_instance_id":"aaaaaaaa-0000-4000-8abc-000000000001",'
    .. '"child_component_instance_id":"none",'
    .. '"process_entry_id":"' .. os.getenv("BENCH_ENTRY") .. '"}'
