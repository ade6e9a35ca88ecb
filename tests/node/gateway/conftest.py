"""A gateway that is served over TLS, with a real node behind it."""

from collections.abc import AsyncIterator

import pytest

from tests.node.gateway.counter import Counter, served
from tests.node.offices import Bureau


@pytest.fixture
async def counter(bureau: Bureau) -> AsyncIterator[Counter]:
    async with served(bureau) as found:
        yield found
