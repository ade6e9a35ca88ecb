"""Threat: what a member truly signs is made to stop every broker, node and auditor."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valija.realm import (
    START,
    Realm,
    certificate,
    composite,
    relabelled,
    sealing_key,
    state_desk,
)
from valija.batch import Item
from valija.clock import MAX_DAY, MAX_MINUTE, Day, Minute
from valija.errors import MalformedError, ValijaError, VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, Member, Office
from valija.receipt import Event, Receipt
from valija.statement import (
    AgreementStatement,
    BundleStatement,
    Endorsement,
    KeyStatement,
    MembershipStatement,
    Role,
)
from valija.wire.item import item
from valija.wire.submit import parse_submit_request, submit_request_bytes

REALM = Realm().found()
BR = state_desk("BR")
MINUTES = st.sampled_from([START, Minute(START + 1)]) | st.integers(0, MAX_MINUTE).map(Minute)
DAYS = st.integers(0, MAX_DAY).map(Day)
DIGESTS = st.sampled_from([ZERO_DIGEST, REALM.agreement, Digest(b"\1" * 32)])
DESKS = st.builds(
    Desk,
    st.sampled_from(["AR", "BR", "ZZ", "@c1", "@b1", "@audit", "@treaty", "~"]).map(Member),
    st.sampled_from(Office),
)
KEYS = st.sampled_from(
    [
        composite("x").public,
        bytes(1984),
        sealing_key("x"),
        b"\xff" * 1216,
        certificate("AR/police"),
        b"\x30\x03\x02\x01\x01",
        bytes(1312),
    ]
)
KEY = st.builds(
    KeyStatement,
    DESKS,
    st.sampled_from(Role),
    KEYS,
    MINUTES,
    MINUTES,
    DIGESTS,
    st.sampled_from([0, 1, 2**64 - 1]),
    st.sampled_from(["", "lost"]),
    st.sampled_from([b"", bytes(3373), bytes(2420)]),
)
MEMBERSHIP = st.builds(
    MembershipStatement,
    st.sampled_from(["AR", "ZZ"]).map(Member),
    st.just("A state"),
    st.lists(st.sampled_from(sorted(Office)[1:]), unique=True).map(lambda x: tuple(sorted(x))),
    st.sampled_from([composite("x").public, bytes(1984)]),
    MINUTES,
    MINUTES,
    DIGESTS,
)
AGREEMENT = st.builds(
    AgreementStatement,
    st.just(bytes(16)),
    st.lists(DESKS, min_size=2, max_size=3, unique=True).map(tuple),
    st.just(("A treaty",)),
    st.booleans(),
    st.just(("anything",)),
    DAYS,
    DAYS,
    DIGESTS,
    DIGESTS,
    st.sampled_from([b"{}", b"[]", b"1", b"null"]),
)
BUNDLE = st.builds(
    BundleStatement,
    st.sampled_from(["AR", "@treaty"]).map(Member),
    DIGESTS,
    DAYS,
    DIGESTS,
    st.booleans(),
)
ENDORSEMENT = st.builds(Endorsement, DIGESTS) | st.builds(
    Endorsement, DIGESTS, st.just(True), st.sampled_from(["ended", "rejected"])
)
RECEIPT = st.builds(
    lambda event, subject, desk, at: Receipt(event, subject, desk, at, salt=bytes(16)),
    st.sampled_from(Event),
    DIGESTS,
    DESKS,
    MINUTES,
)
LABEL = st.builds(
    lambda issued, expires, version, desk: relabelled(
        REALM.envelope("AR", BR),
        issued=issued,
        expires=expires,
        version=version,
        originator=desk,
    ),
    MINUTES,
    DAYS,
    st.integers(1, MAX_MINUTE),
    DESKS,
)
STATEMENTS = st.builds(
    item,
    KEY | MEMBERSHIP | AGREEMENT | BUNDLE | ENDORSEMENT | RECEIPT,
    st.lists(DESKS, max_size=2, unique=True).map(tuple),
)
CLOSED = st.builds(
    Item, st.sampled_from(sorted(Kind)[7:]), st.just(b"x"), st.just((BR,)), st.none()
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    who=st.sampled_from(sorted(REALM.actors)),
    items=st.lists(STATEMENTS | LABEL | CLOSED, min_size=1, max_size=3),
)
def test_what_is_truly_signed_is_judged_or_malformed_and_nothing_else(
    who: str, items: list[Item]
) -> None:
    batch = REALM.actors[who].draft(*items)
    before = REALM.fold.digest()
    with suppress(ValijaError):
        parsed, _ = parse_submit_request(submit_request_bytes(batch))
        REALM.fold.authenticate(parsed, REALM.minute)
        REALM.fold.judge_items(parsed, REALM.minute)
    assert before == REALM.fold.digest()


@pytest.mark.parametrize("minute", [0, MAX_MINUTE])
def test_an_entry_of_an_absurd_minute_counts_for_nothing_and_the_next_one_counts(
    minute: int,
) -> None:
    realm = Realm().found()
    realm.minute = Minute(minute)
    lost = realm.log(realm.actor("AR").sign(realm.notice("AR", BR)))
    assert isinstance(lost.error, VerificationError | MalformedError)
    realm.minute = START
    assert realm.log(realm.actor("BR").sign(realm.notice("BR", state_desk("MX")))).counts
