"""The commands of `kafka.py`, as a person or compose's operator types them."""

import asyncio
import json
from pathlib import Path

import pytest

from broker.spool.kafka import KafkaSpool
from deploy.kafka.command import main
from tests.services.kafka import Kafka


def test_certificates_for_servers_that_others_start(tmp_path: Path) -> None:
    words = ["--hosts", "kafka1,kafka2", "--clients", "b1"]
    assert main(["certificates", "--home", str(tmp_path), *words]) == 0
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"ca.pem", "admin.pem", "b1.pem", "kafka1.pem", "kafka2.pem"}


def test_what_does_not_run_is_said_not_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(tmp_path)]) == 1
    assert main(["revive", "--home", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "No cluster runs in this home.\n" * 2
    assert main(["stop", "--home", str(tmp_path)]) == 0


def test_without_java_one_sentence_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["start", "--home", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.xdist_group("kafka")
def test_a_running_cluster_says_where_it_is(
    kafka: Kafka, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(kafka.home), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bootstrap"] == kafka.bootstrap
    assert told["pids"] == {"1": kafka.pid(1)}
    assert main(["start", "--home", str(kafka.home)]) == 1


@pytest.mark.xdist_group("kafka")
def test_topics_and_rules_are_made_on_a_cluster_that_runs(kafka: Kafka) -> None:
    home = str(kafka.certificates)
    words = ["--bootstrap", kafka.bootstrap, "--replicas", "1", "--clients", "b1"]
    assert main(["topics", "--home", home, "--exchange", "second", *words]) == 0

    async def append() -> int:
        async with KafkaSpool(kafka.access("b1"), "second") as spool:
            return await spool.append_record(b"first")

    assert asyncio.run(append()) == 0
