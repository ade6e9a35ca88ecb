#!/bin/sh
# Installs the real parts that tests and the Kafka demo run: Java and Maven (for Apache Kafka's jars),
# PostgreSQL. As root on Debian it uses apt-get; elsewhere it says what is missing and goes on, and
# whatever needs the part then says so by name.
set -eu
only=${1:-all}
missing=""
command -v java >/dev/null || missing="$missing default-jre-headless"
command -v mvn >/dev/null || missing="$missing maven"
if [ "$only" = all ]; then
    if ! command -v postgres >/dev/null && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
        missing="$missing postgresql"
    fi
    command -v npm >/dev/null || missing="$missing npm"
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        # shellcheck disable=SC2086  # The list is words on purpose.
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
    else
        echo "Not here, so what needs them is skipped by name:$missing" >&2
    fi
fi
if command -v mvn >/dev/null && command -v java >/dev/null; then
    .venv/bin/python deploy/kafka/kafka.py fetch
fi
