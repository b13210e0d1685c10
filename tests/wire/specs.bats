#!/usr/bin/env bats
# Which documents are read: from standard input, from folders, under names.

load support

teardown() {
    stop_all
}

@test "a document on standard input is checked, and its mistakes have lines" {
    run "$program" check - <"$root/tests/data/library.yaml"
    [ "$status" -eq 0 ]
    run bash -c 'sed "s/type: string/type: strnig/" "$1" | "$2" check -' _ \
        "$root/tests/data/library.yaml" "$program"
    [ "$status" -eq 2 ]
    [[ $output =~ -:[0-9]+:[0-9]+:\ /.*found\ strnig ]]
}

@test "two versions of a document are served side by side under their names" {
    start --spec v1=tests/data/library.yaml --spec v2=tests/data/library.yaml
    [ "$(call GET /v1/v2/books '' -o /dev/null -w '%{http_code}')" = 200 ]
    [ "$(call GET /v2/v2/books '' -o /dev/null -w '%{http_code}')" = 200 ]
    run "$program" check "$root/tests/data/pets.yaml" "$root/tests/data/pets.yaml"
    [ "$status" -eq 2 ]
    [[ $output == *"--spec NAME=FILE"* ]]
    run "$program" check $(printf -- '--spec a%s=x.yaml ' $(seq 65))
    [ "$status" -eq 2 ]
    [[ $output == *"--spec stands too often"* ]]
    run "$program" check --spec a/b=x.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"--spec wants NAME=FILE"* ]]
}

@test "a folder may hold the parts of its documents" {
    run "$program" check "$root/tests/data/split"
    [ "$status" -eq 0 ]
    [[ $output == *": this is no OpenAPI document by itself"* ]]
    [[ $output == *"Split library 1, 3 operations, fine"* ]]
}

@test "a method that does not come through a socket is told at load, and comes as a POST" {
    run "$program" check "$root/tests/data/later/api.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *"api.yaml:9:5: "*"refuses the method QUERY"* ]]
    [[ $output == *"refuses the method COPY"* ]]
    start tests/data/later/api.yaml
    for method in QUERY COPY TRACE; do
        [ "$(call $method /things '' -o /dev/null -w '%{http_code}')" = 400 ]
    done
    for method in GET POST PUT DELETE PATCH REPORT LOCK; do
        [ "$(call $method /things '' -o /dev/null -w '%{http_code}')" = 405 ]
    done
    run call POST '/things?color=red' '{"where": {"id": 1}}' -H 'X-HTTP-Method-Override: QUERY'
    [[ $output == *'"id":1'* ]]
    [ "$(call POST /things '' -o /dev/null -w '%{http_code}' -H 'X-HTTP-Method-Override: COPY')" = 204 ]
    # It says nothing about methods that come by themselves.
    [ "$(call POST /things '' -o /dev/null -w '%{http_code}' -H 'X-HTTP-Method-Override: GET')" = 405 ]
    [ "$(call GET /things '' -o /dev/null -w '%{http_code}' -H 'X-HTTP-Method-Override: COPY')" = 405 ]
}

@test "the bundled documents, fixtures and scenarios have no warning" {
    cd "$root"
    run "$program" check --strict
    [ "$status" -eq 0 ]
    [[ $output == *"0 errors, 0 warnings"* ]]
}
