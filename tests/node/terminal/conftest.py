"""The terminal's tests read English wherever they run, unless they say otherwise."""

import pytest


@pytest.fixture(autouse=True)
def nobody_names_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine's own environment says of languages."""
    for name in ("VALIJA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
