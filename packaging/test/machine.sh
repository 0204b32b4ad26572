# Machines for trying the package: a clean Debian root, of which each machine has a layer of its own, booted by systemd-nspawn and without a
# network. Sourced by run, as root; $work is where they lie. What is done in them is said there.

# The root is made once, from Debian's packages; those that the documented lines install are laid beside it, as a machine has no network.
base() {
    base=$work/base
    [ -d "$base" ] && return
    say "making a clean root of Debian, once"
    rm -rf "$base.part"
    debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm "$base.part" >"$work/debootstrap.log" 2>&1 ||
        fail "debootstrap: see $work/debootstrap.log; it wants the network"
    chroot "$base.part" sh -c 'apt-get update && apt-get install -y --download-only adduser nginx openssl curl postgresql' >>"$work/debootstrap.log" 2>&1 ||
        fail "apt-get: see $work/debootstrap.log; it wants the network"
    mv "$base.part" "$base"
}

# boot NAME: starts a machine on a layer of its own, and waits until its units are there.
boot() {
    local place=$work/machines/$1 unit=()
    # Where no systemd runs here, there is nobody to ask for a unit of its own.
    [ -d /run/systemd/system ] || unit=(--keep-unit)
    mkdir -p "$place/above" "$place/work" "$place/root"
    mount -t overlay overlay -o "lowerdir=$base,upperdir=$place/above,workdir=$place/work" "$place/root"
    systemd-nspawn --quiet --boot --private-network --register=no "${unit[@]}" --machine="jiayi-$1" -D "$place/root" \
        </dev/null >"$work/$1.console" 2>&1 &
    echo $! >"$place/pid"
    for _ in $(seq 150); do
        kill -0 "$(cat "$place/pid")" 2>/dev/null || break
        # Exits with 1 where a unit failed that has no business here; it is up all the same.
        case $(inside "$1" systemctl is-system-running --wait 2>/dev/null) in running | degraded) return ;; esac
        sleep 0.2
    done
    fail "machine $1 does not boot: see $work/$1.console"
}

# The process that is the first one inside.
leader() { pgrep -P "$(cat "$work/machines/$1/pid")"; }

# inside NAME COMMAND…: runs it in the machine, in root's folder.
inside() {
    local first
    first=$(leader "$1") || return
    nsenter --target "$first" --all --wd="$work/machines/$1/root/root" \
        env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "${@:2}"
}

# near NAME COMMAND…: becomes it here, on the machine's network, trusting the machine's certificate.
near() {
    local first certificate=$work/machines/$1/root/etc/ssl/doctor.pem
    first=$(leader "$1") || return
    [ ! -f "$certificate" ] || export NODE_EXTRA_CA_CERTS=$certificate
    exec nsenter --target "$first" --net "${@:2}"
}

# halt NAME: ends a machine, orderly, and throws its layer away. One that is not there is none.
halt() {
    local place=$work/machines/$1 pid
    # A number that was left behind may be another's by now.
    if pid=$(cat "$place/pid" 2>/dev/null) && grep -qs systemd-nspawn "/proc/$pid/comm"; then
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    fi
    if mountpoint -q "$place/root"; then umount "$place/root" || umount --lazy "$place/root"; fi
    rm -rf "$place"
}
