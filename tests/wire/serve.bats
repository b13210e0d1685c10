#!/usr/bin/env bats
# The program as a whole: starting, stopping, exit codes, and what needs real sockets.

load support

teardown() {
    stop_all
}

@test "SIGTERM ends it with 143 and takes the port file away" {
    start
    kill -TERM "$server"
    code=0
    wait "$server" || code=$?
    [ "$code" -eq 143 ]
    [ -z "$(ls "$BATS_TEST_TMPDIR"/port.* 2>/dev/null)" ]
}

@test "SIGINT ends it with 130" {
    # A background job of a shell without job control ignores SIGINT; env gives it back.
    env --default-signal=INT "$program" serve -q -p 0 --port-file "$BATS_TEST_TMPDIR/p" 3>&- &
    server=$!
    servers=$server
    eventually [ -s "$BATS_TEST_TMPDIR/p" ]
    kill -INT "$server"
    code=0
    wait "$server" || code=$?
    [ "$code" -eq 130 ]
}

@test "a port that is taken ends it with 10 and a sentence" {
    start
    run "$program" serve -q -p "$port"
    [ "$status" -eq 10 ]
    [[ $output == *"127.0.0.1:$port"* ]]
}

@test "a misspelt option, command or number ends it with 2 and a hint" {
    run "$program" serve --scenaro x
    [ "$status" -eq 2 ]
    [[ $output == *"did you mean --scenario?"* ]]
    run "$program" sreve
    [ "$status" -eq 2 ]
    run "$program" serve -p 99999
    [ "$status" -eq 2 ]
    run "$program" serve --now yesterday
    [ "$status" -eq 2 ]
    run "$program" serve --scenario rate-limitd
    [ "$status" -eq 2 ]
    [[ $output == *'did you mean "rate-limited"?'* ]]
}

@test "--strict refuses a document with warnings, and shows them to whoever would serve it" {
    printf 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {/a: {get: {}}}\n' >"$BATS_TEST_TMPDIR/a.yaml"
    run "$program" check "$BATS_TEST_TMPDIR/a.yaml"
    [ "$status" -eq 0 ]
    for command in check serve routes; do
        run "$program" "$command" --strict "$BATS_TEST_TMPDIR/a.yaml"
        [ "$status" -eq 2 ]
        [[ $output == *"no responses are declared"* ]]
    done
}

@test "--help and --version end it with 0" {
    run "$program" --help
    [ "$status" -eq 0 ]
    [[ $output == *"--max-body"* ]]
    run "$program" --version
    [ "$status" -eq 0 ]
    [[ $output == understudy\ * ]]
}

@test "every option has an environment variable, and the command line beats it" {
    run env UNDERSTUDY_MAX_BODY=x "$program" check
    [ "$status" -eq 2 ]
    UNDERSTUDY_MAX_BODY=10 start
    run call POST /links.create '{"source":"TKT-1","target":"ISS-1"}'
    [[ $output == *'"max_bytes":10'* ]]
    UNDERSTUDY_MAX_BODY=10 start --max-body 100000
    run call POST /links.create '{"source":"TKT-1","target":"ISS-1"}'
    [[ $output == *missing_required_field* ]]
}

