"""What our Kafka servers are told is safe before anything else."""

from pathlib import Path

import pytest

from deploy.kafka.settings import Cluster, properties


def _told(nodes: int) -> dict[str, str]:
    ports = tuple((19092 + node, 19192 + node) for node in range(nodes))
    text = properties(Cluster(Path("/home/kafka"), ports), 1)
    return dict(line.split("=", 1) for line in text.splitlines())


@pytest.mark.parametrize("nodes", [1, 3])
def test_servers_listen_on_loopback_with_client_certificates_only(nodes: int) -> None:
    told = _told(nodes)
    for listener in told["listeners"].split(","):
        assert "://127.0.0.1:" in listener
    assert told["listener.security.protocol.map"] == "TLS:SSL,CONTROLLER:SSL"
    assert told["ssl.client.auth"] == "required"


@pytest.mark.parametrize("nodes", [1, 3])
def test_nothing_is_allowed_that_no_rule_allows(nodes: int) -> None:
    told = _told(nodes)
    assert told["authorizer.class.name"].endswith("StandardAuthorizer")
    assert told["allow.everyone.if.no.acl.found"] == "false"
    assert told["auto.create.topics.enable"] == "false"


def test_on_three_servers_an_acknowledged_record_is_on_two() -> None:
    told = _told(3)
    assert told["min.insync.replicas"] == "2"
    assert told["unclean.leader.election.enable"] == "false"
