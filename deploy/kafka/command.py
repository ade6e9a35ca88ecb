"""The commands of `kafka.py`: what a person or a test types, and what is printed.

It promises one sentence, and exit 2, where a part is not installed. What `start` prints is for
people; `status --json` says the same for programs.
"""

import argparse
import asyncio
import json
import logging
import shutil
import sys
import uuid
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broker.spool.kafka_access import KafkaAccess
from deploy.kafka import jars, servers
from deploy.kafka.access import open_when_ready
from deploy.kafka.certificates import Authority
from deploy.kafka.ports import free_ports
from deploy.kafka.settings import ADMIN, HOST, Cluster
from valija.errors import ValijaError

_READY_S = 180  # It takes 10 s, and a minute where everything else starts too.
_NOT_HERE = 2


def main(words: list[str]) -> int:
    """Do what `words` ask, and return the exit code."""
    asked = _parser().parse_args(words)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # It tells every failed try.
    try:
        return int(asked.do(asked))
    except jars.MissingPartError as error:
        sys.stderr.write(f"{error}\n")
        return _NOT_HERE
    except ValijaError as error:
        sys.stderr.write(f"{error} (see the logs under --home)\n")
        return 1


def _fetch(asked: argparse.Namespace) -> int:
    del asked
    jars.fetch()
    return 0


def _start(asked: argparse.Namespace) -> int:
    """Start a fresh cluster, or go on with the files of one that was stopped."""
    home: Path = asked.home.resolve()
    if servers.running(home):
        sys.stderr.write("A cluster runs in this home already; stop it first.\n")
        return 1
    folder = jars.fetch()
    home.mkdir(parents=True, exist_ok=True)
    cluster = _cluster(home, asked)
    servers.write(cluster)
    servers.prepare(cluster, folder, _identity(home))
    servers.detach(["watch", "--home", str(home), "--seconds", str(asked.seconds)], home)
    try:
        asyncio.run(_open(cluster, asked))
    except ValijaError:
        servers.stop(home)
        raise
    _tell(cluster, asked.json)
    return 0


async def _open(cluster: Cluster, asked: argparse.Namespace) -> None:
    admin = _access(cluster, ADMIN)
    replicas = min(3, len(cluster.ports))
    await open_when_ready(admin, asked.exchange, replicas, asked.clients, _READY_S)


def _watch(asked: argparse.Namespace) -> int:
    servers.watch(_load(asked.home), jars.fetch(), asked.seconds)
    return 0


def _stop(asked: argparse.Namespace) -> int:
    return 0 if servers.stop(asked.home.resolve()) else 1


def _status(asked: argparse.Namespace) -> int:
    home: Path = asked.home.resolve()
    if not servers.running(home):
        sys.stderr.write("No cluster runs in this home.\n")
        return 1
    _tell(_load(home), asked.json)
    return 0


def _revive(asked: argparse.Namespace) -> int:
    """Start again whatever server of a running cluster was killed."""
    home: Path = asked.home.resolve()
    if not servers.running(home):
        sys.stderr.write("No cluster runs in this home.\n")
        return 1
    servers.revive(_load(home))
    return 0


def _certify(asked: argparse.Namespace) -> int:
    """Write certificates for servers that others start, as deploy/compose.yaml does."""
    authority = Authority(asked.home.resolve(), _now())
    for host in asked.hosts:
        authority.server(host, [host])
    for client in [ADMIN, *asked.clients]:
        authority.client(client)
    return 0


def _topics(asked: argparse.Namespace) -> int:
    """Make topics and access rules on a cluster that others started."""
    home: Path = asked.home.resolve()
    admin = KafkaAccess(asked.bootstrap, home / "ca.pem", home / f"{ADMIN}.pem")
    replicas, clients = asked.replicas, asked.clients
    asyncio.run(open_when_ready(admin, asked.exchange, replicas, clients, _READY_S))
    return 0


def _cluster(home: Path, asked: argparse.Namespace) -> Cluster:
    """Return the cluster of a home; its certificates are made afresh at every start."""
    cluster = Cluster(home, _ports(asked.port, asked.brokers))
    shutil.rmtree(cluster.certificates, ignore_errors=True)
    authority = Authority(cluster.certificates, _now())
    authority.server("kafka", [HOST, "localhost"])
    for client in [ADMIN, *asked.clients]:
        authority.client(client)
    (home / "ports.json").write_text(json.dumps(cluster.ports))
    return cluster


def _load(home: Path) -> Cluster:
    ports = json.loads((home / "ports.json").read_text())
    return Cluster(home, tuple((client, controller) for client, controller in ports))


def _identity(home: Path) -> str:
    """Return the cluster's id, made at the first start in this home."""
    path = home / "cluster.id"
    if not path.exists():
        path.write_text(urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
    return path.read_text()


def _ports(first: int, brokers: int) -> tuple[tuple[int, int], ...]:
    """Return ports from `first` on, or free ones where it is 0."""
    numbers = list(range(first, first + 2 * brokers)) if first else free_ports(2 * brokers)
    return tuple(zip(numbers[:brokers], numbers[brokers:], strict=True))


def _access(cluster: Cluster, client: str) -> KafkaAccess:
    folder = cluster.certificates
    return KafkaAccess(cluster.bootstrap, folder / "ca.pem", folder / f"{client}.pem")


def _tell(cluster: Cluster, as_json: bool) -> None:
    pids = {n: int((cluster.node(n) / "pid").read_text()) for n in cluster.nodes}
    folder = str(cluster.certificates)
    facts = {"bootstrap": cluster.bootstrap, "certificates": folder, "pids": pids}
    if as_json:
        print(json.dumps(facts))
        return
    print(f"Apache Kafka runs at {cluster.bootstrap} (TLS, client certificates).")
    print(f"Certificates: {folder} (ca.pem; NAME.pem with key and certificate)")


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # A `main`'s own clock, for certificates.


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kafka.py", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, do, options in (
        ("fetch", _fetch, ""),
        ("start", _start, "home brokers port seconds exchange clients json"),
        ("stop", _stop, "home"),
        ("status", _status, "home json"),
        ("revive", _revive, "home"),
        ("watch", _watch, "home seconds"),
        ("certificates", _certify, "home hosts clients"),
        ("topics", _topics, "home bootstrap replicas exchange clients"),
    ):
        command = commands.add_parser(name, help=do.__doc__)
        command.set_defaults(do=do)
        for option in options.split():
            command.add_argument(f"--{option}", **_OPTIONS[option])
    return parser


def _names(text: str) -> list[str]:
    return text.split(",")


_OPTIONS: dict[str, dict[str, Any]] = {
    "home": {"type": Path, "default": jars.KEPT / "run", "help": "where its files are"},
    "brokers": {"type": int, "choices": (1, 3), "default": 1, "help": "how many servers"},
    "port": {"type": int, "default": 19092, "help": "first of its ports; 0: any free ones"},
    "seconds": {"type": int, "default": 600, "help": "it stops by itself after these"},
    "exchange": {"default": "valija", "help": "what its topics are named after"},
    "clients": {"type": _names, "default": ["b1", "b2"], "help": "brokers of Valija"},
    "hosts": {"type": _names, "required": True, "help": "host names of the servers"},
    "bootstrap": {"required": True, "help": "host:port of the servers"},
    "replicas": {"type": int, "default": 3, "help": "copies of every topic"},
    "json": {"action": "store_true", "help": "print for programs"},
}
