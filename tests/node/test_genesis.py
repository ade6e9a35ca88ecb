"""A state's first day: its keys, its request, the council's word, agreements and bundles."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from node.assembly import Assembly, open_keystore
from node.genesis import council
from node.genesis.founding import found
from node.genesis.joining import PROPOSAL_NUMBER, SEALING_WEEKS, Candidate
from node.genesis.signing import Desktop
from node.genesis.statements import agree, bring_bundle, endorse
from node.keystore import ROOT_FILE, KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.metrics import Metrics
from node.store import batches
from tests.node.exchange import CHEAP, PASSPHRASE, Exchange, State, desk, until
from valija.batch import Batch
from valija.clock import day_of, minute_of
from valija.directory import Directory
from valija.errors import (
    AbsentError,
    DuplicateError,
    MalformedError,
    OpeningError,
    VerificationError,
)
from valija.fold import Fold
from valija.ids import ZERO_DIGEST, Kind, Member, Office, digest
from valija.record import record_of
from valija.statement import (
    TREATY,
    BundleStatement,
    KeyStatement,
    MembershipStatement,
    Role,
)
from valija.wire.submit import batch_file_bytes, parse_batch_file

COUNCIL = desk("@c1", Office.STATE)


@pytest.fixture
def request_of_ar(exchange: Exchange) -> tuple[Batch, ...]:
    return parse_batch_file(batch_file_bytes(exchange._requests[0]))


@pytest.fixture
def desktop(exchange: Exchange) -> Iterator[Desktop]:
    opened = exchange._opened("AR")
    yield opened
    opened.database.close()


def fold_of(exchange: Exchange) -> Fold:
    fold, now = Fold(exchange.anchor), minute_of(exchange.now)
    for offset, batch in enumerate(exchange.genesis):
        outcome = fold.apply(offset, record_of(batch, now, ()))
        assert outcome.counts, outcome.void
    return fold


def test_a_request_survives_its_file_and_proposes_one_membership(
    exchange: Exchange, request_of_ar: tuple[Batch, ...]
) -> None:
    assert request_of_ar == exchange._requests[0]
    proposed = council.proposal_in(request_of_ar)
    assert (proposed.member, proposed.offices) == ("AR", (Office.POLICE, Office.OVERSIGHT))
    assert [batch.head.sequence for batch in request_of_ar] == [PROPOSAL_NUMBER, 1, 1]


def test_every_statement_of_a_request_counts_once_the_council_has_spoken(
    exchange: Exchange,
) -> None:
    fold = fold_of(exchange)
    now = minute_of(exchange.now)
    for member in exchange.members:
        own = exchange.state(member).desk
        assert fold.directory.sealing_key(own, now)
        assert len(fold.directory.keys(own, Role.SEALING)) == SEALING_WEEKS
        state = desk(member, Office.STATE)
        assert len(fold.directory.keys(state, Role.WITNESS)) == 1
    assert fold.directory.agreement(exchange.agreement, now)


def test_the_epochs_of_sealing_follow_each_other_without_a_gap(exchange: Exchange) -> None:
    keys = fold_of(exchange).directory.keys(exchange.state("AR").desk, Role.SEALING)
    ordered = sorted(keys, key=lambda key: key.since)
    week = 7 * 1440
    assert [key.since - ordered[0].since for key in ordered] == [0, week, 2 * week]
    assert all(a.until > b.since for a, b in pairwise(ordered))


def _without_proposal(request: tuple[Batch, ...]) -> tuple[Batch, ...]:
    return request[1:]


def _with_two_proposals(request: tuple[Batch, ...]) -> tuple[Batch, ...]:
    return (request[0], *request)


def _with_another_value(request: tuple[Batch, ...]) -> tuple[Batch, ...]:
    value = request[0].value[:-1] + bytes([request[0].value[-1] ^ 1])
    return (replace(request[0], value=value), *request[1:])


def _with_another_item(request: tuple[Batch, ...]) -> tuple[Batch, ...]:
    (item,) = request[0].items
    assert isinstance(item.body, MembershipStatement)
    wider = replace(item.body, offices=(Office.POLICE, Office.JUDICIAL))
    changed = replace(item, body=wider, payload=item.payload + b"x")
    return (replace(request[0], items=(changed,)), *request[1:])


@pytest.mark.parametrize(
    "change",
    [_without_proposal, _with_two_proposals, _with_another_value, _with_another_item],
)
def test_the_council_signs_no_request_that_does_not_hold(
    request_of_ar: tuple[Batch, ...], change: Callable[[tuple[Batch, ...]], tuple[Batch, ...]]
) -> None:
    with pytest.raises(VerificationError):
        council.proposal_in(change(request_of_ar))


def test_a_request_that_speaks_for_two_states_is_refused(exchange: Exchange) -> None:
    first, second = exchange._requests[:2]
    with pytest.raises(VerificationError, match="one state"):
        council.proposal_in((*first, *second[1:]))


def test_a_second_council_member_endorses_what_the_first_signed(exchange: Exchange) -> None:
    shown = exchange.genesis[:1]
    batch = council.endorse_council(exchange._council, COUNCIL, shown)
    assert [item.kind for item in batch.items] == [Kind.ENDORSEMENT] * len(shown[0].items)
    with pytest.raises(VerificationError, match="nothing here"):
        council.endorse_council(exchange._council, COUNCIL, exchange._requests[0][1:])
    with pytest.raises(AbsentError):
        council.endorse_council(exchange._council, desk("@c2", Office.STATE), shown)


def test_the_council_adopts_the_treaty_layer(exchange: Exchange) -> None:
    fold, now = fold_of(exchange), minute_of(exchange.now)
    bundle = BundleStatement(
        TREATY,
        digest(b"manifest"),
        day_of(now),
        fold.directory.last_bundle(TREATY),
        widens=False,
    )
    batch = council.adopt_treaty(exchange._council, COUNCIL, bundle)
    assert fold.apply(fold.size, record_of(batch, now, ())).counts
    assert fold.directory.bundle(TREATY, now).bundle == digest(b"manifest")


def test_the_council_part_of_the_anchor_names_its_keys(exchange: Exchange) -> None:
    part = council.anchor_part([exchange._council.keystore])
    assert part.startswith(b'{"council":[{"member":"@c1","signing":"')


def test_numbers_go_on_where_the_request_ended(exchange: Exchange, desktop: Desktop) -> None:
    own = exchange.state("AR").desk
    before = desktop.database.read_now(lambda tx: batches.counter(tx, own)).sequence
    batch = endorse(desktop, fold_of(exchange).directory, own, digest(b"a statement"))
    assert batch.head.sequence == before + 1
    stored = desktop.database.read_now(lambda tx: batches.by_head(tx, batch.head_digest))
    assert stored.state == batches.READY


def test_a_bundle_is_brought_by_its_own_state_only(
    exchange: Exchange, desktop: Desktop
) -> None:
    directory, own = fold_of(exchange).directory, exchange.state("AR").desk
    today = day_of(minute_of(exchange.now))
    bundle = BundleStatement(Member("AR"), digest(b"law"), today, ZERO_DIGEST, widens=False)
    batch = bring_bundle(desktop, directory, own, bundle)
    assert batch.items[0].kind is Kind.BUNDLE
    with pytest.raises(AbsentError):
        bring_bundle(desktop, directory, own, replace(bundle, member=Member("BR")))


def test_an_agreement_is_signed_by_its_parties_only(
    exchange: Exchange, desktop: Desktop
) -> None:
    directory = fold_of(exchange).directory
    now = minute_of(exchange.now)
    known = directory.agreement(exchange.agreement, now).statement
    elsewhere = replace(known, parties=(exchange.state("BR").desk, exchange.state("CO").desk))
    with pytest.raises(AbsentError):
        agree(desktop, directory, exchange.state("AR").desk, elsewhere)
    again = agree(desktop, directory, exchange.state("AR").desk, known)
    body = again.items[0].body
    assert getattr(body, "replaces", None) == directory.last_agreement(known.id)


def test_a_desk_without_keys_signs_nothing(exchange: Exchange, desktop: Desktop) -> None:
    with pytest.raises(AbsentError):
        endorse(desktop, Directory.of(exchange.anchor), exchange.state("BR").desk, ZERO_DIGEST)


def test_keys_are_never_made_over_keys(exchange: Exchange) -> None:
    config = exchange.state("AR").config
    candidate = Candidate(Member("AR"), "Invented", config.desks)
    with pytest.raises(DuplicateError):
        found(config, candidate, exchange.clock, CHEAP)


def test_root_lies_in_a_file_of_its_own(exchange: Exchange) -> None:
    config = exchange.state("AR").config
    roles = {held.role for held in open_keystore(config).held()}
    assert roles == {Role.SIGNING, Role.SEALING, Role.WITNESS, Role.TLS}
    files = KeyFolder(config.keys)
    root = Keystore.load(KeyFile(files, PASSPHRASE, name=ROOT_FILE, cost=CHEAP))
    assert [held.role for held in root.held()] == [Role.ROOT]
    (config.keys / ROOT_FILE).unlink()
    Assembly(config, exchange.clock, Metrics()).parts.database.close()


async def test_a_node_submits_its_own_keys_too_and_learns_that_they_stand(
    exchange: Exchange,
) -> None:
    async with exchange.broker(), exchange.node("AR") as argentina:

        def proven() -> int:
            find = argentina.parts.database.read_now
            return len(find(lambda tx: batches.in_state(tx, batches.PROVEN)))

        await until(lambda: proven() == 4)


def change(state: State, **values: object) -> State:
    fields = {name: getattr(state.config, name) for name in type(state.config).__slots__}
    return State(type(state.config)(**(fields | values)))


def test_a_node_says_in_one_sentence_why_it_does_not_start(
    exchange: Exchange, tmp_path: Path
) -> None:
    own, wrong = exchange.state("AR"), tmp_path / "wrong"
    wrong.write_text("another passphrase\n")
    empty = tmp_path / "empty"
    empty.write_text("\n")
    cases: list[tuple[State, type[Exception], str]] = [
        (change(own, passphrase_file=wrong), OpeningError, "passphrase"),
        (change(own, passphrase_file=empty), MalformedError, "passphrase file is empty"),
        (change(own, passphrase_file=tmp_path / "none"), MalformedError, "cannot be read"),
        (change(own, anchor=tmp_path / "none"), MalformedError, "anchor cannot be read"),
        (change(own, keys=tmp_path / "none"), AbsentError, "no such key file"),
        (change(own, member=Member("BR")), MalformedError, "another member"),
        (change(own, policies=tmp_path / "none"), AbsentError, "no folder of laws"),
        (change(own, desks=(desk("AR", Office.CENTRAL),)), AbsentError, "no TLS key"),
    ]
    for state, error, sentence in cases:
        with pytest.raises(error, match=sentence):
            state.open(exchange.clock)


def test_a_store_is_not_used_under_another_anchor(exchange: Exchange) -> None:
    own = exchange.state("AR")
    other = replace(exchange.anchor, quorum=1, origin="valija.example/other")
    own.config.anchor.write_bytes(other.to_bytes())
    with pytest.raises(MalformedError, match="another anchor"):
        own.open(exchange.clock)


def test_key_statements_prove_possession(exchange: Exchange) -> None:
    bodies = [item.body for batch in exchange._requests[0][1:] for item in batch.items]
    keys = [body for body in bodies if isinstance(body, KeyStatement)]
    proven = {key.role for key in keys if key.possession}
    assert proven == {Role.SIGNING, Role.WITNESS}
