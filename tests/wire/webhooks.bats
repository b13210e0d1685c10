#!/usr/bin/env bats
# What webhooks tell, as their target sees it: a receiver in Python, which checks signatures by itself.

load support

teardown() {
    stop_all
}

@test "DevRev's webhooks are verified, told, signed and tried again" {
    start
    run python3 "$root/tests/story/webhooks.py" "$port"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "the story of the webhooks ends well" ]
}

@test "a behaviour says who is told of what, and how" {
    start tests/data/lending.yaml
    run python3 "$root/tests/story/lending.py" "$port"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$output" = "the story of the lending ends well" ]
}
