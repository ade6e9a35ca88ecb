"""The anchor file: one byte form, whole, and nothing in it that could not be trusted."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valija.realm import anchor, composite
from valija import canonical
from valija.anchor import MAX_ANCHOR, parse_anchor
from valija.clock import Day
from valija.errors import MalformedError
from valija.ids import digest

IDENTITY_KEY = bytes(1952) + b"\x01" + bytes(31)


def test_an_anchor_comes_back_as_it_went() -> None:
    data = anchor().to_bytes()
    assert anchor() == parse_anchor(data)
    assert digest(data) == anchor().digest


def text(data: bytes) -> str:
    return b64encode(data).decode()


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda a: a.update(format="valija/v2 anchor"),
    "a name too many": lambda a: a.update(extra=1),
    "a name too few": lambda a: a.pop("policy"),
    "a part that is no object": lambda a: a.update(council=[]),
    "a list that is none": lambda a: a.update(brokers={}),
    "a text that is none": lambda a: a.update(origin=5),
    "an empty origin": lambda a: a.update(origin=""),
    "an origin with a blank": lambda a: a.update(origin="a b"),
    "a policy that is none": lambda a: a.update(policy="quorum all\n"),
    "a quorum of none": lambda a: a["council"].update(quorum=0),
    "a quorum too large": lambda a: a["council"].update(quorum=4),
    "a quorum that is no number": lambda a: a["council"].update(quorum=True),
    "no suite": lambda a: a.update(suites=[]),
    "a day that is none": lambda a: a["suites"][0].update(since="soon"),
    "a day in another form": lambda a: a["suites"][0].update(since="20250101"),
    "a suite for no day": lambda a: a["suites"][0].update(until=a["suites"][0]["since"]),
    "a council member of another name": lambda a: a["council"]["keys"][0].update(member="@b1"),
    "a council member without number": lambda a: a["council"]["keys"][0].update(member="@cx"),
    "a council member twice": lambda a: a["council"]["keys"][0].update(member="@c2"),
    "an auditor of another name": lambda a: a["auditor"].update(member="@b3"),
    "a key twice": lambda a: a["brokers"][0].update(signing=a["brokers"][1]["signing"]),
    "a certificate twice": lambda a: a["brokers"][0].update(
        certificate=a["brokers"][1]["certificate"]
    ),
    "a certificate that is none": lambda a: a["brokers"][0].update(certificate=text(b"x")),
    "a key of another length": lambda a: a["brokers"][0].update(signing=text(bytes(1983))),
    "an identity key": lambda a: a["brokers"][0].update(signing=text(IDENTITY_KEY)),
    "a log key of another length": lambda a: a.update(log=text(bytes(32))),
    "a witness key of another length": lambda a: a["auditor"].update(witness=text(bytes(3))),
    "base64 that is none": lambda a: a.update(log="?"),
    "base64 in another form": lambda a: a.update(log=a["log"][:-2] + "=="),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_anchor_with_a_fault_is_malformed(fault: str) -> None:
    parts: Any = canonical.parse(anchor().to_bytes())
    FAULTS[fault](parts)
    with pytest.raises(MalformedError):
        parse_anchor(canonical.to_bytes(parts))


def test_an_anchor_of_any_size_is_not_read() -> None:
    with pytest.raises(MalformedError, match="1 MiB"):
        parse_anchor(bytes(MAX_ANCHOR + 1))


def test_a_day_before_the_epoch_is_written_and_read() -> None:
    early = replace(anchor().suites[0], since=Day(-1))
    assert parse_anchor(replace(anchor(), suites=(early,)).to_bytes()).suites == (early,)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_strange_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_anchor(data)


def test_the_councils_keys_are_composite() -> None:
    assert composite("@c1").public == anchor().council[0].signing
