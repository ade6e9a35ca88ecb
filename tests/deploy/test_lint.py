"""Images, compose, its Kafka: no linter finds a fault, and they agree with what is tested."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.kafka.settings import Cluster, properties
from tests.deploy.image import DEPLOY

_BIN = Path(sys.executable).parent
_IMAGES = sorted(DEPLOY.glob("*.Dockerfile"))
# Where a rehearsal's containers differ from servers on one loopback: names, places, size.
_OWN = frozenset(
    {
        "node.id",
        "controller.quorum.voters",
        "listeners",
        "advertised.listeners",
        "log.dirs",
        "ssl.keystore.location",
        "ssl.truststore.location",
    }
)
_FOR_A_SMALL_MACHINE = frozenset(
    {
        "broker.session.timeout.ms",
        "broker.heartbeat.interval.ms",
        "num.network.threads",
        "num.io.threads",
        "offsets.topic.num.partitions",
        "transaction.state.log.num.partitions",
    }
)


@pytest.mark.parametrize("image", _IMAGES, ids=lambda path: path.stem)
def test_hadolint_finds_no_fault(image: Path) -> None:
    assert "" == _said(str(_BIN / "hadolint"), str(image))


def test_compose_is_what_its_schema_says() -> None:
    said = _said(
        str(_BIN / "check-jsonschema"),
        *("--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")),
    )
    assert "ok -- validation done" == said.strip()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_kafka_of_compose_is_told_what_the_tested_one_is(number: int) -> None:
    told = _told(f"kafka{number}")
    for key, value in _tested().items():
        if key not in _OWN | _FOR_A_SMALL_MACHINE:
            assert value == told.get(key), key


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_listener_of_compose_asks_for_a_certificate(number: int) -> None:
    told = _told(f"kafka{number}")
    assert "TLS:SSL,CONTROLLER:SSL" == told["listener.security.protocol.map"]
    assert "required" == told["ssl.client.auth"]
    assert f"/etc/kafka/secrets/kafka{number}.pem" == told["ssl.keystore.location"]


def test_kafka_keeps_its_log_on_a_volume() -> None:
    for number in (1, 2, 3):
        name = f"kafka{number}"
        places = [volume.split(":")[1] for volume in _services()[name]["volumes"]]
        assert _told(name)["log.dirs"] in places


def test_every_port_that_compose_opens_is_on_loopback() -> None:
    for service in _services().values():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def _tested() -> dict[str, str]:
    ports = ((9092, 9093), (9094, 9095), (9096, 9097))
    lines = properties(Cluster(Path("/kafka"), ports), 1).splitlines()
    return dict(line.split("=", 1) for line in lines)


def _told(service: str) -> dict[str, str]:
    """Return a service's settings of Kafka as its image makes them from the environment."""
    prefix = "KAFKA_"
    return {
        name.removeprefix(prefix).lower().replace("_", "."): str(value)
        for name, value in _services()[service]["environment"].items()
        if name.startswith(prefix)
    }


def _services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")[
        "services"
    ]
    return services


def _said(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout
