"""What the images hold and run, tried outside containers from the folders they copy."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.deploy.founded import Founded
from tests.deploy.image import DEPLOY, ROOT, Image, running

pytestmark = pytest.mark.xdist_group("founded")
_OURS = frozenset({"valija", "policies", "broker", "node"})


def test_the_broker_serves_from_the_folders_of_its_image(
    founded: Founded, tmp_path: Path
) -> None:
    command = founded.broker.command(founded.exchange)
    with running(
        command, founded.broker.root, founded.broker.environment(), tmp_path / "log"
    ) as says:
        says(f'{{"listen": "127.0.0.1:{founded.port}"}}')


@pytest.mark.parametrize("module", ["node", "policies", "valija.opening", "node.sealing"])
def test_the_brokers_image_cannot_seal_or_unseal(founded: Founded, module: str) -> None:
    assert "ModuleNotFoundError" == founded.broker.import_error(module)


def test_the_brokers_image_has_what_a_broker_needs(founded: Founded) -> None:
    assert "" == founded.broker.import_error("broker.assembly")


def test_the_node_serves_from_the_folders_of_its_image(
    founded: Founded, tmp_path: Path
) -> None:
    command = founded.node.command(founded.state)
    with running(
        command, founded.node.root, founded.node.environment(), tmp_path / "log"
    ) as says:
        says("node_started")


def test_the_nodes_image_cannot_carry(founded: Founded) -> None:
    assert "ModuleNotFoundError" == founded.node.import_error("broker")


def test_the_topics_command_of_compose_runs_in_the_brokers_image(
    founded: Founded, tmp_path: Path
) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "kafka").symlink_to(DEPLOY / "kafka")
    path = f"{founded.broker.root / 'app'}:{tmp_path}"
    assert "" == founded.broker.import_error("broker.spool.kafka")
    image = Image(founded.broker.root, variables={"PYTHONPATH": "/app"})
    image.entrypoint = ["/opt/venv/bin/python", str(tmp_path / "deploy/kafka/kafka.py")]
    assert "--bootstrap" in image.run(tmp_path, "topics", "--help", PYTHONPATH=path)


@pytest.mark.parametrize("name", ["broker", "node"])
def test_every_package_that_an_image_imports_is_in_its_lock(
    founded: Founded, name: str
) -> None:
    image = {"broker": founded.broker, "node": founded.node}[name]
    locked = _locked(DEPLOY / f"{name}.lock")
    providers = packages_distributions()
    for module in sorted(set(_imported(image.root))):
        found = {_plain(each) for each in providers.get(module, [])}
        assert found & locked, f"{module} is of {sorted(found)}, and {name}.lock has none"


@pytest.mark.parametrize("name", ["broker", "node"])
def test_the_build_context_lets_through_what_is_copied(founded: Founded, name: str) -> None:
    image = {"broker": founded.broker, "node": founded.node}[name]
    lets = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" == lets[0]
    for source in image.copied:
        assert f"!{source}" in lets


def _imported(folder: Path) -> Iterator[str]:
    """Yield the first name of every module that files below a folder import from others."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for first in (name.partition(".")[0] for name in names):
                if first not in sys.stdlib_module_names | _OURS | {"__future__"}:
                    yield first


def _locked(path: Path) -> frozenset[str]:
    names = re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", path.read_text(), re.MULTILINE)
    return frozenset(map(_plain, names))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
