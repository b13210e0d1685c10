#!/usr/bin/env bats
# Overlays as the command line takes them.

load support

data=tests/data/overlay

setup() {
    cd "$root" || return 1
}

@test "check and routes see the changed document" {
    run "$program" routes $data/vendor.yaml --overlay $data/public.json
    [ "$status" -eq 0 ]
    [[ $output == *getTicket*example* || $output == *getTicket*sample* ]]
    [[ $output != *removeTicket* ]]
    run env UNDERSTUDY_OVERLAY=$data/examples.yaml "$program" routes $data/vendor.yaml
    [[ $output =~ getTicket\ +vendor\ +example ]]
    [[ $output == *removeTicket* ]]
}

@test "a mistake in an overlay ends it with its place" {
    run bash -c 'sed "s/\\$.paths.\\*/$.paths.-/" "$1" >"$2"' _ $data/public.json \
        "$BATS_TEST_TMPDIR/o.json"
    run "$program" check $data/vendor.yaml --overlay "$BATS_TEST_TMPDIR/o.json"
    [ "$status" -eq 2 ]
    [[ $output == *'/o.json:5:7: /actions/0/target: "$.paths.-[?@['\''x-internal'\''] == true]", character 9: expected a name or *, found -'* ]]
    run "$program" check $data/vendor.yaml --overlay nowhere.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"nowhere.yaml: cannot open"* ]]
}

@test "an overlay in the place of a document is told what it is" {
    run "$program" check $data/tight.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"tight.yaml:1:1: /overlay: this is an overlay; --overlay applies it to a document"* ]]
}

@test "an action that selects nothing is a warning, and refused under --strict" {
    run "$program" check -q $data/vendor.yaml --overlay $data/devrev.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"devrev.yaml:3:1: /extends: this overlay is for ../../../specs/devrev.yaml, but is applied to $data/vendor.yaml"* ]]
    run "$program" check -q $data/vendor.yaml --overlay $data/devrev.yaml --strict
    [ "$status" -eq 2 ]
}

@test "what an overlay makes wrong is told at its line in the overlay" {
    sed 's/maxLength: 20/maxLength: x/' $data/tight.yaml >"$BATS_TEST_TMPDIR/tight.yaml"
    run "$program" check - --overlay "$BATS_TEST_TMPDIR/tight.yaml" <$data/vendor.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"/tight.yaml:10:11: /actions/0/update/properties/title/maxLength: expected "* ]]
}
