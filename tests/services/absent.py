"""What a test says when a real part that it needs is not installed."""

import os
from typing import NoReturn

import pytest


def absent(sentence: str) -> NoReturn:
    """Skip by name on a person's machine; fail where CI must have the part."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
