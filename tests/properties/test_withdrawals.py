"""Whatever rests on whatever: a withdrawal leaves nothing to sign and forgets nothing sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from node.store import batches, outbox, reliances, sent, unsent, withdrawals
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.store.tables import OUTBOX
from node.vault import Vault
from valija.clock import Day, Minute
from valija.ids import Desk, Digest, Kind, LabelId, NoticeId, digest

AR = Desk.parse("AR/police")
RECIPIENTS = tuple(Desk.parse(f"{code}/police") for code in ("BR", "CO", "MX"))
WORDS = range(3)
NOW = Minute(30_000_000)


@dataclass(frozen=True)
class Part:
    """One envelope: for each recipient the words it rests on, and whether it was signed."""

    rests: dict[Desk, frozenset[int]]
    signed: bool

    @property
    def words(self) -> frozenset[int]:
        return frozenset().union(*self.rests.values())


_PARTS = st.builds(
    Part,
    st.dictionaries(
        st.sampled_from(RECIPIENTS), st.frozensets(st.sampled_from(WORDS)), min_size=1
    ),
    st.booleans(),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file: Path = tmp_path_factory.mktemp("withdrawals") / "node.db"
    database = Database(f"sqlite:///{file}", Vault(bytes(32)))
    migrate(database)
    yield database
    database.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_PARTS, max_size=5), st.lists(st.sampled_from(WORDS), unique=True))
def test_nothing_is_left_to_sign_and_all_that_left_is_owed(
    store: Database, parts: list[Part], taken: list[int]
) -> None:
    notice = NoticeId(token_bytes(16))
    names = {word: token_bytes(16) for word in WORDS}
    seals = {LabelId(token_bytes(16)): part for part in parts}

    def run(tx: Transaction) -> None:
        tx.connection.execute(delete(OUTBOX))  # What is left of the example before.
        for revision, (name, part) in enumerate(seals.items(), start=1):
            _seal(tx, _envelope(notice, revision, name, part), part, names)
        for word in taken:
            row = withdrawals.Withdrawal(names[word], notice, "a", "liaison", NOW, b"asked")
            withdrawals.add(tx, row)
            unsent.take_back(tx, row.evidence)

    store.write_now("run", run)
    waiting = {item.envelope for item in store.read_now(lambda tx: outbox.waiting(tx, AR, 99))}
    gone = frozenset(taken)
    kept = {n for n, part in seals.items() if not part.signed and not part.words & gone}
    assert kept == waiting
    owed = store.read_now(lambda tx: reliances.owed(tx, AR, notice))
    assert {
        (name, recipient, names[word])
        for name, part in seals.items()
        if part.signed
        for recipient, words in part.rests.items()
        for word in words & gone
    } == {(one.envelope, one.recipient, one.evidence) for one in owed}
    assert len(owed) == len(set(owed))


def _envelope(notice: NoticeId, revision: int, name: LabelId, part: Part) -> sent.Envelope:
    return sent.Envelope(
        id=name,
        notice=notice,
        revision=revision,
        desk=AR,
        version=revision,
        issued=NOW,
        expires=Day(30_000),
        urgent=False,
        parcel=b"parcel",
        source=b"source",
        recipients=tuple(part.rests),
    )


def _seal(tx: Transaction, one: sent.Envelope, part: Part, names: dict[int, bytes]) -> None:
    sent.add_envelope(tx, one)
    outbox.add(tx, [outbox.Waiting(0, AR, Kind.LABEL, (), b"", one.id, 1)])
    reliances.add(
        tx,
        [
            reliances.Reliance(one.notice, one.revision, recipient, names[word])
            for recipient, words in part.rests.items()
            for word in words
        ],
    )
    if part.signed:
        _sign(tx, one)


def _sign(tx: Transaction, one: sent.Envelope) -> None:
    number = batches.counter(tx, AR).sequence + 1
    head = Digest(digest(token_bytes(16)))
    batches.add(tx, batches.Signed(AR, number, head, b"bytes", 1, NOW), {})
    item = next(each for each in outbox.waiting(tx, AR, 99) if each.envelope == one.id)
    outbox.place(tx, [item], number)
    numbers = tuple((desk, 1) for desk in one.recipients)
    sent.label_envelopes(tx, [sent.Labelled(one.id, digest(one.id), numbers)])
