#!/usr/bin/env bats
# --store FILE: what was answered is there after any end, and what a store may not be.

load support

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp -R "$root/tests/data/kennel/." .
    mkdir fixtures/scenarios
    echo 'limits: [{ on: getPet, requests: 3, per: 1h }]' >fixtures/scenarios/few.yaml
    store=$BATS_TEST_TMPDIR/pets.db
}

teardown() {
    stop_all
}

# begin OPTION… — serves the pets with the store.
begin() {
    start_here specs --store "$store" "$@"
}

stop() {
    kill "$server"
    wait "$server" || true
}

# crash — ends the server as no program can notice.
crash() {
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
}

add() { # NAME [PREFIX]
    call POST "${2-}/pets" "{\"name\":\"$1\"}" | jq -r .id
}

names() { # [PREFIX]
    call GET "${1-}/pets" | jq -c 'first(.. | arrays) | map(.name)'
}

status() {
    call "$1" "$2" '' -o /dev/null -w '%{http_code}'
}

entries() {
    sqlite3 "$store" "SELECT count(*) FROM entry WHERE name LIKE '$1'"
}

# some_made ROUND — whether the callers of a round have got far enough.
some_made() {
    [ "$(cat "made.$1".* | wc -l)" -ge 20 ]
}

# listed JSON — whether that is what names says.
listed() {
    [ "$(names)" = "$1" ]
}

@test "what was answered is there after kill -9: instances, their order, sequences, namespaces" {
    begin
    [ "$(add Rex)" = pet-1 ]
    [ "$(add Pia)" = pet-2 ]
    [ "$(status DELETE /pets/pet-1)" = 204 ]
    [ "$(add Una /~other)" = pet-1 ]
    crash
    begin
    [ "$(names)" = '["Old","Pia"]' ]
    [ "$(names /~other)" = '["Old","Una"]' ]
    [ "$(add Kai)" = pet-3 ]
    [ "$(call GET /__admin/namespaces | jq -c '[.namespaces[].name] | sort')" = '["default","other"]' ]
}

@test "reading writes nothing" {
    begin
    [ "$(names)" = '["Old"]' ]
    [ "$(status GET /pets/old)" = 200 ]
    crash
    [ "$(entries %)" = 0 ]
}

@test "kill -9 at any moment of a load loses nothing that was answered" {
    for round in $(seq 12); do
        begin
        for worker in 1 2 3 4; do
            curl -s -f -m 5 -X POST -H 'Content-Type: application/json' -w '\n' \
                -d "{\"name\":\"$round-$worker\"}" "$base/~run-$round/pets#[1-2000]" >"made.$round.$worker" &
            callers="${callers-} $!"
        done
        eventually some_made "$round"
        sleep "0.$((RANDOM % 40 + 10))"
        crash
        # shellcheck disable=SC2086 # a list of numbers
        wait $callers || true
        callers=
    done
    begin
    for round in $(seq 12); do
        call GET "/~run-$round/__admin/state/pets/pets" | jq -r '.instances[].id' | sort >there
        cat "made.$round".* | jq -rR 'fromjson? | .id' | sort >answered
        [ "$(wc -l <answered)" -gt 10 ]
        [ -z "$(uniq -d answered)" ] # no id was given twice
        [ -z "$(comm -23 answered there)" ]
        [ "$(wc -l <there)" -le $(($(wc -l <answered) + 5)) ] # each caller may miss one
    done
}

@test "draws at random, the clock, what runs and what it has counted go on" {
    begin --scenario few
    lot=$(call GET /lots)
    call POST /__admin/clock '{"advance":"1d"}'
    call POST /__admin/faults '{"on":"dropPet","status":503,"times":2}'
    [ "$(status DELETE /pets/old)" = 503 ]
    [ "$(status GET /pets/old)" = 200 ]
    [ "$(status GET /pets/old)" = 200 ]
    call GET /__admin/clock >before
    crash
    begin
    [ "$(call GET /lots)" != "$lot" ]
    [ "$(call GET /__admin/clock | jq -r '.now[0:10]')" = "$(jq -r '.now[0:10]' before)" ]
    [ "$(status GET /pets/old)" = 200 ]
    [ "$(status GET /pets/old)" = 429 ]
    [ "$(status DELETE /pets/old)" = 503 ]
    [ "$(status DELETE /pets/old)" = 204 ]
    [ "$(call POST /__admin/faults '{"on":"dropPet","status":500}' | jq -r .name)" = fault-2 ]
}

