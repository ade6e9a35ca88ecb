"""Where a process listens, as operators write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.address import Address
from valija.errors import MalformedError


@given(
    st.from_regex(r"[a-z][a-z0-9.-]{0,20}|[0-9a-f:]{1,10}:[0-9a-f]{1,4}", fullmatch=True),
    st.integers(0, 65535),
)
def test_what_is_written_is_read_alike(host: str, port: int) -> None:
    address = Address(host, port)
    assert address == Address.parse(str(address))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        ":7443",
        "host:",
        "host:65536",
        "host:-1",
        "host:٣",
        "host:0x1",
        "h:" + "1" * 5000,
    ],
)
def test_what_is_no_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="host:port"):
        Address.parse(text)