@test "check lists all mistakes of a spec and its fixtures, each with file:line:col, and ends with 2" {
    mkdir -p "$BATS_TEST_TMPDIR/specs" "$BATS_TEST_TMPDIR/fixtures/a"
    cd "$BATS_TEST_TMPDIR"
    cat >specs/broken.yaml <<'EOF'
openapi: 3.1.0
info: { title: Broken, version: "1" }
paths:
  /a/{id}:
    get:
      responses:
        "200": { description: OK, content: { application/json: { schema: { type: strnig } } } }
        "2000": { description: what }
EOF
    cat >specs/a.yaml <<'EOF'
openapi: 3.1.0
info: { title: A, version: "1" }
paths: { /a: { get: { operationId: getA, responses: { "200": { description: OK } } } } }
EOF
    printf 'operations:\n  - id: getB\n    steps: []\n' >fixtures/a/behaviour.yaml
    run "$program" check specs
    [ "$status" -eq 2 ]
    [[ $output == *"specs/broken.yaml:5:5: /paths/~1a~1{id}/get/parameters: the path has {id}"* ]]
    [[ $output == *"specs/broken.yaml:8:9: /paths/~1a~1{id}/get/responses/2000: expected a status"* ]]
    [[ $output == *"specs/broken.yaml:7:"*"found strnig"* ]]
    [[ $output == *'fixtures/a/behaviour.yaml:2:5: /operations/0/id: '*'did you mean "getA"?'* ]]
    run "$program" serve -p 0 specs
    [ "$status" -eq 2 ]
    [[ $output == *"specs/broken.yaml:5:5"* ]]
}

@test "a path that two APIs have is answered below their names, and alone with the choice" {
    for name in one two; do
        cat >"$BATS_TEST_TMPDIR/$name.yaml" <<EOF
openapi: 3.1.0
info: { title: $name, version: "1" }
servers: [{ url: "https://$name.example/v1" }]
paths: { /a: { get: { responses: { "200": { description: OK, content: { application/json: { example: $name } } } } } } }
EOF
    done
    start "$BATS_TEST_TMPDIR/one.yaml" "$BATS_TEST_TMPDIR/two.yaml"
    run call GET /v1/a
    [[ $output == *'"status":404'*/one*/two* ]]
    run call GET /one/v1/a
    [ "$output" = '"one"' ]
    run call GET /two/a
    [ "$output" = '"two"' ]
    run call GET /v1/a '' -H 'Host: two.example:8443'
    [ "$output" = '"two"' ]
    run "$program" check "$BATS_TEST_TMPDIR/one.yaml" "$BATS_TEST_TMPDIR/two.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *"one and two both have /v1/a; say which by the prefix /one or /two"* ]]
}

@test "routes says who answers, as text and as JSON" {
    run "$program" routes "$root"/tests/data/answers.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"GET     /media             media           answers     example"* ]]
    [[ $output == *"/statuses/errors   onlyErrors      answers     no body"* ]]
    run "$program" routes --json "$root"/tests/data/answers.yaml
    [ "$(echo "$output" | jq -r '.[] | select(.operationId == "makeThing") | [.method, .path, .api, .answers] | join(" ")')" = \
        "POST /things answers sample" ]
    [ "$("$program" routes --json "$root"/tests/data/library.yaml --fixtures "$root"/tests/data/fixtures | jq -r '.[] | select(.operationId == "addBook").answers')" = behaviour ]
}

@test "an installed program finds its specs and fixtures in share/understudy" {
    (cd "$root" && make -s install VARIANT="${VARIANT:-release}" DESTDIR="$BATS_TEST_TMPDIR/d" PREFIX=/opt/u >/dev/null)
    cd /
    run "$BATS_TEST_TMPDIR/d/opt/u/bin/understudy" check
    [ "$status" -eq 0 ]
    [[ $output == *"Serial 1.0"* ]]
}

@test "the same seed and time give the same bytes twice" {
    story() {
        start --seed 7 --now 2026-01-01T00:00:00Z
        for i in 1 2 3; do
            call PUT /components/instances "{\"identifier\":\"S-$i\",\"component_id\":\"cccccccc-0000-4000-8000-000000000004\"}"
        done
        call POST /links.create '{"source":"TKT-1","target":"ISS-1","link_type":"is_dependent_on"}'
        call GET '/components/instances?component_type=SN'
        call GET /nowhere
        stop_all
    }
    first=$(story)
    second=$(story)
    [ -n "$first" ]
    [[ $first == *2026-01-01T00:00:00* ]]
    [ "$first" = "$second" ]
}

