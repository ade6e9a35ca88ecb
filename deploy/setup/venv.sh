#!/bin/sh
# Makes .venv with a pinned, hash-checked uv in it. Nothing outside the folder, except python3-venv
# from Debian's own packages where root runs this and it is missing.
set -eu
if [ ! -x .venv/bin/python ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Valija needs Python 3.11 or later as python3; this is $(python3 --version)." >&2
        exit 1
    }
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null
        else
            echo "python3 has no venv module here. As root on Debian: apt-get install python3-venv" >&2
            exit 1
        fi
    fi
    python3 -m venv .venv
fi
# The hashes are those of requirements.lock; pip takes them from a requirements file only.
pinned=$(mktemp)
trap 'rm -f "$pinned"' EXIT
awk '/^uv==/ { on = 1 } on { sub(/^ *# .*/, ""); if (/^$/ || (/^[a-z]/ && !/^uv==/)) exit; print }' requirements.lock >"$pinned"
want=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$pinned")
have=$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2 || true)
[ "$want" = "$have" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$pinned"
