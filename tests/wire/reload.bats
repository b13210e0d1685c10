#!/usr/bin/env bats
# Files that change while it serves: SIGHUP, --watch, and what is said about it.

load support

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp -R "$root/tests/data/kennel/." .
}

teardown() {
    stop_all
}

# until_said FILE COUNT TEXT — waits until TEXT stands there in as many lines.
until_said() {
    eventually said "$@" || { cat out err; return 1; }
}

said() {
    [ "$(grep -cF -- "$3" "$1")" -ge "$2" ]
}

# A new operation, the way an editor writes: beside it, then renamed.
add_operation() {
    sed "s|^paths:|paths:\n  /$1: { get: { operationId: $1, responses: { '204': { description: Yes } } } }|" \
        specs/pets.yaml >specs/.new
    mv specs/.new specs/pets.yaml
}

status() {
    call GET "$1" '' -o /dev/null -w '%{http_code}'
}

@test "SIGHUP loads a changed document: what was made is still there, and what is new answers" {
    start_here specs
    [ "$(call POST /pets '{"name":"Rex"}' | jq -r .id)" = pet-1 ]
    add_operation late
    [ "$(status /late)" = 404 ]
    kill -HUP "$server"
    until_said out 1 'reloaded: 1 API, 8 operations, 0 scenarios'
    [ "$(status /late)" = 204 ]
    [ "$(call GET /pets/pet-1 | jq -r .name)" = Rex ]
    [ "$(call POST /pets '{"name":"Pia"}' | jq -r .id)" = pet-2 ]
    [ -z "$(grep 'warning: \|not reloaded' err)" ]
}

@test "a broken document changes nothing, and standard error says where it is broken" {
    start_here specs
    call POST /pets '{"name":"Rex"}'
    add_operation late
    sed -i 's/name: { type: string }/name: { type: strnig }/' specs/pets.yaml
    kill -HUP "$server"
    until_said err 1 'not reloaded; what was there is served as before'
    grep -qE '^specs/pets.yaml:44:[0-9]+: /components/schemas/Pet/properties/name/type: ' err
    [ "$(status /late)" = 404 ]
    [ "$(status /pets/pet-1)" = 200 ]
    # All the mistakes are told, as at the start.
    run "$program" serve -p 0 specs
    [ "$status" -eq 2 ]
    while IFS= read -r line; do grep -qxF -- "$line" err; done <<<"$output"
    sed -i 's/strnig/string/' specs/pets.yaml
    kill -HUP "$server"
    until_said out 1 'reloaded: '
    [ "$(status /late)" = 204 ]
    [ "$(status /pets/pet-1)" = 200 ]
}

@test "an instance that fits no more is told with the place of what it breaks" {
    start_here specs
    call POST /pets '{"name":"Rex"}'
    call POST /pets '{"name":"Methuselah"}'
    sed -i 's/name: { type: string }/name: { type: string, maxLength: 5 }/' specs/pets.yaml
    kill -HUP "$server"
    until_said out 1 'reloaded: '
    grep -q '^warning: specs/pets.yaml:43:.*/maxLength: 1 of 3 instances of pets/pets no longer fit and are gone, first "pet-2": /name: ' err
    [ "$(status /pets/pet-1)" = 200 ]
    [ "$(status /pets/pet-2)" = 404 ]
}

@test "a seed that is as it was has the stamps that it had, in new namespaces too" {
    sed -i 's/^        chip: .*/&\n        made: { type: string }/' specs/pets.yaml
    sed -i 's/    seed: pets.json/&\n    created: [\/made]/' fixtures/pets/behaviour.yaml
    start_here specs
    made=$(call GET /pets/old | jq -r .made)
    sleep 0.01
    add_operation late
    kill -HUP "$server"
    until_said out 1 'reloaded: '
    [[ $made == 20*T*:* ]]
    [ "$(call GET /pets/old | jq -r .made)" = "$made" ]
    [ "$(call GET /~other/pets/old | jq -r .made)" = "$made" ]
}

@test "--watch reloads by itself when a document or a fixture changes, appears or goes" {
    start_here specs --watch
    call POST /pets '{"name":"Rex"}'
    add_operation late
    until_said out 1 'reloaded: 1 API, 8 operations, 0 scenarios'
    [ "$(status /late)" = 204 ]
    [ "$(status /pets/pet-1)" = 200 ]
    # A folder that was not there.
    mkdir fixtures/scenarios
    echo 'faults: [{ on: getPet, status: 503 }]' >fixtures/scenarios/bad.yaml
    until_said out 1 'reloaded: 1 API, 8 operations, 1 scenario'
    # Another document, in the folder that was named.
    printf '%s\n' 'openapi: 3.1.0' 'info: { title: Cats, version: "1" }' \
        'paths: { /cats: { get: { responses: { "204": { description: Yes } } } } }' >specs/cats.yaml
    until_said out 1 'reloaded: 2 APIs, 9 operations, 1 scenario'
    [ "$(status /cats)" = 204 ]
    rm specs/cats.yaml
    until_said out 2 'reloaded: 1 API, 8 operations, 1 scenario'
    [ "$(status /pets/pet-1)" = 200 ]
}

