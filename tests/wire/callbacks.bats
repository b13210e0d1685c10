#!/usr/bin/env bats
# Callbacks between two mocks: one calls back, the other is called.

load support

teardown() {
    stop_all
}

# Two servers; $port and $base are of the one that calls back, $other is the receiver.
both() {
    start tests/data/pets.yaml
    other=$port
    start "$@" tests/data/hooks.yaml
}

subscribe() {
    curl -s -X POST -H 'Content-Type: application/json' \
        -d "{\"name\": \"Ada\", \"url\": \"$1\"}" "$base/subscriptions"
}

# The callback "created" of the newest call (with OPERATION: of that), once it is there.
outcome() {
    eventually is_told "limit=1${1+&operation=$1}"
    echo "$entry"
}

is_told() {
    entry=$(curl -s "$base/__admin/requests?$1" | jq -c '.requests[0].callbacks[]? | select(.name == "created")')
    [ -n "$entry" ]
}

@test "a call that was answered is called back, and the journal tells how that went" {
    both
    id=$(subscribe "http://127.0.0.1:$other/hook" | jq -r .id)
    entry=$(outcome)
    [ "$(jq -r .name <<<"$entry")" = created ]
    [ "$(jq -r .url <<<"$entry")" = "http://127.0.0.1:$other/hook?id=$id" ]
    [ "$(jq -r .status <<<"$entry")" = 404 ]
    [ "$(jq -r .findings <<<"$entry")" = "the status 404 is not declared" ]
    got=$(curl -s "http://127.0.0.1:$other/__admin/requests" | jq -c '.requests[0]')
    [ "$(jq -r .method,.path,.query <<<"$got" | tr '\n' ' ')" = "POST /hook id=$id " ]
    [ "$(jq -r '.body | fromjson | .id,.name,.event' <<<"$got" | tr '\n' ' ')" = "$id Ada created " ]
}

@test "another machine is not called back unless it is allowed" {
    both
    subscribe http://192.0.2.1/hook
    [[ $(outcome) == *'"error":"not fired: 192.0.2.1 is not this machine'* ]]
    start --allow-callbacks 0.0.0.0 tests/data/hooks.yaml
    subscribe "http://0.0.0.0:$other/hook"
    [ "$(jq -r .status <<<"$(outcome)")" = 404 ]
}

@test "--no-callbacks calls nobody back" {
    both --no-callbacks
    subscribe "http://127.0.0.1:$other/hook"
    sleep 0.3
    [ "$(curl -s "http://127.0.0.1:$other/__admin/requests" | jq .total)" = 0 ]
    [ "$(curl -s "$base/__admin/requests" | jq '.requests[0] | has("callbacks")')" = false ]
}

@test "a receiver that does not answer holds no stop up, and what is left is told" {
    start tests/data/hooks.yaml
    # Something that takes the connection and says nothing: the mock, held.
    held=$server
    deaf=$port
    start_here "$root/tests/data/hooks.yaml"
    kill -STOP "$held"
    for _ in 1 2 3; do subscribe "http://127.0.0.1:$deaf/"; done
    began=$SECONDS
    kill -TERM "$server"
    code=0
    wait "$server" || code=$?
    kill -CONT "$held"
    [ "$code" -eq 143 ]
    [ $((SECONDS - began)) -lt 10 ] # each would take five seconds
    grep -qx "understudy: 2 callbacks were not fired: the mock stops" "$BATS_TEST_TMPDIR/err"
}

@test "what was loaded anew while a callback was on its way is not asked about its answer" {
    start tests/data/hooks.yaml
    held=$server
    slow=$port
    cp "$root/tests/data/hooks.yaml" "$BATS_TEST_TMPDIR"
    start "$BATS_TEST_TMPDIR/hooks.yaml"
    kill -STOP "$held"
    subscribe "http://127.0.0.1:$slow/"
    sed -i 's|^  /subscriptions:|  /more: { get: { responses: { "204": { description: OK } } } }\n&|' \
        "$BATS_TEST_TMPDIR/hooks.yaml"
    kill -HUP "$server"
    eventually curl -sf -o /dev/null "$base/more"
    kill -CONT "$held"
    [ "$(jq -r .findings <<<"$(outcome subscribe)")" = "not checked: the document was loaded anew meanwhile" ]
}
