# support.bash — starting and stopping the program for the tests of the wire.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
program=${UNDERSTUDY_PROGRAM:-build/release/understudy}
case $program in /*) ;; *) program=$root/$program ;; esac

# eventually COMMAND WORD… — waits until the command succeeds. Only what never comes takes
# the minute, so a busy machine fails no test.
eventually() {
    local until=$((SECONDS + 60))
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.05
    done
}

# launch FOLDER OPTION… — serves on a free port with that working folder; sets $server,
# $port and $base. What it says goes to out and err in the test's folder; stopped by
# stop_all.
launch() {
    local file=$BATS_TEST_TMPDIR/port.$((launched = ${launched-0} + 1))
    (cd "$1" && exec "$program" serve -p 0 --port-file "$file" "${@:2}") \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    server=$!
    servers="${servers-} $server"
    eventually has_begun "$file" "$server"
    [ -s "$file" ] || { cat "$BATS_TEST_TMPDIR/err"; return 1; }
    port=$(cat "$file")
    base=http://127.0.0.1:$port
}

# has_begun FILE PROCESS — whether it wrote its port, or is gone.
has_begun() {
    [ -s "$1" ] || ! kill -0 "$2" 2>/dev/null
}

# start OPTION… — serves quietly, with the repository as its working folder.
start() {
    launch "$root" -q "$@"
}

# start_here OPTION… — serves what is in the test's folder, and may speak.
start_here() {
    launch "$PWD" "$@"
}

stop_all() {
    for pid in ${servers-}; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    servers=
}

# call METHOD PATH [BODY [CURL OPTION…]] — a call of a good client.
call() {
    local method=$1 path=$2 body=${3-}
    shift $(($# > 3 ? 3 : $#))
    curl -s -X "$method" -H 'Authorization: Bearer me' ${body:+-H 'Content-Type: application/json' -d "$body"} \
        "$@" "$base$path"
}

# fired COUNT — whether the one fault that was made by hand has happened so often.
fired() {
    [ "$(call GET /__admin/faults | jq '[.faults[].faults[].fired] | last')" = "$1" ]
}
