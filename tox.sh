#!/bin/sh
# Runs tox, making it available first where it is not: `./tox.sh` is `tox`, `./tox.sh -e certify` is `tox -e certify`.
set -eu
cd "$(dirname "$0")"

if command -v tox >/dev/null 2>&1; then
    exec tox "$@"
fi

python=
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "tox.sh: no Python 3.11 or newer on PATH; install one (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2
    exit 4
fi

if [ ! -x .venv/bin/tox ]; then
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y python3-venv
        else
            echo "tox.sh: Python's venv module is missing; install it (Debian, Ubuntu: apt-get install python3-venv)" >&2
            exit 4
        fi
    fi
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --upgrade pip tox
    # It makes environments several times as fast, where there is one for this system.
    .venv/bin/python -m pip install --quiet tox-uv || true
fi
# uv does not know where pip is told to look for packages; where it finds none, pip goes on without it.
if [ -x .venv/bin/uv ] && ! .venv/bin/uv pip install --quiet --dry-run --reinstall --python .venv tox >/dev/null 2>&1; then
    export TOX_DISABLED_EXTERNAL_PLUGINS=tox-uv
fi
exec .venv/bin/tox "$@"
