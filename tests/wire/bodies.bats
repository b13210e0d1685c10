#!/usr/bin/env bats
# Bodies as real clients put them on the wire.

load support

setup() {
    start tests/data/bodies.yaml # from the root
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    stop_all
}

# send PATH CURL OPTION… — prints the answer's body and then its status.
send() {
    local path=$1
    shift
    curl -s -w '\n%{http_code}' "$@" "$base$path"
}

@test "a form of curl's own is read, and its mistakes are named" {
    run send /form -d item=a -d count=2 --data-urlencode 'tags=x,y' -d 'filter[max]=3'
    [ "${lines[-1]}" = 204 ]
    run send /form -d item=a -d 'filter[max]=much'
    [ "${lines[-1]}" = 400 ]
    [[ $output == *'"/body/filter/max"'*'expected":"an integer"'* ]]
}

@test "files of curl's multipart forms arrive with all their bytes" {
    head -c 70000 /dev/urandom >picture.png
    head -c 10 /dev/zero >report
    run send /upload -F title=T -F 'meta={"item":"a"};type=application/json' -F picture=@picture.png \
        -F 'report=@report;headers="X-Pages: 2"' -F files=@report -F 'files=@picture.png;filename="a \" b"'
    [ "${lines[-1]}" = 204 ]
    run send /upload -F 'meta={"item":}' -F 'picture=@report;type=text/plain' -F files=@report -F files=@report -F files=@report
    [ "${lines[-1]}" = 400 ]
    [[ $output == *'"/body/meta"'*'"/body/picture"'* ]]
    run send /upload -F files=@report -F files=@report -F files=@report
    [[ $output == *'"/body/files"'*'"maxItems"'* ]]
}

@test "gzip and deflate are unpacked, cut and packed bombs are refused" {
    printf '{"a": 1}' | gzip >one.gz
    run send /two -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @one.gz
    [ "${lines[-1]}" = 204 ]
    [ "$(call GET /__admin/requests | jq -r '.requests[0].body' | tr -d ' ')" = '{"a":1}' ]
    head -c 20 one.gz >cut.gz
    run send /two -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @cut.gz
    [ "${lines[-1]}" = 400 ]
    [[ $output == *'ends too early'* ]]
    head -c 200000000 /dev/zero | gzip -1 >bomb.gz
    run send /two -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @bomb.gz
    [ "${lines[-1]}" = 413 ]
    run send /two -H 'Content-Type: application/json' -H 'Content-Encoding: zstd' --data-binary @one.gz -D head
    [ "${lines[-1]}" = 415 ]
    grep -qi '^accept-encoding: gzip, deflate, identity' head
}

@test "a packed body in chunks, after 100 Continue, is the same body" {
    printf 'item=a&parts[0][item]=b' | gzip >form.gz
    run send /form -H 'Content-Encoding: gzip' -H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' \
        --data-binary @form.gz -D head
    [ "${lines[-1]}" = 204 ]
    grep -q '^HTTP/1.1 100 Continue' head
    run send /upload -H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' -F 'meta={}' -D head
    [ "${lines[-1]}" = 400 ]
    grep -q '^HTTP/1.1 100 Continue' head
    [[ $output == *'"/body/meta"'*item* ]]
}

@test "a type that is not declared is refused with what is" {
    run send /two -H 'Content-Type: text/csv' -d a -D head
    [ "${lines[-1]}" = 415 ]
    grep -qi '^accept: application/json, application/x-www-form-urlencoded' head
    grep -qi '^accept-post: application/json, application/x-www-form-urlencoded' head
}
