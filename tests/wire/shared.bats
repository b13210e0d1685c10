#!/usr/bin/env bats
# --store redis://…: several servers are one API, whatever becomes of the store.
# CONTENDED=50000 makes the long way of it (make check-shared).

load support

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    contend=$(dirname "$program")/tests/store/contend
    shop
    begin_store
}

teardown() {
    stop_all
    [ -z "${redis-}" ] || { kill -9 "$redis"; wait "$redis"; } 2>/dev/null || true
}

# shop — Serial with fifty parents and four children that fit them.
shop() {
    mkdir specs
    cp "$root/specs/serial.yaml" specs/
    cp -r "$root/fixtures" fixtures
    jq -n 'def many($n; $kind; $name): range($n) | {
             id: ("aaaaaaaa-0000-4000-\($kind)-" + ("000000000000" + tostring)[-12:]),
             identifier: "\($name)-\(.)", component_id: "cccccccc-0000-4000-8000-000000000004",
             component_type: "SN", status: "WIP", is_archived: false };
           [many(50; "8abc"; "PARENT"), many(4; "8bcd"; "CHILD")]' >more.json
    jq -s add "$root/fixtures/serial/instances.json" more.json >fixtures/serial/instances.json
    echo 'limits: [{ on: get-components, requests: 4, per: 1h }]' >fixtures/scenarios/few.yaml
    had=$(jq length fixtures/serial/components.json)
    had_links=$(jq length fixtures/serial/links.json)
    entry=$(jq -r '.[0].id' fixtures/serial/entries.json)
    dataset=$(jq -r '.[0].id' fixtures/serial/datasets.json)
}

# begin_store [OPTION…] — a Redis of our own on a free port, the one that it had before if
# it had one; every change is on the disk before it is answered.
begin_store() {
    for _ in $(seq 50); do
        # Below the ports that the system gives to those who connect.
        store_port=${store_kept-$((20000 + RANDOM % 12000))}
        rm -f redis.log # what the one before has said is not said by this one
        redis-server --port "$store_port" --bind 127.0.0.1 --dir "$PWD" --save '' \
            --appendonly yes --appendfsync always --daemonize no "$@" >redis.log 2>&1 3>&- &
        redis=$!
        eventually has_spoken
        grep -qs 'Ready to accept' redis.log && break
    done
    kill -0 "$redis"
    store_kept=$store_port
    store=redis://127.0.0.1:$store_port/3
}

# Whether the Redis is ready, or is gone.
has_spoken() {
    grep -qs 'Ready to accept' redis.log || ! kill -0 "$redis" 2>/dev/null
}

# begin N — N servers; their ports are in the array ports.
begin() {
    ports=()
    for i in $(seq "$1"); do
        "$program" serve -q -p 0 --port-file "$PWD/port.$i" specs/serial.yaml --store "$store" \
            --seed 1 >"out.$i" 2>"err.$i" 3>&- &
        servers="${servers-} $!"
    done
    for i in $(seq "$1"); do
        eventually [ -s "port.$i" ]
        ports+=("$(cat "port.$i")")
    done
}

# at N METHOD PATH … — call at the N-th server.
at() {
    base=http://127.0.0.1:${ports[$(($1 - 1))]}
    shift
    call "$@"
}

status() { # N METHOD PATH [BODY]
    at "$1" "$2" "$3" "${4-}" -o /dev/null -w '%{http_code}'
}

component() { # N NAME [PREFIX]
    at "$1" POST "${3-}/components" "{\"name\":\"$2\",\"component_type\":\"SN\",\"part_number\":\"$2\"}"
}

count() { # N COLLECTION [PREFIX]
    at "$1" GET "${3-}/__admin/state" | jq ".serial.$2"
}

links_kept() {
    redis-cli -p "$store_port" -n 3 --raw HGETALL understudy::state |
        awk 'here { print; here = 0 } /^\/instances\/serial\/links:/ { here = 1 }'
}