@test "--watch tells what is wrong, and reloads when it is mended" {
    start_here specs --watch
    sed -i 's|^        owner: .*|        owner: { $ref: "parts/owner.yaml" }|' specs/pets.yaml
    until_said err 1 'not reloaded; '
    grep -q 'specs/pets.yaml:45:.*there is no document' err
    # What is missing may be in a folder that is missing.
    mkdir specs/parts
    echo 'type: strnig' >specs/parts/owner.yaml
    until_said err 1 'specs/parts/owner.yaml:1:'
    echo 'type: object' >specs/parts/owner.yaml
    until_said out 1 'reloaded: '
}

@test "--watch looks at every file that was read, wherever it was named" {
    add_operation late
    sed -i "s|'204': { description: Yes }|'200': { description: Yes, content: { application/json: { examples: { one: { externalValue: one.json } } } } }|" specs/pets.yaml
    echo '[]' >fixtures/pets/pets.json
    echo 'faults: [{ on: getPet, status: 503 }]' >bad.yaml
    start_here specs/pets.yaml --scenario bad.yaml --watch
    echo '"from the file"' >specs/one.json
    until_said out 1 'reloaded: '
    [ "$(call GET /late)" = '"from the file"' ]
    echo '[{ "id": "old", "name": "Old" }]' >fixtures/pets/pets.json
    until_said out 2 'reloaded: '
    [ "$(status /pets/old)" = 503 ]
    sed -i 's/503/500/' bad.yaml
    until_said out 3 'reloaded: '
    [ "$(status /pets/old)" = 500 ]
}

@test "--watch does not care for other files in the folders" {
    start_here specs/pets.yaml --watch
    echo 'a log' >specs/log
    echo 'another: document' >specs/other.yaml
    touch fixtures/pets/notes.txt
    sleep 0.5
    [ -z "$(grep reloaded out err)" ]
    add_operation late
    until_said out 1 'reloaded: '
    sleep 0.3
    [ "$(grep -c reloaded out)" -eq 1 ]
}

# write_many — twenty more documents at once: whether that was quick enough for them to be
# one change, which is over when nothing has been written for 100 ms.
write_many() {
    local began i
    mkdir -p new
    for i in $(seq 20); do
        printf '%s\n' 'openapi: 3.1.0' 'info: { title: Cats, version: "1" }' \
            "paths: { /cats-$i: { get: { responses: { '204': { description: Yes } } } } }" >"new/cats-$i.yaml"
    done
    began=$(date +%s%N)
    mv new/* specs
    [ $(($(date +%s%N) - began)) -lt 90000000 ]
}

@test "many files written at once are one reload" {
    local try before=0
    UNDERSTUDY_WATCH=1 start_here specs
    for try in $(seq 50); do # a busy machine is not always quick
        write_many && break
        until_said out "$try" 'reloaded: 21 APIs'
        rm specs/cats*
        until_said out "$try" 'reloaded: 1 API,'
        before=$(grep -c reloaded out)
    done
    until_said out "$try" 'reloaded: 21 APIs'
    [ "$(grep -c reloaded out)" -eq $((before + 1)) ]
}

@test "--watch without inotify is one sentence, and SIGHUP still reloads" {
    local bare='echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"'
    unshare -r sh -c "$bare" sh true 2>/dev/null || skip "no namespace of users can be made here"
    real=$program
    program=$PWD/without
    printf '#!/bin/sh\nexec unshare -r sh -c '\''%s'\'' sh "%s" "$@"\n' "$bare" "$real" >without
    chmod +x without
    start_here specs --watch
    [ "$(grep -c inotify err)" -eq 1 ]
    grep -q 'understudy: --watch: files cannot be watched, inotify is not to be had: .*; SIGHUP reloads' err
    add_operation late
    sleep 0.3
    [ "$(status /late)" = 404 ]
    kill -HUP "$server"
    until_said out 1 'reloaded: '
    [ "$(status /late)" = 204 ]
}

@test "a call that waits for its late answer gets it, and does not hold up a reload" {
    local ms slow times=0
    start_here specs
    call POST /pets '{"name":"Rex"}'
    # On a busy machine a reload may take longer than the first delay.
    for ms in 1500 6000 24000; do
        call POST /__admin/faults "{\"on\":\"getPet\",\"delay\":\"${ms}ms\",\"times\":1}"
        call GET /pets/pet-1 >late 3>&- &
        slow=$!
        eventually fired 1
        times=$((times + 1))
        add_operation "late$times"
        kill -HUP "$server"
        until_said out "$times" 'reloaded: '
        [ "$(status "/late$times")" = 204 ]
        [ -s late ] || break
        wait "$slow"
    done
    [ ! -s late ]
    wait "$slow"
    [ "$(jq -r .name late)" = Rex ]
}

@test "the terminal's end ends it, as before SIGHUP meant anything else" {
    command -v script >/dev/null || skip "there is no script(1) to make a terminal"
    mkfifo hold
    sleep 60 >hold 3>&- &
    servers=$!
    (exec script -qec "exec '$program' serve -q -p 0 --port-file '$PWD/p' specs" /dev/null) <hold >/dev/null 2>&1 3>&- &
    local terminal=$!
    eventually [ -s p ]
    base=http://127.0.0.1:$(cat p)
    [ "$(status /__admin/health)" = 200 ]
    kill -KILL "$terminal"
    eventually [ ! -e p ]
}