@test "a retry under its key gets the first answer after kill -9, and only then" {
    begin
    key='Idempotency-Key: "one"'
    first=$(call POST /pets '{"name":"Rex"}' -H "$key")
    crash
    begin
    [ "$(call POST /pets '{"name":"Rex"}' -H "$key")" = "$first" ]
    call POST /pets '{"name":"Rex"}' -H "$key" -i | grep -qi '^idempotent-replayed: true'
    [ "$(call POST /pets '{"name":"Pia"}' -H "$key" -o /dev/null -w '%{http_code}')" = 422 ]
    [ "$(names)" = '["Old","Rex"]' ]
    call POST /__admin/reset
    crash
    begin
    [ "$(call POST /pets '{"name":"Pia"}' -H "$key" | jq -r .name)" = Pia ]
}

@test "reset goes back to the seed, and stopping what runs stays" {
    begin --scenario few
    add Rex
    call POST /__admin/scenarios/few/stop
    crash
    begin --scenario few
    [ "$(call GET /__admin/scenarios | jq '.scenarios[0].running')" = false ]
    [ "$(names)" = '["Old","Rex"]' ]
    call POST /__admin/reset
    crash
    begin --scenario few
    [ "$(names)" = '["Old"]' ]
    [ "$(call GET /__admin/scenarios | jq '.scenarios[0].running')" = true ]
    [ "$(add Pia)" = pet-1 ]
}

@test "what the admin API changes is kept: instances by hand, a restore, an import, a namespace that goes" {
    begin
    add Rex
    call PUT /__admin/state/pets/pets/hand '{"id":"hand","name":"Hand"}'
    call PUT '/__admin/state/pets/pets/odd?force' '{"id":"odd","name":7}'
    call DELETE /__admin/state/pets/pets/old
    crash
    begin
    [ "$(call GET /__admin/state/pets/pets | jq -c '[.instances[].id]')" = '["pet-1","hand","odd"]' ]
    call DELETE /__admin/state/pets/pets/odd
    call PUT /__admin/snapshots/two
    call GET /__admin/export >all.json
    add Pia
    call POST /__admin/snapshots/two/restore
    add Kai /~gone
    [ "$(status DELETE /__admin/namespaces/gone)" = 204 ]
    [ "$(call PUT /__admin/namespaces/twin '{"from":{"snapshot":"two"}}' -o /dev/null -w '%{http_code}')" = 201 ]
    [ "$(call POST /~third/__admin/import "$(cat all.json)" -o /dev/null -w '%{http_code}')" = 204 ]
    crash
    begin
    [ "$(names)" = '["Rex","Hand"]' ]
    [ "$(names /~gone)" = '["Old"]' ]
    [ "$(names /~twin)" = '["Rex","Hand"]' ]
    [ "$(names /~third)" = '["Rex","Hand"]' ]
    [ "$(add Una)" = pet-2 ]
}

@test "snapshots outlive the server, with what they were made of, and one that is deleted stays so" {
    begin --scenario few
    add Rex /~a
    call POST /~a/__admin/clock '{"advance":"1h"}'
    [ "$(call PUT /~a/__admin/snapshots/first '' -o /dev/null -w '%{http_code}')" = 201 ]
    add Pia /~a
    [ "$(status PUT /~a/__admin/snapshots/second)" = 201 ]
    [ "$(status PUT /__admin/snapshots/gone)" = 201 ]
    [ "$(status DELETE /__admin/snapshots/gone)" = 204 ]
    call GET /__admin/snapshots | jq -c '[.snapshots[] | [.name, .namespace, .instances, .made]]' >before
    crash
    begin
    [ "$(status GET /__admin/snapshots/gone)" = 404 ]
    [ "$(status DELETE /__admin/snapshots/gone)" = 404 ]
    [ "$(status POST /__admin/snapshots/gone/restore)" = 404 ]
    call GET /__admin/snapshots | jq -c '[.snapshots[] | [.name, .namespace, .instances, .made]]' | cmp - before
    [ "$(jq -c '[.[] | .[0:3]]' before)" = '[["first","a",3],["second","a",4]]' ]
    [ "$(call GET /__admin/snapshots/first | jq -c '[.clock_offset_ms, .apis.pets.collections.pets[].name]')" = '[3600000,"Old","Rex"]' ]
    [ "$(status POST /~b/__admin/snapshots/first/restore)" = 204 ]
    [ "$(names /~b)" = '["Old","Rex"]' ]
    [ "$(status PUT /__admin/snapshots/first)" = 204 ] # another one takes its place
    crash
    begin
    [ "$(names /~b)" = '["Old","Rex"]' ]
    [ "$(call PUT /__admin/namespaces/c '{"from":{"snapshot":"first"}}' | jq .instances.pets.pets)" = 1 ]
    [ "$(call GET /__admin/namespaces | jq -c '[.namespaces[].name]')" = '["default","a","b","c"]' ]
    grep -c 'stay' err | grep -qx 0
}

