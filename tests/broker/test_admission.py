"""What may enter the log, and what is said of what may not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from broker.candidate import RejectedError
from broker.exchange import Exchange
from broker.spool import Place
from broker.tree import Taken
from tests.broker.support import B1, World, exchange_of, police, realm, setting
from valija.batch import Batch
from valija.errors import DuplicateError, SignatureError, UnavailableError, VerificationError
from valija.receipt import Event, Receipt
from valija.wire.envelope import envelope_bytes
from valija.wire.log import parse_log_record


@dataclass
class Open:
    """A broker without doors, and the states around it."""

    exchange: Exchange
    world: World

    async def admit(self, batch: Batch) -> Taken:
        return await self.exchange.admission.admit(batch)


@pytest.fixture(name="here")
async def _here(founded: Path, world: World) -> AsyncIterator[Open]:
    async with exchange_of(setting(founded)) as exchange:
        yield Open(exchange, world)


def notice(world: World, number: int = 0, **changes: object) -> Batch:
    """Return a signed notice from AR to BR whose label says what `changes` say."""
    envelope = world.envelope("AR", police("BR"), number=number)
    batch: Batch = world.actor("AR").sign(realm.relabelled(envelope, **changes))
    return batch


async def test_an_admitted_batch_is_read_back_before_it_is_answered(here: Open) -> None:
    batch = notice(here.world)
    taken = await here.admit(batch)
    assert taken.leaf == await here.exchange.spool.end() - 1
    assert taken.leaf == here.exchange.tree.fold.known_head(batch.head_digest)


async def test_content_lies_where_the_record_says_exactly_as_submitted(here: Open) -> None:
    envelope = here.world.envelope("AR", police("BR"))
    taken = await here.admit(here.world.actor("AR").sign(realm.label_item(envelope)))
    (place,) = taken.record.places
    assert envelope_bytes(envelope) == await here.exchange.spool.content(Place(place))


async def test_the_same_batch_again_is_answered_with_its_leaf(here: Open) -> None:
    batch = notice(here.world)
    first = await here.admit(batch)
    with pytest.raises(DuplicateError) as refused:
        await here.admit(batch)
    assert first.leaf == refused.value.leaf_index


async def test_equal_bytes_under_way_are_logged_once(here: Open) -> None:
    batch, before = notice(here.world), await here.exchange.spool.end()
    taken = await asyncio.gather(*(here.admit(batch) for _ in range(5)))
    assert {before} == {each.leaf for each in taken}
    assert before + 1 == await here.exchange.spool.end()


async def test_other_items_under_a_head_under_way_do_not_share_its_answer(here: Open) -> None:
    batch = notice(here.world)
    false = replace(batch, items=notice(here.world, 1).items)
    good, bad = await asyncio.gather(
        here.admit(batch), here.admit(false), return_exceptions=True
    )
    assert isinstance(good, Taken)
    assert isinstance(bad, SignatureError | DuplicateError)


async def test_a_false_signature_is_refused_and_nothing_is_logged(here: Open) -> None:
    batch, before = notice(here.world), await here.exchange.spool.end()
    flipped = bytes([batch.value[0] ^ 1]) + batch.value[1:]
    with pytest.raises(SignatureError):
        await here.admit(replace(batch, value=flipped))
    assert before == await here.exchange.spool.end()


async def test_nobody_frames_a_desk_with_items_it_did_not_sign(here: Open) -> None:
    batch, before = notice(here.world), await here.exchange.spool.end()
    bad = notice(here.world, 1, content_size=17)
    with pytest.raises(SignatureError):
        await here.admit(replace(batch, items=bad.items))
    assert before == await here.exchange.spool.end()


async def test_a_refusal_of_a_true_signature_is_logged_and_bars_the_head(here: Open) -> None:
    batch, before = notice(here.world, expires=1), await here.exchange.spool.end()
    with pytest.raises(RejectedError):
        await here.admit(batch)
    assert before + 1 == await here.exchange.spool.end()
    assert here.exchange.tree.fold.rejected(batch.head_digest)
    with pytest.raises(RejectedError):
        await here.admit(batch)
    assert before + 1 == await here.exchange.spool.end()


async def test_a_rejection_names_head_and_desk_and_reaches_it(here: Open) -> None:
    batch, before = notice(here.world, expires=1), await here.exchange.spool.end()
    with pytest.raises(RejectedError):
        await here.admit(batch)
    await here.exchange.heads.covering(before)
    post = (await here.exchange.mailroom.waiting(police("AR"), range(before, before + 1), 9))[0]
    record = (await here.exchange.index.records([post.leaf]))[post.leaf]
    (item,) = parse_log_record(record).items
    assert isinstance(item.body, Receipt)
    assert (Event.REJECTED, batch.head_digest) == (item.body.event, item.body.subject)
    assert (police("AR"), police("AR")) == (item.body.desk, item.to[0])
    assert B1 == parse_log_record(record).batch().head.signer


async def test_a_rejected_head_is_withdrawn_and_its_notice_sent_anew(here: Open) -> None:
    batch = notice(here.world, expires=1)
    with pytest.raises(RejectedError):
        await here.admit(batch)
    word = realm.Endorsement(batch.head_digest, withdrawn=True, reason="rejected")
    await here.admit(here.world.actor("AR").sign(realm.item(word)))
    taken = await here.admit(notice(here.world, 1))
    assert here.exchange.tree.fold.withdrawn(police("AR"), batch.head_digest)
    assert () == taken.outcome.alarms


async def test_one_number_twice_is_refused_and_nothing_is_logged(here: Open) -> None:
    point = here.world.actor("AR").point
    await here.admit(notice(here.world))
    before = await here.exchange.spool.end()
    again = here.world.actor("AR").draft(
        here.world.notice("AR", police("BR"), number=7), point=point
    )
    with pytest.raises(VerificationError):
        await here.admit(again)
    assert before == await here.exchange.spool.end()


async def test_two_batches_of_one_number_at_once_count_once(here: Open) -> None:
    actor = here.world.actor("AR")
    batches = [actor.draft(here.world.notice("AR", police("BR"), number=n)) for n in (1, 2)]
    found_ = await asyncio.gather(*map(here.admit, batches), return_exceptions=True)
    assert 1 == sum(isinstance(each, Taken) for each in found_)
    assert 1 == sum(isinstance(each, VerificationError) for each in found_)


async def test_a_label_id_counts_once_even_under_way(here: Open) -> None:
    first, second = notice(here.world), notice(here.world)
    outcomes = await asyncio.gather(
        here.admit(first), here.admit(second), return_exceptions=True
    )
    counted = [each for each in outcomes if isinstance(each, Taken)]
    void = [each for each in counted if each.outcome.void_items]
    assert 1 == len(counted) - len(void)


async def test_a_burst_keeps_each_desks_order(here: Open) -> None:
    batches = [notice(here.world, number) for number in range(40)]
    taken = await asyncio.gather(*map(here.admit, batches))
    assert sorted(each.leaf for each in taken) == [each.leaf for each in taken]
    assert not any(each.outcome.alarms for each in taken)


async def test_whoever_waits_when_a_broker_stops_is_told_to_come_again(
    founded: Path, world: World
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        waiting = asyncio.ensure_future(exchange.admission.admit(notice(world)))
        await asyncio.sleep(0)
        exchange.admission.stop()
        with pytest.raises(UnavailableError):
            await waiting
