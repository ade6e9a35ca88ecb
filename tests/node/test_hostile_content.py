"""What a member may truly sign to stop its reader: judged by the law, or malformed."""

from contextlib import suppress
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from node.gateway import arrivals
from node.inbox.law import IntakeLaw, Offered, require
from node.notice.reading import read
from node.notice.schema import ROLE, schemas
from policies.folder import load
from policies.vocabulary import LISTS
from tests.valija.realm import START, Realm
from valija.clock import MAX_DAY, Day
from valija.commitment import Fact, Form, make_fact
from valija.directory import Directory
from valija.errors import BarredError, HeldError, MalformedError
from valija.ids import Desk
from valija.terms import Terms

AR, BR = (Desk.parse(f"{code}/police") for code in ("AR", "BR"))
HANDLES = st.sampled_from(["aaaaaaaa", "bbbbbbbb", "cccccccc"])
PROPERTIES = sorted(
    {prop for shape in schemas().values() for prop in shape.properties} | {ROLE}
)
KEYS = ["schema", "code", "value", "unknown", "scheme", "lang", "text", "id", "group"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)


def fact(handle: str, prop: str, slot: str, form: Form, value: object) -> Fact:
    return make_fact("/".join([handle, prop, slot] if slot else [handle, prop]), form, value)  # type: ignore[arg-type]  # Any JSON.


FRAMES = st.builds(
    lambda handle, name, group: fact(
        handle, "schema", "", Form.EXACT, {"schema": name} | ({"group": group} if group else {})
    ),
    HANDLES,
    st.sampled_from(sorted(schemas())),
    st.sampled_from([None, "yes", True, ["yes"], {"yes": "yes"}]),
)
FACTS = st.builds(
    fact,
    HANDLES,
    st.sampled_from(PROPERTIES),
    st.sampled_from(["", "slotaaaa", "slotbbbb"]),
    st.sampled_from(Form),
    JSON,
)


def words(known: list[str]) -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=12).filter(str.isprintable) | st.sampled_from(known)


TERMS = st.builds(
    Terms,
    type=words(sorted(LISTS["NoticeType"])),
    purpose=words(sorted(LISTS["Purpose"])),
    handling=st.just(()),
    basis=st.just(("An invented treaty, art. 4",)),
    duties=st.lists(words(["no_onward", "use_only:prosecution", "jit:x"]), max_size=3).map(
        tuple
    ),
    subjects=st.lists(words(sorted(LISTS["Role"])), max_size=3).map(tuple),
    retain_until=st.integers(0, MAX_DAY).map(Day),
    answers=st.just(b""),
)


@cache
def held() -> tuple[IntakeLaw, Directory]:
    return IntakeLaw(load()), Realm().found().fold.directory


@settings(max_examples=120, deadline=None, derandomize=True)
@given(terms=TERMS, frames=st.lists(FRAMES, max_size=3), more=st.lists(FACTS, max_size=5))
def test_terms_and_facts_of_any_kind_are_judged_or_malformed_and_nothing_else(
    terms: Terms, frames: list[Fact], more: list[Fact]
) -> None:
    law, directory = held()
    offered, facts = Offered(AR, BR, terms, START), [*frames, *more]
    with suppress(BarredError, HeldError):
        require(law.judge_terms(offered, directory))
    with suppress(BarredError, HeldError, MalformedError):
        require(law.judge_content(offered, directory, facts))
    with suppress(MalformedError):
        arrivals.shown(read((one.path, one.form.name.lower(), one.content) for one in facts))
