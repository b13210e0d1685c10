# support.bash — starting and stopping the program for the tests of the wire.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
program=${UNDERSTUDY_PROGRAM:-build/release/understudy}
case $program in /*) ;; *) program=$root/$program ;; esac

# start OPTION… — serves on a free port; sets $port and $base; stopped by stop_all.
start() {
    local file=$BATS_TEST_TMPDIR/port.$RANDOM
    (cd "$root" && exec "$program" serve -q -p 0 --port-file "$file" "$@") \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    server=$!
    servers="${servers-} $server"
    for _ in $(seq 200); do
        [ -s "$file" ] && break
        kill -0 "$server" 2>/dev/null || { cat "$BATS_TEST_TMPDIR/err"; return 1; }
        sleep 0.05
    done
    port=$(cat "$file")
    base=http://127.0.0.1:$port
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