@test "fifty clients that link the same SN child at once leave exactly one active link" {
    start
    local i pids=
    for i in $(seq 10 59); do
        call PUT /components/instances "{\"identifier\":\"P-$i\",\"component_id\":\"cccccccc-0000-4000-8000-000000000001\"}" >"$BATS_TEST_TMPDIR/p.$i"
    done
    for i in $(seq 10 59); do
        parent=$(jq -r .id "$BATS_TEST_TMPDIR/p.$i")
        call PUT /components/instances/links "{\"parent_component_instance_id\":\"$parent\",\"child_component_instance_id\":\"aaaaaaaa-0000-4000-8000-000000000005\",\"process_entry_id\":\"eeeeeeee-0000-4000-8000-000000000002\",\"dataset_id\":\"dddddddd-0000-4000-8000-000000000001\"}" >"$BATS_TEST_TMPDIR/l.$i" 3>&- &
        pids="$pids $!"
    done
    wait $pids
    call GET '/components/instances/links?child_component_instance_id=aaaaaaaa-0000-4000-8000-000000000005' >"$BATS_TEST_TMPDIR/all"
    [ "$(jq '[.[] | select(.is_active)] | length' "$BATS_TEST_TMPDIR/all")" -eq 1 ]
    # One link each, and the one that was seeded broken; each is broken once but the last.
    [ "$(jq length "$BATS_TEST_TMPDIR/all")" -eq 51 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/l.* | jq -s '[.[].broken_links[].id] | unique | length')" -eq 49 ]
}

@test "after the time that retry_after tells, calls pass again" {
    start --scenario rate-limited
    # One curl for all, since a second must not pass among them; six are one too many.
    call GET '/works.list#[1-6]' '' -i -w '\n' >"$BATS_TEST_TMPDIR/six"
    [ "$(grep -c '^HTTP/1.1 200' "$BATS_TEST_TMPDIR/six")" = 5 ]
    wait=$(grep '"type":"too_many_requests"' "$BATS_TEST_TMPDIR/six" | jq .retry_after)
    grep -qi "^retry-after: $wait" "$BATS_TEST_TMPDIR/six"
    [ "$wait" -eq 1 ]
    sleep "$wait"
    [ "$(call GET /works.list '' -o /dev/null -w '%{http_code}')" = 200 ]
}

@test "a dropped connection gives the client nothing, and the next call is answered" {
    start
    call POST /__admin/faults '{"on":"works.list","connection":"drop","times":1}'
    run call GET /works.list
    [ "$status" -eq 52 ]
    run call GET /works.list
    [ "$status" -eq 0 ]
    [[ $output == '{"works":'* ]]
}

@test "a reset connection is an error of the connection, and the next call is answered" {
    start
    call POST /__admin/faults '{"on":"works.list","connection":"reset","times":1}'
    run call GET /works.list
    [ "$status" -eq 56 ]
    run call GET /works.list
    [ "$status" -eq 0 ]
}

@test "a delayed call waits, and others do not wait with it" {
    local ms slow
    start
    # On a busy machine the other call may take longer than the first delay.
    for ms in 1500 6000 24000; do
        call POST /__admin/faults "{\"on\":\"works.list\",\"delay\":\"${ms}ms\",\"times\":1}"
        call GET /works.list >"$BATS_TEST_TMPDIR/slow" 3>&- &
        slow=$!
        eventually fired 1
        call GET /dev-users.self '' -f
        [ -s "$BATS_TEST_TMPDIR/slow" ] || break
        wait "$slow"
    done
    [ ! -s "$BATS_TEST_TMPDIR/slow" ]
    wait "$slow"
    [ -s "$BATS_TEST_TMPDIR/slow" ]
}

@test "off loopback the admin API is closed without a token" {
    start --host 0.0.0.0
    run call GET /__admin/health '' -o /dev/null -w '%{http_code}'
    [ "$output" = 403 ]
    start --host 0.0.0.0 --admin-token secret
    run call GET /__admin/health '' -o /dev/null -w '%{http_code}'
    [ "$output" = 401 ]
    run curl -s -H 'Authorization: Bearer secret' "$base/__admin/health"
    [ "$output" = '{"status":"ok"}' ]
}
