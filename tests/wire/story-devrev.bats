#!/usr/bin/env bats
# A client in another language (Python's standard library) against the running server.

load support

teardown() {
    stop_all
}

@test "a ticket is triaged into issues, linked, merged, closed, counted and exported" {
    start
    run python3 "$root/tests/story/devrev.py" "$port"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "the story of the ticket ends well" ]
}
