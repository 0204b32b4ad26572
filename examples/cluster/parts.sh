# The parts of a cluster on this machine, on loopback: sourced by examples/cluster/run and scripts/test-cluster, which
# start them in $work, a folder that is gone at the end, on ports that follow $PORT.
# shellcheck shell=bash

PATH=$PATH:/usr/sbin
examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$examples/../.." && pwd)
PORT=${PORT:-8080}            # the balancer; the nodes have the next ones
nats_port=$((PORT + 10))      # and the next two; their routes have the next three
links_port=$((PORT + 16))     # and the next two: where the servers of NATS find each other, if there is anything between them
postgres_port=$((PORT + 20))  # and the next one
declare -A pids               # of what runs, by name
declare -A binaries           # of nodes that run another one than $JIAYI

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# Installs from Debian what is lacking: install_parts PROGRAM…
install_parts() {
    local lacking=()
    [ -n "$(postgres_bin)" ] || lacking+=(postgresql)
    for program in "$@"; do command -v "$program" >/dev/null || lacking+=("${program/#nginx/nginx-light}"); done
    [ ${#lacking[@]} = 0 ] && return
    command -v apt-get >/dev/null || { echo "install first: ${lacking[*]}" >&2; exit 1; }
    echo "installing ${lacking[*]}" >&2
    as_root apt-get update -qq
    # None of them is to start as a service of the machine.
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${lacking[@]}" >/dev/null
}

# The binary that is run: $JIAYI, or a debug build.
binary() {
    if [ -z "${JIAYI:-}" ]; then
        cargo build --quiet --locked --manifest-path "$root/Cargo.toml" --bin jiayi
        JIAYI=${CARGO_TARGET_DIR:-$root/target}/debug/jiayi
    fi
}

free_ports() {
    for port in $(seq "$PORT" $((PORT + 3))) $(seq "$nats_port" $((nats_port + 8))) "$postgres_port" $((postgres_port + 1)); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "port $port is taken: choose others with PORT=…" >&2
            exit 1
        fi
    done
}

# The server refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then (cd "$work/postgres" && runuser -u postgres -- "$@"); else "$@"; fi; }

# start_postgres [0|1]: the first or the second server.
start_postgres() {
    local bin number=${1:-0} data=$work/postgres/data${1:-0}
    bin=$(postgres_bin)
    if [ ! -d "$data" ]; then
        mkdir -p "$work/postgres"
        chmod 711 "$work"
        [ "$(id -u)" != 0 ] || chown postgres "$work/postgres"
        as_postgres "$bin/initdb" -D "$data" -U jiayi --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    fi
    as_postgres "$bin/pg_ctl" -D "$data" -w -l "$work/postgres/log" start \
        -o "-h 127.0.0.1 -p $((postgres_port + number)) -k $work/postgres -c max_connections=200 ${POSTGRES_OPTIONS:-}" >/dev/null
    database_url=${database_url:-postgres://jiayi@127.0.0.1:$postgres_port/postgres}
}

# stop_postgres fast|immediate [0|1]
stop_postgres() {
    local data=$work/postgres/data${2:-0}
    [ ! -d "$data" ] || as_postgres "$(postgres_bin)/pg_ctl" -D "$data" -m "$1" stop >/dev/null 2>&1 || true
}

# start_nats 0|1|2
start_nats() {
    local routes=${nats_routes:-$((nats_port + 3))}
    with_ports "$examples/nats.conf" >"$work/nats.conf"
    for number in 0 1 2; do
        sed -i "s#nats://127.0.0.1:$((nats_port + 3 + number))#nats://127.0.0.1:$((routes + number))#" "$work/nats.conf"
    done
    nats-server -c "$work/nats.conf" --port $((nats_port + $1)) --cluster "nats://127.0.0.1:$((nats_port + 3 + $1))" \
        --cluster_advertise "127.0.0.1:$((routes + $1))" >>"$work/nats$1.log" 2>&1 &
    pids[nats$1]=$!
}

# What sets a process's clock. faketime's library allocates before the allocator of jiayi is there, and breaks it.
clock_library() {
    [ -f "$work/clock.so" ] || cc -shared -fPIC -o "$work/clock.so" "$root/examples/cluster/clock.c"
    echo "$work/clock.so"
}

# start_node a|b|c [OPTION…]: the slot is its letter's number, and the first server of NATS that it takes.
start_node() {
    local name=$1 slot nats fixed=
    shift
    case $name in a) slot=0 ;; b) slot=1 ;; c) slot=2 ;; esac
    nats=$(for number in 0 1 2; do echo -n ",nats://127.0.0.1:$((nats_port + (slot + number) % 3))"; done)
    # Who runs another release may not know that setting, and takes the lowest slot that is free.
    [ -n "${binaries[$name]:-}" ] || fixed=JIAYI_CLUSTER__SLOT=$slot
    # shellcheck disable=SC2086
    env ${CLOCK:+LD_PRELOAD=$(clock_library) CLOCK_OFF=$CLOCK} JIAYI_CLUSTER__NODE="$name" JIAYI_CLUSTER__NATS="${nats#,}" $fixed \
        JIAYI_TRUSTED_PROXIES=127.0.0.1 JIAYI_FILES_FOLDER="$work/files" \
        "${binaries[$name]:-$JIAYI}" serve --listen "127.0.0.1:$((PORT + 1 + slot))" --database-url "$database_url" "$@" \
        >>"$work/$name.log" 2>&1 &
    pids[$name]=$!
}

# Waits until a node is ready: ready a|b|c|balancer
ready() {
    local port=$PORT
    case $1 in a) port=$((PORT + 1)) ;; b) port=$((PORT + 2)) ;; c) port=$((PORT + 3)) ;; esac
    for _ in $(seq 300); do
        curl -fs -o /dev/null "http://127.0.0.1:$port/readyz" && return
        sleep 0.1
    done
    echo "$1 does not get ready: $(curl -s -m 5 "http://127.0.0.1:$port/readyz" || echo "no answer"); the last of its log:" >&2
    tail -n 5 "$work/$1.log" >&2
    return 1
}

# The files are for the ports from 8080 on; others take their places.
with_ports() {
    local places=()
    for place in $(seq 0 15); do places+=(-e "s/127\.0\.0\.1:$((8080 + place))/127.0.0.1:@$((PORT + place))/"); done
    sed "${places[@]}" -e 's/:@/:/' "$1"
}

# start_balancer haproxy|nginx
start_balancer() {
    case $1 in
    haproxy)
        with_ports "$examples/haproxy.cfg" >"$work/haproxy.cfg"
        haproxy -db -f "$work/haproxy.cfg" >>"$work/balancer.log" 2>&1 &
        ;;
    nginx)
        with_ports "$examples/nginx.conf" >"$work/nginx.conf"
        nginx -p "$work" -c "$work/nginx.conf" -e "$work/balancer.log" -g "daemon off; pid $work/nginx.pid;" &
        ;;
    esac
    pids[balancer]=$!
}

# Ends all that runs, and leaves nothing.
finish() {
    trap - EXIT INT TERM
    set +e
    # A process that was stopped does not end before it goes on.
    for name in "${!pids[@]}"; do kill -CONT "${pids[$name]}" 2>/dev/null; kill "${pids[$name]}" 2>/dev/null; done
    for name in "${!pids[@]}"; do wait "${pids[$name]}" 2>/dev/null; done
    stop_postgres fast 0
    stop_postgres fast 1
    rm -rf "$work"
}
