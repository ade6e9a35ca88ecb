"""One exchange founded for all tests of the node, and a copy of it for each."""

from pathlib import Path

import pytest

from tests.node.exchange import Exchange


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Exchange:
    """Three states and two brokers, as on their first day."""
    folder = tmp_path_factory.mktemp("founded")
    return Exchange(folder, members=("AR", "BR", "CO"), brokers=("@b1", "@b2"))


@pytest.fixture
def exchange(founded: Exchange, tmp_path: Path) -> Exchange:
    """Return an exchange of one's own."""
    return founded.moved(tmp_path)
