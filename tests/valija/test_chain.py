"""The chain of one desk's numbers, whatever the order in which they come."""

from hypothesis import given
from hypothesis import strategies as st

from tests.valija.realm import state_desk
from valija.chain import Chain
from valija.clock import Minute
from valija.head import Head
from valija.ids import ZERO_DIGEST, Digest, KeyId, digest

NOW, LATER = Minute(100), Minute(110)


def heads(count: int) -> list[tuple[Head, Digest]]:
    """Return a desk's first heads, each naming the one before, with their digests."""
    made: list[tuple[Head, Digest]] = []
    previous = ZERO_DIGEST
    for number in range(1, count + 1):
        fixed = (1, state_desk("AR"), KeyId(bytes(16)))
        head = Head(*fixed, number, previous, 1, digest(bytes([number])))
        previous = digest(head.to_bytes())
        made.append((head, previous))
    return made


@given(st.permutations(range(8)))
def test_true_heads_agree_in_every_order_and_leave_no_gap(order: list[int]) -> None:
    chain, all_heads = Chain(), heads(8)
    for place in order:
        head, name = all_heads[place]
        assert chain.is_free(head.sequence)
        assert chain.add(head, name, NOW)
        assert not chain.is_free(head.sequence)
    assert 8 == chain.point.sequence
    assert [] == chain.gaps


@given(st.permutations(range(6)), st.integers(1, 5))
def test_a_head_that_names_another_predecessor_is_noticed_in_every_order(
    order: list[int], false: int
) -> None:
    all_heads = heads(6)
    head, name = all_heads[false]
    wrong = Head(1, head.signer, head.key_id, head.sequence, digest(b"?"), 1, head.root)
    all_heads[false] = (wrong, name)  # Its successor still names it.
    chain = Chain()
    agreed = [chain.add(*all_heads[place], NOW) for place in order]
    assert 1 == agreed.count(False)


@given(st.sets(st.integers(0, 9), min_size=1))
def test_missing_numbers_are_those_that_did_not_come(present: set[int]) -> None:
    chain, all_heads = Chain(), heads(10)
    for place in present:
        chain.add(*all_heads[place], NOW)
    missing = {
        number for gap in chain.missing(LATER, ()) for number in range(gap.first, gap.last + 1)
    }
    assert set(range(1, max(present) + 1)) - {place + 1 for place in present} == missing
    assert [] == chain.missing(NOW, ())


def test_a_number_near_the_largest_costs_no_memory() -> None:
    chain, (head, name) = Chain(), heads(1)[0]
    far = Head(1, head.signer, head.key_id, 2**64 - 1, ZERO_DIGEST, 1, head.root)
    assert chain.add(far, name, NOW)
    assert 1 == len(chain.gaps)
    assert chain.is_free(2**63)


def test_as_many_numbers_are_excused_as_were_withdrawn() -> None:
    all_heads, chain = heads(5), Chain()
    chain.add(*all_heads[0], NOW)
    chain.add(*all_heads[4], NOW)
    third, fourth = all_heads[2][1], all_heads[3][1]
    assert 1 == len(chain.missing(LATER, {fourth}))
    assert 1 == len(chain.missing(LATER, {third, all_heads[1][1], digest(b"x")}))
    assert [] == chain.missing(LATER, {fourth, third, all_heads[1][1]})


def test_filling_a_taken_number_is_refused() -> None:
    chain, (head, name) = Chain(), heads(1)[0]
    chain.add(head, name, NOW)
    assert not chain.add(head, name, NOW)
