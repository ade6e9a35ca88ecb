"""Checkpoints on a stream only grow, and all streams of a node agree."""

from datetime import UTC, datetime

import pytest

from node.knowledge import Knowledge, noted
from node.trail import Trail
from tests.node.exchange import ORIGIN, Exchange
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.clock import SystemClock
from valija.errors import MalformedError, ProofError, SplitViewError
from valija.ids import Digest, LeafIndex, digest
from valija.merkle import Tree, leaf_hash
from valija.signature import LogSecret

CLOCK = SystemClock(lambda: datetime(2031, 5, 4, tzinfo=UTC))
TREE = Tree(leaf_hash(bytes([n])) for n in range(20))


def note(exchange: Exchange, size: int, root: Digest | None = None) -> bytes:
    top = TREE.root(size) if root is None else root
    return sign_checkpoint(Checkpoint(ORIGIN, size, top), exchange._log, CLOCK)


def path(first: int, second: int) -> tuple[Digest, ...]:
    return tuple(TREE.consistency(first, second))


def test_a_trail_follows_a_growing_log(founded: Exchange) -> None:
    knowledge = Knowledge(founded.anchor)
    trail = Trail(knowledge)
    assert trail.size == 0
    with pytest.raises(ProofError):
        trail.require()
    assert trail.follow(b"", ()) is None
    first = trail.follow(note(founded, 5), ())
    assert first is not None
    assert (first.size, first.root) == (5, TREE.root(5))
    assert trail.follow(note(founded, 12), path(5, 12)) is not None
    assert trail.require().size == 12
    assert Trail(knowledge).size == 12


@pytest.mark.parametrize(("size", "proof"), [(12, ()), (12, (4, 12)), (3, ())])
def test_a_checkpoint_that_does_not_follow_is_refused(
    founded: Exchange, size: int, proof: tuple[int, ...]
) -> None:
    trail = Trail(Knowledge(founded.anchor))
    trail.follow(note(founded, 5), ())
    with pytest.raises(ProofError):
        trail.follow(note(founded, size), path(*proof) if proof else ())
    assert trail.size == 5


def test_one_stream_does_not_show_two_roots(founded: Exchange) -> None:
    trail = Trail(Knowledge(founded.anchor))
    trail.follow(note(founded, 5), ())
    with pytest.raises(SplitViewError):
        trail.follow(note(founded, 5, digest(b"other")), ())


def test_two_streams_do_not_show_two_roots_either(founded: Exchange) -> None:
    knowledge = Knowledge(founded.anchor)
    one, two = Trail(knowledge), Trail(knowledge)
    one.follow(note(founded, 5), ())
    with pytest.raises(SplitViewError):
        two.follow(note(founded, 5, digest(b"other")), ())


def test_another_logs_signature_is_no_checkpoint(founded: Exchange) -> None:
    trail = Trail(Knowledge(founded.anchor))
    other = sign_checkpoint(Checkpoint(ORIGIN, 5, TREE.root(5)), LogSecret.generate(), CLOCK)
    with pytest.raises(ProofError):
        trail.follow(other, ())
    with pytest.raises(MalformedError):
        trail.follow(b"no note", ())


def test_what_a_checkpoint_that_meets_the_policy_covers_is_witnessed(
    founded: Exchange,
) -> None:
    knowledge = Knowledge(founded.anchor)
    assert not knowledge.is_witnessed(LeafIndex(0))
    Trail(knowledge).follow(note(founded, 5), ())
    assert knowledge.is_witnessed(LeafIndex(4))
    assert not knowledge.is_witnessed(LeafIndex(5))


def test_under_a_policy_with_a_quorum_nothing_is_witnessed_by_the_log_alone(
    founded: Exchange,
) -> None:
    knowledge = Knowledge(founded.anchor)
    knowledge.policy = _strict(knowledge)
    Trail(knowledge).follow(note(founded, 5), ())
    assert not knowledge.is_witnessed(LeafIndex(0))


def test_an_older_witnessed_checkpoint_must_lead_to_the_newest(founded: Exchange) -> None:
    knowledge = Knowledge(founded.anchor)
    trail = Trail(knowledge)
    trail.follow(note(founded, 12), ())
    trail.witness(b"", ())
    trail.witness(note(founded, 5), path(5, 12))
    with pytest.raises(ProofError):
        trail.witness(note(founded, 6), path(5, 12))


def test_a_stored_checkpoint_is_verified_again(founded: Exchange) -> None:
    knowledge = Knowledge(founded.anchor)
    found = knowledge.verify(note(founded, 5))
    assert knowledge.verified(noted(found)).checkpoint.size == 5
    broken = noted(found)
    with pytest.raises((ProofError, MalformedError)):
        knowledge.verified(type(broken)(7, broken.root, broken.note[:-4] + b"AAA\n"))


def _strict(knowledge: Knowledge) -> object:
    class Never:
        witnesses = knowledge.policy.witnesses

        def require(self, _cosigners: object) -> None:
            raise ProofError("too few witnesses cosigned this checkpoint")

    return Never()
