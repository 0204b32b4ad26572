# Installs the official clients below the folder that $conformance names, and defines `port`.
# Sourced by `run`. Other scripts can source it to run the clients against a server of their own.

# need WHAT PACKAGE… installs Debian packages, or says what is missing
need() {
    what=$1
    shift
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
        echo "the clients need $what: install it (Debian: apt-get install $*) and run this again" >&2
        exit 1
    fi
    echo "installing $what" >&2
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# venv NAME REQUIREMENT… makes a virtual environment, unless it has these requirements already
venv() {
    venv="$conformance/venvs/$1"
    shift
    [ "$(cat "$venv/ready" 2>/dev/null)" = "$*" ] && return
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check requests websocket-client "$@"
    echo "$*" >"$venv/ready"
}

# port FILE waits until a server has written the port that it listens on, and prints it
port() {
    for _ in $(seq 300); do
        port=$(sed -n 's/^\(.*127\.0\.0\.1:\)\{0,1\}\([0-9]\{1,5\}\)$/\2/p' "$1")
        [ -n "$port" ] && echo "$port" && return
        sleep 0.1
    done
    cat "$1" >&2
    return 1
}

{ command -v node && command -v npm; } >/dev/null || need "Node.js 18 or later, and npm" nodejs npm
python3 -c 'import ensurepip, venv' 2>/dev/null || need "Python 3 with venv" python3 python3-venv

# The lock file that was installed last is kept beside what it installed.
if ! cmp -s "$conformance/package-lock.json" "$conformance/node_modules/.installed"; then
    (cd "$conformance" && npm ci --ignore-scripts --silent)
    cp "$conformance/package-lock.json" "$conformance/node_modules/.installed"
fi
venv python4 python-socketio==4.6.1 python-engineio==3.14.2
venv python5 'python-socketio>=5.11,<6'
