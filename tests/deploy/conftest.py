"""Fixtures of the deployment's tests."""

import pytest

from tests.deploy.founded import Founded, found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("founded"))
