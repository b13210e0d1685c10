#!/usr/bin/env bats
# Every command of README.md and of three files of docs/ is run, and says what is written
# there.

load support

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
    stop_all
}

# Ids and times differ from run to run, and nothing else may.
normal() {
    sed -E -e 's/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/UUID/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)/TIME/g'
}

# Runs one command and compares.
try() {
    local command=$1 wanted=$2 found
    found=$(bash -c "${command//4010/$port}" 2>err)
    sed -i '/% Total/,$d' err # curl's meter
    if [ "$(normal <<<"$found")" != "$(normal <<<"$wanted")" ]; then
        # Errors go to standard error; README.md shows both as a terminal does.
        found=$(cat err; echo "$found")
        found=${found#$'\n'}
    fi
    [ "$(normal <<<"$found")" = "$(normal <<<"$wanted")" ] && return
    printf 'command: %s\nwanted:  %s\nfound:   %s\n' "$command" "$wanted" "$found"
    return 1
}

# Runs every command of a file's console blocks; $count says how many there were.
try_all() {
    local command= wanted= inside= line
    count=0
    start
    mkdir bin
    ln -s "$program" bin/understudy
    PATH=$PWD/bin:$PATH
    while IFS= read -r line; do
        case $line in
        '```console') inside=1 ;;
        '```'*)
            [ -n "$command" ] && { try "$command" "$wanted" || return 1; count=$((count + 1)); }
            inside= command= wanted=
            ;;
        *)
            [ -n "$inside" ] || continue
            if [[ $line == '$ '* ]]; then
                [ -n "$command" ] && { try "$command" "$wanted" || return 1; count=$((count + 1)); }
                command=${line#??} wanted=
            elif [[ $line == '> '* || $line == '>' ]]; then
                line=${line#>}
                command+=$'\n'${line# }
            else
                wanted+=${wanted:+$'\n'}$line
            fi
            ;;
        esac
    done <"$1"
}

@test "the console blocks of README.md happen as they are written" {
    try_all "$root/README.md"
    [ "$count" -ge 12 ]
}

@test "the console blocks of docs/admin.md happen as they are written" {
    try_all "$root/docs/admin.md"
    [ "$count" -ge 20 ]
}

@test "the console blocks of docs/answers.md happen as they are written" {
    try_all "$root/docs/answers.md"
    [ "$count" -ge 1 ]
}

@test "the console blocks of docs/check.md happen as they are written" {
    try_all "$root/docs/check.md"
    [ "$count" -ge 5 ]
}

@test "make run does everything and serves" {
    local variant=${VARIANT:-release}
    (cd "$root" && UNDERSTUDY_PORT=0 UNDERSTUDY_PORT_FILE=$BATS_TEST_TMPDIR/p \
        exec setsid make -s run VARIANT="$variant") >out 2>&1 3>&- &
    local maker=$!
    eventually [ -s p ]
    run curl -s "http://127.0.0.1:$(cat p)/__admin/health"
    kill -TERM -- "-$maker"
    wait "$maker" || true
    [ "$output" = '{"status":"ok"}' ]
    grep -q 'curl ' out
}
