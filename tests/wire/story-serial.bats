#!/usr/bin/env bats
# A client in another language (Python's standard library) against the running server.

load support

teardown() {
    stop_all
}

@test "a bicycle is built in three levels, a wheel is replaced, and every link is found in the history" {
    start
    run python3 "$root/tests/story/serial.py" "$port"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "the story of the bicycle ends well" ]
}