@test "a namespace that is deleted leaves nothing in the store, and one that was made is kept as it is" {
    begin
    add Rex /~one
    call POST /__admin/namespaces/two
    [ "$(call GET /__admin/namespaces | jq -c '[.namespaces[].name]')" = '["default","one","two"]' ]
    [ "$(status DELETE /__admin/namespaces/one)" = 204 ]
    crash
    [ "$(sqlite3 "$store" "SELECT DISTINCT namespace FROM entry")" = two ]
    begin
    [ "$(call GET /__admin/namespaces | jq -c '[.namespaces[].name]')" = '["default","two"]' ]
}

@test "a namespace that is given up is still there for whoever asks for it by name" {
    begin --namespace-idle 1ms
    add Rex /~given
    add Rex /~other
    sleep 0.1
    [ "$(names)" = '["Old"]' ]
    [ "$(call POST /__admin/namespaces/given '' -o /dev/null -w '%{http_code}')" = 409 ]
    [ "$(names /~given)" = '["Old","Rex"]' ]
    sleep 0.1
    call POST /__admin/namespaces/third
    [ "$(call GET /__admin/namespaces/given | jq -c .instances.pets.pets)" = 2 ]
    sleep 0.1
    call POST /__admin/namespaces/fourth
    [ "$(call POST /__admin/namespaces/copy '{"from":{"namespace":"given"}}' -o /dev/null -w '%{http_code}')" = 201 ]
    [ "$(names /~copy)" = '["Old","Rex"]' ]
    sleep 0.1
    call POST /__admin/namespaces/fifth
    [ "$(status DELETE /__admin/namespaces/given)" = 204 ]
    [ "$(names /~given)" = '["Old"]' ]
    [ "$(status DELETE /__admin/namespaces/never)" = 404 ]
    [ "$(names /~other)" = '["Old","Rex"]' ]
}

@test "a store may have more namespaces than memory, also at the next start" {
    begin
    add Rex /~one
    stop
    sqlite3 "$store" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        INSERT INTO entry SELECT 'n' || i, name, value FROM n, entry WHERE namespace = 'one'"
    begin
    [ "$(names /~n1)" = '["Old","Rex"]' ]
    [ "$(names /~n1500)" = '["Old","Rex"]' ]
    [ "$(call GET /__admin/namespaces | jq -c '[(.namespaces | length), .most, .next]')" = '[1024,100000,"n569"]' ]
    [ "$(call GET '/__admin/namespaces?after=n569' | jq -c '[(.namespaces | length), .next]')" = '[478,null]' ]
    [ "$(call GET '/__admin/namespaces?after=n999&limit=1' | jq -c .namespaces)" = '[{"name":"one","in_memory":false}]' ]
    [ "$(add Pia /~new)" = pet-1 ]
    [ "$(names)" = '["Old"]' ]
}

@test "a store keeps no more than 100,000 namespaces; one that goes makes room" {
    begin
    add Rex
    stop
    sqlite3 "$store" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
        INSERT INTO entry SELECT 'n' || i, '/documents', 'x' FROM n"
    begin
    [ "$(call POST /__admin/namespaces/new '' -o answer -w '%{http_code}')" = 507 ]
    jq -e '.detail | test("no room")' answer
    [ "$(call PUT /__admin/snapshots/new '' -o answer -w '%{http_code}')" = 507 ]
    [ "$(call GET /__admin/snapshots | jq -c .snapshots)" = '[]' ]
    [ "$(add Pia)" = pet-2 ]
    [ "$(status DELETE /__admin/namespaces/n99999)" = 204 ]
    [ "$(call PUT /__admin/snapshots/new '' -o answer -w '%{http_code}')" = 201 ]
    [ "$(call PUT /__admin/snapshots/other '' -o answer -w '%{http_code}')" = 507 ]
}

