"""Settings that the pages show are settings that the programs read."""

import re
import tomllib
from pathlib import Path

from broker import config as broker_config
from broker import logs as broker_logs
from broker.config import KafkaCluster
from node import config as node_config
from node.release.profile import parse_profile

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FOLDER = Path("/etc/valija")


def _blocks(page: str) -> list[str]:
    return _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def test_the_runbooks_broker_reads_its_settings() -> None:
    table = tomllib.loads(_blocks("deploy/runbook.md")[0])
    config = broker_config.parse(table, _FOLDER)
    assert isinstance(config.spool, KafkaCluster)
    assert _FOLDER / "kafka" / "b1.pem" == config.spool.certificate


def test_the_runbooks_node_reads_its_settings() -> None:
    config = node_config.parse(tomllib.loads(_blocks("deploy/runbook.md")[1]), _FOLDER)
    assert 2 == len(config.brokers)


def test_every_metric_of_the_programs_is_in_the_runbook() -> None:
    said = (ROOT / "deploy" / "runbook.md").read_text(encoding="utf-8")
    for file in ("broker/metrics.py", "node/metrics.py"):
        code = (ROOT / file).read_text(encoding="utf-8")
        for name in re.findall(r"\"((?:broker|node)_[a-z_]+)\"", code):
            assert f"`{name}" in said, name


def test_the_profiles_of_the_guide_are_read() -> None:
    blocks = _blocks("docs/guides/registers.md")
    assert 2 == len(blocks)
    for block in blocks:
        assert parse_profile(block, "2026-11-24").settings.handling.tlp


def test_every_alarm_of_the_programs_is_in_the_runbook() -> None:
    said = (ROOT / "deploy" / "runbook.md").read_text(encoding="utf-8")
    alarms = set()
    for program in ("broker", "node"):
        for path in (ROOT / program).rglob("*.py"):
            code = path.read_text(encoding="utf-8")
            found = re.findall(r"\.(?:error|critical)\(\s*(?:\"(\w+)\"|([A-Z_]+)\b)", code)
            alarms |= {word or str(getattr(broker_logs, name)) for word, name in found}
    assert alarms
    for alarm in alarms:
        assert f"`{alarm}`" in said, alarm