# judge — what is kept against what was answered: one active link for each child that was
# ever linked, nothing that was answered is lost, and no link was broken twice.
judge() {
    sed -n 's/^200 //p' answers >good
    jq -r '.new_link.id // empty' good | sort >made
    jq -r '.broken_links[]?.id' good | sort >broken
    links_kept >kept
    jq -r .id kept | sort >there
    jq -r 'select(.is_active) | .id' kept | sort >active
    [ -z "$(uniq -d made)" ]
    [ -z "$(uniq -d broken)" ]
    [ -z "$(uniq -d there)" ]
    [ -z "$(comm -23 made there)" ]
    [ -z "$(comm -12 broken active)" ]
    jq -r 'select(.is_active and (.has_child_of_id | test("-8bcd-"))) | .has_child_of_id' kept | sort >linked
    jq -r 'select(.has_child_of_id | test("-8bcd-")) | .has_child_of_id' kept | sort -u >children
    cmp linked children
    unknown=$(grep -c '^503 .*not known' answers || true)
    lost=$(grep -c '^000' answers || true) # of which 64 at most were on their way
    [ "$lost" -le 64 ] || lost=64
    [ "$(wc -l <there)" -ge $(($(wc -l <made) + had_links)) ]
    [ "$(wc -l <there)" -le $(($(wc -l <made) + had_links + unknown + lost)) ]
    for i in $(seq ${#ports[@]}); do
        [ "$(count "$i" links)" = "$(wc -l <there)" ]
    done
}

@test "what one server is told, all know: instances, namespaces, clock, faults, scenarios, reset" {
    begin 3
    [ "$(count 2 components)" = "$had" ]
    id=$(component 1 Frame | jq -r .id)
    [ -n "$id" ]
    [ "$(count 2 components)" = $((had + 1)) ]
    at 3 GET /components | jq -e --arg id "$id" 'any(.. | objects; .id == $id)'
    component 2 Fork /~other >/dev/null
    [ "$(at 1 GET /__admin/namespaces | jq -c '[.namespaces[].name] | sort')" = '["default","other"]' ]
    [ "$(count 3 components /~other)" = $((had + 1)) ]
    at 1 POST /__admin/clock '{"advance":"400d"}' >/dev/null
    [ "$(at 2 GET /__admin/clock | jq -r '.now[0:10]')" = "$(at 1 GET /__admin/clock | jq -r '.now[0:10]')" ]
    [ "$(at 2 GET /__admin/clock | jq -r '.now[0:10]')" != "$(date -u +%F)" ]
    name=$(at 2 POST /__admin/faults '{"on":"get-components","status":503,"times":2}' | jq -r .name)
    [ "$(status 1 GET /components)$(status 3 GET /components)$(status 2 GET /components)" = 503503200 ]
    [ "$(status 3 DELETE "/__admin/faults/$name")" = 204 ]
    [ "$(status 1 DELETE "/__admin/faults/$name")" = 404 ]
    [ "$(status 1 POST /__admin/reset)" = 204 ]
    [ "$(count 2 components)$(count 3 components)" = "$had$had" ]
    [ "$(count 3 components /~other)" = $((had + 1)) ]
}

@test "a snapshot of one server is any server's, also when it is made anew or deleted" {
    begin 2
    component 1 Frame >/dev/null
    [ "$(status 1 PUT /__admin/snapshots/ready)" = 201 ]
    [ "$(at 2 GET /__admin/snapshots | jq -c '.snapshots[] | [.name, .namespace]')" = '["ready","default"]' ]
    [ "$(status 2 POST /__admin/reset)" = 204 ]
    [ "$(count 1 components)" = "$had" ]
    [ "$(status 2 POST /__admin/snapshots/ready/restore)" = 204 ]
    [ "$(count 1 components)" = $((had + 1)) ]
    component 2 Fork >/dev/null
    [ "$(status 2 PUT /__admin/snapshots/ready)" = 204 ]
    [ "$(at 1 PUT /__admin/namespaces/two '{"from":{"snapshot":"ready"}}' | jq .instances.serial.components)" = $((had + 2)) ]
    [ "$(status 1 DELETE /__admin/snapshots/ready)" = 204 ]
    [ "$(status 2 POST /__admin/snapshots/ready/restore)" = 404 ]
    [ "$(at 2 GET /__admin/snapshots | jq -c .snapshots)" = '[]' ]
}

@test "a namespace that one server makes or deletes is there, or gone, for all; and nothing of it is left" {
    begin 2
    [ "$(status 1 POST /__admin/namespaces/made)" = 201 ]
    [ "$(status 2 GET /__admin/namespaces/made)" = 200 ]
    [ "$(status 2 POST /__admin/namespaces/made)" = 409 ]
    component 2 Frame /~made >/dev/null
    [ "$(status 1 DELETE /__admin/namespaces/made)" = 204 ]
    [ "$(status 2 GET /__admin/namespaces/made)$(status 2 DELETE /__admin/namespaces/made)" = 404404 ]
    [ "$(at 2 GET /__admin/namespaces | jq -c '[.namespaces[].name]')" = '["default"]' ]
    [ "$(count 2 components /~made)" = "$had" ]
    [ "$(redis-cli -p "$store_port" -n 3 SMEMBERS understudy:namespaces)" = '' ]
    [ "$(redis-cli -p "$store_port" -n 3 TTL understudy:made:head)" -gt 0 ]
    component 2 Fork /~made >/dev/null
    [ "$(redis-cli -p "$store_port" -n 3 TTL understudy:made:head)" = -1 ]
    [ "$(count 1 components /~made)" = $((had + 1)) ]
}

@test "an import on one server and calls on another lose nothing of each other" {
    begin 2
    for n in $(seq 30); do component 2 "Part-$n" >/dev/null; done &
    caller=$!
    for n in $(seq 10); do [ "$(status 1 POST /__admin/import '{"apis":{"serial":{"sequences":{}}}}')" = 204 ]; done
    wait "$caller"
    [ "$(count 1 components)$(count 2 components)" = $((had + 30))$((had + 30)) ]
}

@test "a limit counts the calls of all servers" {
    begin 3
    at 1 POST /__admin/scenarios/few/start >/dev/null
    got=
    for i in 1 2 3 1 2 3; do got="$got $(status "$i" GET /components)"; done
    [ "$got" = ' 200 200 200 200 429 429' ]
}

@test "random draws are drawn once, by whichever server" {
    begin 3
    for i in 1 2 3 1 2 3 1 2 3; do component "$i" "C$RANDOM" | jq -r .id; done >ids
    [ -z "$(sort ids | uniq -d)" ]
    [ "$(sort -u ids | wc -l)" = 9 ]
}

@test "a retry under its key gets the first answer from every server" {
    begin 3
    new='{"name":"Frame","component_type":"SN","part_number":"Frame"}'
    first=$(at 1 POST /components "$new" -H 'Idempotency-Key: "one"')
    [ -n "$(jq -r .id <<<"$first")" ]
    for i in 2 3 1; do
        [ "$(at "$i" POST /components "$new" -H 'Idempotency-Key: "one"')" = "$first" ]
    done
    [ "$(count 2 components)" = $((had + 1)) ]
}

@test "a server that starts later knows everything" {
    begin 1
    component 1 Frame >/dev/null
    component 1 Fork /~other >/dev/null
    begin 1
    [ "$(count 1 components)" = $((had + 1)) ]
    [ "$(at 1 GET /__admin/namespaces | jq -c '[.namespaces[].name] | sort')" = '["default","other"]' ]
}

@test "three servers, 64 clients, contended links: one active link for each child, none lost" {
    begin 3
    "$contend" "${CONTENDED:-4000}" 64 50 4 "$entry" "$dataset" "${ports[@]}" >answers
    [ "$(grep -c ^200 answers)" = "${CONTENDED:-4000}" ]
    judge
    [ "$unknown" = 0 ]
    [ "$(wc -l <linked)" = 4 ]
    [ "$(wc -l <broken)" = $(($(wc -l <made) - 4)) ]
}

# answered PATTERN COUNT — whether so many calls were answered so, or all are over.
answered() {
    [ "$(grep -c "$1" answers)" -ge "$2" ] || ! kill -0 "$caller" 2>/dev/null
}

@test "one of three servers is killed in the middle: the others go on, and it comes back knowing all" {
    begin 3
    "$contend" "${CONTENDED:-6000}" 64 50 4 "$entry" "$dataset" "${ports[@]}" >answers &
    caller=$!
    eventually answered '^200' 600
    read -ra pids <<<"$servers"
    kill -9 "${pids[1]}"
    wait "${pids[1]}" || true
    grep -c ^200 answers >before || true
    wait "$caller"
    cut -c1-3 answers | sort | uniq -c
    [ "$(grep -c ^200 answers)" -gt $(($(cat before) + 500)) ]
    [ -z "$(grep -v '^200\|^000' answers)" ]
    gone=${ports[1]} ports=("${ports[0]}" "${ports[2]}")
    judge
    had_now=$(count 1 links)
    rm port.2
    "$program" serve -q -p "$gone" --port-file "$PWD/port.2" specs/serial.yaml --store "$store" --seed 1 >out.2 2>err.2 3>&- &
    servers="$servers $!"
    eventually [ -s port.2 ]
    ports+=("$gone")
    [ "$(count 3 links)" = "$had_now" ]
    judge
}

@test "the store is killed in the middle: 503, never half a change, and on it goes" {
    begin 3
    "$contend" "${CONTENDED:-6000}" 64 50 4 "$entry" "$dataset" "${ports[@]}" >answers &
    caller=$!
    for i in 1 2 3; do
        eventually answered '^200' $((i * 600))
        kill -9 "$redis"
        wait "$redis" || true
        eventually answered '^503' $((i * 300))
        begin_store
    done
    wait "$caller"
    cut -c1-3 answers | sort | uniq -c
    [ "$(grep -c ^200 answers)" -gt 500 ]
    grep -q '^503 .*nothing was changed' answers
    [ -z "$(grep -v '^200\|^503' answers)" ]
    [ "$(status 1 GET /components)$(status 2 GET /components)$(status 3 GET /components)" = 200200200 ]
    judge
}

@test "the store stands still in the middle: what was on its way happens once or never" {
    begin 3
    "$contend" "${CONTENDED:-6000}" 64 50 4 "$entry" "$dataset" "${ports[@]}" >answers &
    caller=$!
    for i in 1 2 3; do
        eventually answered '^200' $((i * 600))
        kill -STOP "$redis"
        sleep 2.3 # a command waits for 2 s, and then for what became of it
        kill -CONT "$redis"
    done
    wait "$caller"
    [ "$(grep -c ^200 answers)" -gt 500 ]
    [ -z "$(grep -v '^200\|^503' answers)" ]
    judge
}

@test "a store that is away is told by 503 with Retry-After at once, and is found again" {
    begin 1
    component 1 Frame >/dev/null
    kill -9 "$redis"
    wait "$redis" || true
    at 1 GET /components '' -i -m 3 >answer
    head -1 answer | grep -q ' 503 '
    grep -qi '^retry-after: 1' answer
    grep -q 'what --store names cannot be reached; nothing was changed' answer
    [ "$(status 1 POST /__admin/reset)" = 503 ]
    begin_store
    sleep 0.3
    [ "$(count 1 components)" = $((had + 1)) ]
}

@test "a store that lost everything is a new one for all servers alike" {
    begin 2
    component 1 Frame >/dev/null
    [ "$(count 2 components)" = $((had + 1)) ]
    redis-cli -p "$store_port" FLUSHALL
    [ "$(count 2 components)$(count 1 components)" = "$had$had" ]
    component 2 Frame >/dev/null
    component 2 Fork >/dev/null
    [ "$(count 1 components)" = $((had + 2)) ]
    kill -9 "$redis"
    wait "$redis" || true
    rm -rf appendonlydir
    begin_store
    sleep 0.3
    [ "$(count 1 components)$(count 2 components)" = "$had$had" ]
}

@test "a store without room is told by 507, and reading goes on" {
    begin 1
    redis-cli -p "$store_port" CONFIG SET maxmemory 1
    [ "$(component 1 Frame | jq .status)" = 507 ]
    [ "$(status 1 GET /components)" = 200 ]
    redis-cli -p "$store_port" CONFIG SET maxmemory 0
    [ "$(count 1 components)" = "$had" ]
    component 1 Frame >/dev/null
    [ "$(count 1 components)" = $((had + 1)) ]
}

@test "a store keeps no more than 100,000 namespaces" {
    begin 1
    redis-cli -p "$store_port" -n 3 EVAL "for i = 1, 100000 do redis.call('SADD', 'understudy:namespaces', 'n' .. i) end" 0
    [ "$(component 1 Frame /~new | jq .status)" = 507 ]
    [ "$(count 1 components /~new)" = "$had" ]
    redis-cli -p "$store_port" -n 3 SREM understudy:namespaces n1
    [ "$(component 1 Frame /~new | jq .status)" = null ]
    [ "$(count 1 components /~new)" = $((had + 1)) ]
}

@test "a password is used and never printed" {
    redis-cli -p "$store_port" CONFIG SET requirepass 'secret@word'
    for url in "redis://127.0.0.1:$store_port/3" "redis://:wrong@127.0.0.1:$store_port/3" \
        "redis://:wrong@127.0.0.1:$store_port/x" "redis://:wrong@127.0.0.1:0/3" \
        "redis://:wrong@127.0.0.1:1/3" "redis://:wrong@127.0.0.1:$store_port/99"; do
        run "$program" serve -p 0 specs/serial.yaml --store "$url"
        [ "$status" -eq 10 ]
        [[ "$output" == *--store:* ]]
        [[ "$output" != *wrong* ]]
    done
    store=redis://:secret%40word@127.0.0.1:$store_port/3
    begin 1
    component 1 Frame >/dev/null
    [ "$(count 1 components)" = $((had + 1)) ]
    ! grep -r secret out.1 err.1
}

@test "scripts that the store forgot are told it again" {
    begin 1
    component 1 Frame >/dev/null
    redis-cli -p "$store_port" SCRIPT FLUSH
    component 1 Fork >/dev/null
    [ "$(count 1 components)" = $((had + 2)) ]
}
