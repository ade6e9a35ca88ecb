"""The services of systemd: verified by it where it is, and their commands run here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.founded import Founded
from tests.deploy.image import DEPLOY, ROOT, running
from tests.services.absent import absent

pytestmark = pytest.mark.xdist_group("founded")
_UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_PYTHON = "/opt/valija/.venv/bin/python"


@pytest.mark.parametrize("unit", _UNITS, ids=lambda path: path.stem)
def test_systemd_finds_no_fault_in_a_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        absent("systemd-analyze is not here, so no unit is verified")
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace(_PYTHON, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(here)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_the_brokers_unit_starts_a_broker(founded: Founded, tmp_path: Path) -> None:
    command = _command("valija-broker", founded.exchange)
    with running(
        command, ROOT, _variables("valija-broker", tmp_path), tmp_path / "log"
    ) as says:
        says(f'{{"listen": "127.0.0.1:{founded.port}"}}')


def test_the_nodes_unit_starts_a_node(founded: Founded, tmp_path: Path) -> None:
    command = _command("valija-node", founded.state)
    with running(command, ROOT, _variables("valija-node", tmp_path), tmp_path / "log") as says:
        says("node_started")


def _setting(unit: str, key: str) -> list[str]:
    text = (DEPLOY / "systemd" / f"{unit}.service").read_text()
    lines = (line.partition("=") for line in text.splitlines())
    return [value for name, _, value in lines if name == key]


def _command(unit: str, settings: Path) -> list[str]:
    (line,) = _setting(unit, "ExecStart")
    python, *words = line.replace("/etc/valija", str(settings)).split()
    assert python == _PYTHON
    return [sys.executable, *words]


def _variables(unit: str, credentials: Path) -> dict[str, str]:
    """Return the environment of a unit, /opt/valija being this checkout."""
    pairs = " ".join(_setting(unit, "Environment")).replace("/opt/valija", str(ROOT)).split()
    for loaded in _setting(unit, "LoadCredential"):
        (credentials / loaded.partition(":")[0]).write_text("an invented passphrase\n")
    return dict(pair.replace("%d", str(credentials)).split("=", 1) for pair in pairs)
