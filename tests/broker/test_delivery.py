"""What a desk is sent, in which order, and where its cursor stands."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from broker.exchange import Exchange
from broker.mailroom import Mailroom
from broker.reader import Reader
from tests.broker.support import World, clock_at, exchange_of, police, realm, setting
from valija.batch import Batch
from valija.checkpoint import VerifiedCheckpoint, grow, verify_checkpoint
from valija.clock import MINUTES_A_DAY, Minute
from valija.delivery import Reader as Verifying
from valija.delivery import verify_delivery
from valija.envelope import VerifiedEnvelope
from valija.ids import Desk, Kind, Office
from valija.receipt import Event
from valija.statement import PUBLIC_KINDS
from valija.verifier import HeadVerifier
from valija.wire.deliver import DeliverResponse, deliver_response_bytes, parse_deliver_response

BR, MX = police("BR"), police("MX")


@dataclass
class Post:
    """A broker without doors, and what it sends."""

    exchange: Exchange
    world: World

    async def send(self, *recipients: Desk, number: int = 0, urgent: bool = False) -> int:
        """Admit a notice from AR, and return its leaf."""
        envelope = self.world.envelope("AR", *recipients, number=number)
        batch = self.world.actor("AR").sign(realm.relabelled(envelope, urgent=urgent))
        return await self.admit(batch)

    async def admit(self, batch: Batch) -> int:
        leaf = (await self.exchange.admission.admit(batch)).leaf
        await self.exchange.heads.covering(leaf)
        return leaf

    def reader(self, desk: Desk, cursor: int = 0, size: int = 0, credit: int = 1000) -> Reader:
        return Reader(desk, cursor, size, credit)

    async def next(self, reader: Reader) -> DeliverResponse:
        """Return the next message."""
        messages = self.exchange.delivery.messages(reader)
        message, _ = await anext(messages)
        await messages.aclose()
        parsed = parse_deliver_response(message)
        assert message == deliver_response_bytes(parsed)
        return parsed


@pytest.fixture(name="post")
async def _post(founded: Path, world: World) -> AsyncIterator[Post]:
    async with exchange_of(setting(founded)) as exchange:
        yield Post(exchange, world)


def leaves(response: DeliverResponse) -> list[int]:
    return [each.logged.proof.leaf_index for each in response.deliveries]


def labels(responses: Sequence[DeliverResponse]) -> list[int]:
    deliveries = (each for response in responses for each in response.deliveries)
    return [
        each.logged.proof.leaf_index
        for each in deliveries
        if each.logged.item.kind is Kind.LABEL
    ]


def verified(response: DeliverResponse) -> VerifiedCheckpoint:
    return verify_checkpoint(response.checkpoint, realm.ORIGIN, [realm.anchor().log_key])


async def test_every_desk_is_sent_the_whole_directory_in_log_order(post: Post) -> None:
    first = await post.next(post.reader(Desk(BR.member, Office.JUDICIAL)))
    kinds = {each.logged.item.kind for each in first.deliveries}
    items = sum(len(batch.items) for batch in post.world.batches)
    assert kinds <= PUBLIC_KINDS
    assert items == len(first.deliveries)
    assert sorted(leaves(first)) == leaves(first)
    assert len(post.world.batches) == first.done


async def test_a_node_verifies_what_it_is_sent_step_by_step(post: Post) -> None:
    leaf = await post.send(BR, MX)
    response = await post.next(post.reader(BR, cursor=leaf))
    (delivery,) = response.deliveries
    fold = post.exchange.tree.fold
    today = realm.day_of(post.world.minute)
    reading = Verifying(BR, fold.directory, HeadVerifier(), lambda _: None, today)
    found_ = verify_delivery(delivery, verified(response), reading)
    assert isinstance(found_, VerifiedEnvelope)
    assert BR == found_.stanza.recipient


async def test_a_recipient_sees_its_own_stanza_and_no_other(post: Post) -> None:
    leaf = await post.send(BR, MX)
    for desk in (BR, MX):
        (delivery,) = (await post.next(post.reader(desk, cursor=leaf))).deliveries
        assert delivery.stanza is not None
        assert desk == delivery.stanza.recipient


async def test_whom_a_notice_does_not_name_learns_nothing_of_it(post: Post) -> None:
    leaf = await post.send(BR)
    response = await post.next(post.reader(MX, cursor=leaf))
    assert () == response.deliveries
    assert leaf + 1 == response.done


async def test_a_receipt_goes_back_to_the_originator(post: Post) -> None:
    leaf = await post.send(BR)
    name = realm.digest(await _label(post, leaf))
    word = realm.item(realm.receipt(Event.DELIVERED, name, BR), (police("AR"),))
    receipt = await post.admit(post.world.actor("BR").sign(word))
    response = await post.next(post.reader(police("AR"), cursor=leaf))
    assert [receipt] == leaves(response)


async def _label(post: Post, leaf: int) -> bytes:
    (delivery,) = (await post.next(post.reader(BR, cursor=leaf))).deliveries
    return delivery.logged.item.payload


async def test_credit_bounds_what_is_sent_and_more_credit_goes_on(post: Post) -> None:
    start = await post.send(BR)
    sent = [start, *[await post.send(BR, number=n) for n in range(1, 5)]]
    reader = post.reader(BR, cursor=start, credit=2)
    first = await post.next(reader)
    assert sent[:2] == leaves(first)
    assert sent[2] == first.done
    reader.give(10)
    second = await post.next(reader)
    assert sent[2:] == leaves(second)
    assert sent[-1] + 1 == second.done


async def test_done_stays_below_a_leaf_that_was_cut_in_the_middle(post: Post) -> None:
    notices = [post.world.notice("AR", BR, number=n) for n in range(3)]
    leaf = await post.admit(post.world.actor("AR").sign(*notices))
    reader = post.reader(BR, cursor=leaf, credit=2)
    first = await post.next(reader)
    assert [0, 1] == [each.logged.signature.index for each in first.deliveries]
    assert leaf == first.done
    reader.give(1)
    second = await post.next(reader)
    assert [2] == [each.logged.signature.index for each in second.deliveries]
    assert leaf + 1 == second.done


async def test_the_same_cursor_brings_the_same_items_again(post: Post) -> None:
    leaf = await post.send(BR)
    once = await post.next(post.reader(BR, cursor=leaf))
    again = await post.next(post.reader(BR, cursor=leaf))
    assert once == again


async def test_urgent_items_come_first_and_done_waits_for_the_rest(post: Post) -> None:
    start = await post.send(BR)
    routine = [start, await post.send(BR, number=1)]
    urgent = await post.send(BR, number=2, urgent=True)
    last = await post.send(BR, number=3)
    reader = post.reader(BR, cursor=start, credit=2)
    first = await post.next(reader)
    assert [urgent, routine[0]] == leaves(first)
    assert routine[1] == first.done
    reader.give(9)
    second = await post.next(reader)
    assert [routine[1], last] == leaves(second)
    assert last + 1 == second.done


async def test_checkpoints_of_one_stream_grow_from_each_other(post: Post) -> None:
    reader, seen = post.reader(BR), None
    for number in range(3):
        await post.send(BR, number=number)
        response = await post.next(reader)
        seen = grow(seen, verified(response), response.consistency)
    assert seen is not None
    assert post.exchange.tree.size == seen.checkpoint.size


async def test_growth_is_told_from_the_size_that_the_reader_verified(post: Post) -> None:
    first = await post.next(post.reader(BR))
    leaf = await post.send(BR)
    size = verified(first).checkpoint.size
    response = await post.next(post.reader(BR, cursor=leaf, size=size))
    grow(verified(first), verified(response), response.consistency)


async def test_a_long_message_is_cut_before_it_grows_too_large(post: Post) -> None:
    start = post.exchange.tree.size
    notices = [post.world.notice("AR", BR, number=n) for n in range(60)]
    for at in range(0, 60, 20):
        await post.admit(post.world.actor("AR").sign(*notices[at : at + 20]))
    reader, taken = post.reader(BR, cursor=start, credit=60), list[DeliverResponse]()
    while reader.done < post.exchange.tree.size:
        taken.append(await post.next(reader))
    assert 60 == len(labels(taken))
    assert sorted(labels(taken)) == labels(taken)


async def test_memory_and_index_tell_the_same(post: Post) -> None:
    for number in range(6):
        await post.send(BR, MX, number=number, urgent=number % 2 == 0)
    recent, older = post.exchange.mailroom, Mailroom(post.exchange.index)
    for urgent in (False, True):
        span = range(post.exchange.tree.size)
        at_hand: Any = await recent.waiting(BR, span, 50, urgent=urgent)
        assert at_hand == await older.waiting(BR, span, 50, urgent=urgent)


async def test_an_expired_notice_comes_without_its_sealed_parts(post: Post) -> None:
    leaf = await post.send(BR)
    delivery = post.exchange.delivery
    later = clock_at(Minute(post.world.minute + 31 * MINUTES_A_DAY))
    delivery._from = replace(delivery._from, clock=later)
    (sent,) = (await post.next(post.reader(BR, cursor=leaf))).deliveries
    assert (b"", b"") == (sent.terms, sent.content)
    assert sent.stanza is not None
    assert 32 == len(sent.stanza.sealed)
