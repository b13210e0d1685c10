#!/usr/bin/env bats
# What routes --state prints: what is remembered, what was inferred, and why not.

load support

teardown() {
    stop_all
}

@test "routes --state says what was inferred and why, and what could not be" {
    run "$program" routes --state "$root/tests/data/inferred.yaml"
    [ "$status" -eq 0 ]
    [[ $output == *"tickets  /tickets, /tickets/{ref}"* ]]
    [[ $output == *"key     /code (a link names it; new ones: ticket-{\$sequence.tickets})"* ]]
    [[ $output == *"with 3 instances, the document's examples"* ]]
    [[ $output =~ POST\ +/pets\ +pets:\ makes\ one ]]
    [[ $output =~ /weather\ +nothing\ is\ remembered:\ no\ operation\ makes ]]
    run "$program" routes --state --stateless "$root/tests/data/inferred.yaml"
    [ "$output" = "inferred: nothing is remembered (--stateless)" ]
    run "$program" routes --state "$root/tests/data/overridden.yaml"
    [[ $output =~ POST\ +/books\ +behaviour.yaml ]]
    [[ $output =~ GET\ +/books\ +titles:\ lists ]]
    run "$program" routes --state "$root/tests/data/pets.yaml"
    [[ $output == *"nothing is remembered: behaviour.yaml says infer: no"* ]]
}

@test "routes tells what is inferred from what a behaviour says" {
    run "$program" routes "$root/tests/data/overridden.yaml"
    [[ $output =~ addBook\ +overridden\ +behaviour ]]
    [[ $output =~ getBook\ +overridden\ +inferred ]]
}

# is_gone NAMESPACE
is_gone() {
    [ "$(call GET "/__admin/namespaces/$1" '' -o /dev/null -w '%{http_code}')" = 404 ]
}

@test "a namespace that no call has named for --namespace-idle is given up, and starts from the seed again" {
    start --namespace-idle 1s
    call POST /~a/links.delete '{"id": "LINK-3"}' >/dev/null
    [ "$(call GET '/~a/links.get?id=LINK-3' '' -o /dev/null -w '%{http_code}')" = 404 ]
    eventually is_gone a
    [ "$(call GET '/~a/links.get?id=LINK-3' '' -o /dev/null -w '%{http_code}')" = 200 ]
    [ "$(call GET /~a/__admin/requests | jq .total)" = 1 ] # and its journal is its own
}