@test "an instance that no longer fits is told with its place and stays where it is kept" {
    begin
    add Rex
    add Methuselah
    crash
    sed -i 's/name: { type: string }/name: { type: string, maxLength: 5 }/' specs/pets.yaml
    begin
    grep -q '^warning: .*specs/pets.yaml:.*/maxLength: 1 of 3 instances of pets/pets no longer fit and stay in the store unseen, first "pet-2": /name: ' err
    [ "$(names)" = '["Old","Rex"]' ]
    [ "$(add Pia)" = pet-3 ]
    crash
    [ "$(entries /instances/%)" = 4 ]
    begin
    grep -q '1 of 4 instances' err
    sed -i 's/, maxLength: 5//' specs/pets.yaml
    kill -HUP "$server"
    eventually listed '["Old","Rex","Methuselah","Pia"]'
}

@test "SIGHUP: a document that lets less in hides it, and what was kept comes back with the next" {
    begin
    add Methuselah
    sed -i 's/name: { type: string }/name: { type: string, maxLength: 5 }/' specs/pets.yaml
    kill -HUP "$server"
    eventually grep -q 'stay in the store unseen' err
    [ "$(names)" = '["Old"]' ]
    [ "$(add Rex)" = pet-2 ]
    sed -i 's/, maxLength: 5//' specs/pets.yaml
    kill -HUP "$server"
    eventually listed '["Old","Methuselah","Rex"]'
}

@test "a collection that no call has changed starts from the seed that is there now" {
    begin
    call GET /lots
    crash
    echo '[{ "id": "new", "name": "New" }]' >fixtures/pets/pets.json
    begin
    [ "$(names)" = '["New"]' ]
    add Rex
    crash
    echo '[]' >fixtures/pets/pets.json
    begin
    [ "$(names)" = '["New","Rex"]' ]
}

@test "a collection that is served no more stays where it is kept" {
    begin
    add Rex
    crash
    sed -i 's|key: /id|key: /name|' fixtures/pets/behaviour.yaml
    begin
    grep -q 'the instances of pets/pets:/id stay in the store unseen' err
    [ "$(names)" = '["Old"]' ]
    add Pia
    crash
    sed -i 's|key: /name|key: /id|' fixtures/pets/behaviour.yaml
    begin
    [ "$(names)" = '["Old","Rex"]' ]
}

@test "a file that is no store is refused, and not touched" {
    echo 'this is a letter to my aunt, and it is long enough to be looked at' >"$store"
    cp "$store" copy
    run "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"pets.db: expected a store that --store made, found another file"* ]]
    cmp "$store" copy
    rm "$store"
    sqlite3 "$store" 'CREATE TABLE letters (text)'
    cp "$store" copy
    run "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"found another program's database"* ]]
    cmp "$store" copy
    run "$program" serve -p 0 --store "$BATS_TEST_TMPDIR/no/such/folder/x.db" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"cannot open the store: unable to open database file: No such file or directory"* ]]
    run "$program" serve -p 0 --store rediss://127.0.0.1 specs
    [ "$status" -eq 10 ]
    [[ "$output" == *'--store: expected a file, redis://HOST or valkey://HOST, found "rediss://127.0.0.1"'* ]]
}

@test "a store of another version is refused" {
    begin
    stop
    sqlite3 "$store" 'PRAGMA user_version = 7'
    run "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"expected a store of version 1, found version 7"* ]]
}

@test "a store that another process uses is refused" {
    begin
    add Rex
    run "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"another process uses this store"* ]]
    [ "$(names)" = '["Old","Rex"]' ]
}

@test "a broken value in the store is told and left, and the rest is there" {
    begin
    add Rex
    stop
    sqlite3 "$store" "UPDATE entry SET value = '{' WHERE name LIKE '/instances/%/0';
        INSERT INTO entry VALUES ('', '/instances/pets/pets:~1id/99999999999', '{}'), ('', 'no pointer', ''), ('', '/calls', '1'),
            ('', '/instances', '{}'), ('', '/running/list', '{}'), ('', '/running/0/limits/9/9', '[]'), ('', '/sequences/pets', '')"
    begin
    grep -q '1 of 2 instances of pets/pets no longer fit and stay in the store unseen, first "0": it is no JSON object' err
    [ "$(names)" = '["Rex"]' ]
    [ "$(add Pia)" = pet-2 ]
}

