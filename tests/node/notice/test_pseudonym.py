"""Pseudonyms are drawn, and a name typed in the place of one is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import native
from node.notice.pseudonym import BYTES, draw_pseudonym, is_pseudonym
from tests.node.notice import invented
from valija.errors import MalformedError


def _draft(**section: list[str]) -> bytes:
    record: Any = json.loads(native.to_bytes(invented.victim()))
    (victim,) = (one for one in record["sections"] if one["section"] == "victim")
    del victim["properties"]["pseudonym"]
    victim["properties"] |= section
    return json.dumps(record).encode()


@given(st.binary(min_size=BYTES, max_size=BYTES))
def test_what_is_drawn_has_the_form_and_all_its_bits(drawn: bytes) -> None:
    told = [drawn, b"\xff" * BYTES]
    found = draw_pseudonym(lambda size: told.pop(0)[:size])
    assert is_pseudonym(found)
    assert len(found) == 16


def test_letters_alone_are_drawn_again() -> None:
    told = [bytes(BYTES), b"\xff" * BYTES]
    assert draw_pseudonym(lambda _: told.pop(0)) == "7" * 16


@pytest.mark.parametrize(
    "typed",
    ["Nayeli Quispe Ombú", "nayeliquispeombu", "NAYELI2QUISPE333", "kqz3vxw2a7mnb4c", ""],
)
def test_a_name_in_the_place_of_a_pseudonym_is_refused(typed: str) -> None:
    with pytest.raises(MalformedError, match=r"victim\.pseudonym has not the shape"):
        native.parse(_draft(pseudonym=[typed]))


def test_a_draft_without_a_pseudonym_is_given_a_fresh_one_and_keeps_it() -> None:
    first, second = native.parse(_draft()), native.parse(_draft())
    given_ = [one.of("victim")[0].text("pseudonym") for one in (first, second)]
    assert len(set(given_)) == 2
    assert all(map(is_pseudonym, given_))
    assert native.parse(native.to_bytes(first)) == first


def test_a_pseudonym_that_was_given_is_kept() -> None:
    kept = native.parse(_draft(pseudonym=["kqz3vxw2a7mnb4cd"]))
    assert kept.of("victim")[0].text("pseudonym") == "kqz3vxw2a7mnb4cd"