@test "names and numbers that nobody wrote are told with the file, and the rest is there" {
    begin --scenario few
    add Rex
    stop
    sqlite3 "$store" "INSERT INTO entry SELECT printf('%.*c', 100, 'n'), name, value FROM entry;
        INSERT INTO entry VALUES (printf('%.*c', 100000, 'm'), 'x', ''), ('a b', 'x', ''), (x'ff00ff', 'x', ''),
            ('', '/clock', '9223372036854775807'), ('', '/sequences/pets/pet', '99999999999999999999'),
            ('', '/calls/pets/drawLot', '-1'), ('', x'2f6eff00', 'y'), ('', '/instances/pets/pets:~1id/64000000', '{}'),
            ('', '/instances/pets/pets:~1id/7', '{\"name\":\"Nobody\"}'), ('', '/answers/7', '1:1,2:'),
            ('', '/running/list', '{'), ('', '/running/made', '1e300'),
            ('', '/running/0/limits/0/0', '[\"0\",1e300,-1e300]'), ('', '/running/0/faults', '[[1e300,1e300]]')
            ON CONFLICT DO UPDATE SET value = excluded.value"
    begin --scenario few
    for said in 'a namespace whose name is none stays in the store unseen: expected 1 to 64 letters, .* found 100 bytes' \
        '"/clock" is not used: expected milliseconds to a time from the year 1 to 9998, found "9223372036854775807"' \
        '"/sequences/pets/pet" is not used: expected a whole number, found "99999999999999999999"' \
        '"/calls/pets/drawLot" is not used: ' '"/n?" is not used: expected a name that --store writes' \
        '"/instances/pets/pets:~1id/64000000" is not used: expected the number of a slot' \
        '"/answers/7" is not used: ' '"/running/list" is not used: expected an array, found "{"' \
        '"/running/made" is not used: '; do
        grep -q "^warning: $store: .*$said" err
    done
    grep -q '1 of 3 instances of pets/pets no longer fit .*, first "7": it has no key' err
    [ "$(names)" = '["Old","Rex"]' ]
    [ "$(status GET /pets/old)" = 200 ]
    [ "$(call GET /__admin/clock | jq -r '.now[0:4]')" = "$(date +%Y)" ]
}

@test "a store that was changed by others is refused with what it has, or what broke it" {
    begin
    add Rex
    stop
    cp "$store" copy
    for sql in 'CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END' 'CREATE TABLE other (a)' \
        'CREATE INDEX i ON entry (value)' 'DROP TABLE entry; CREATE VIEW entry AS SELECT 1 AS namespace, 2 AS name, 3 AS value'; do
        cp copy "$store"
        sqlite3 "$store" "$sql"
        run "$program" serve -p 0 --store "$store" specs
        [ "$status" -eq 10 ]
        [[ "$output" == *"pets.db: expected the one table that --store made, found other tables"* ]]
    done
    cp copy "$store"
    printf 'not a page of a tree at all' | dd of="$store" bs=1 seek=4096 conv=notrunc status=none
    run "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"pets.db: the store is damaged: "* ]]
    head -c 5000 copy >"$store"
    run timeout 10 "$program" serve -p 0 --store "$store" specs
    [ "$status" -eq 10 ]
    [[ "$output" == *"pets.db: the store is damaged: "* ]]
}

@test "a full disk is answered with 507, nothing is half done, and reading goes on" {
    trap '' XFSZ
    ulimit -S -f 400 # KiB, for any file that is written from here on
    begin
    made=0
    long=$(printf 'x%.0s' $(seq 4000))
    for i in $(seq 200); do
        code=$(call POST /pets "{\"name\":\"$long\"}" -o answer -w '%{http_code}')
        [ "$code" = 201 ] || break
        made=$i
    done
    [ "$code" = 507 ]
    jq -e '.status == 507 and (.detail | test("no room"))' answer
    [ "$(names | jq length)" = $((made + 1)) ]
    [ "$(status GET /pets/old)" = 200 ]
    crash
    ulimit -S -f unlimited
    begin
    [ "$(names | jq length)" = $((made + 1)) ]
    [ "$(add Rex)" = "pet-$((made + 1))" ]
}
