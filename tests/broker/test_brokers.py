"""Several brokers on one spool, without a leader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from broker.exchange import Exchange
from broker.follower import Follower
from tests.broker.support import B1, B2, World, exchange_of, police, realm, setting
from valija.checkpoint import verify_checkpoint
from valija.errors import DuplicateError


async def both(stack: AsyncExitStack, folder: Path) -> tuple[Exchange, Exchange]:
    one = await stack.enter_async_context(exchange_of(setting(folder, B1)))
    return one, await stack.enter_async_context(exchange_of(setting(folder, B2)))


async def level(*brokers: Exchange) -> int:
    """Wait until all hold the whole log, and return its size."""
    size = await brokers[0].spool.end()
    for follower in [broker.follower for broker in brokers]:
        await follower.kept.until(partial(_holds, follower, size))
    return size


async def test_two_brokers_derive_the_same_root_at_every_size(
    founded: Path, world: World
) -> None:
    async with AsyncExitStack() as stack:
        one, two = await both(stack, founded)
        batches = [
            world.actor("AR").sign(world.notice("AR", police("BR"), number=n))
            for n in range(20)
        ]
        await asyncio.gather(
            *(
                broker.admission.admit(each)
                for each, broker in zip(batches, [one, two] * 10, strict=True)
            )
        )
        size = await level(one, two)
        assert [one.tree.root(n) for n in range(1, size + 1)] == [
            two.tree.root(n) for n in range(1, size + 1)
        ]
        assert one.tree.fold.digest() == two.tree.fold.digest()
        assert await one.index.digest() == await two.index.digest()


async def test_one_batch_sent_to_both_counts_once_and_both_say_where(
    founded: Path, world: World
) -> None:
    async with AsyncExitStack() as stack:
        one, two = await both(stack, founded)
        batch = world.actor("AR").sign(world.notice("AR", police("BR")))
        answers = await asyncio.gather(
            one.admission.admit(batch), two.admission.admit(batch), return_exceptions=True
        )
        await level(one, two)
        first = one.tree.fold.known_head(batch.head_digest)
        assert first == two.tree.fold.known_head(batch.head_digest)
    assert {first} == {
        getattr(a, "leaf_index", None) or getattr(a, "leaf", None) for a in answers
    }


async def test_a_sender_that_loses_its_broker_gets_the_same_proof_elsewhere(
    founded: Path, world: World
) -> None:
    batch = world.actor("AR").sign(world.notice("AR", police("BR")))
    async with exchange_of(setting(founded, B1)) as one:
        taken = await one.admission.admit(batch)
    async with exchange_of(setting(founded, B2)) as two:
        with pytest.raises(DuplicateError) as again:
            await two.admission.admit(batch)
    assert taken.leaf == again.value.leaf_index


async def test_what_both_signed_for_one_size_is_the_same_tree(
    founded: Path, world: World
) -> None:
    async with AsyncExitStack() as stack:
        one, two = await both(stack, founded)
        for number in range(5):
            notice = world.notice("AR", police("BR"), number=number)
            taken = await one.admission.admit(world.actor("AR").sign(notice))
            await one.heads.covering(taken.leaf)
            await two.heads.covering(taken.leaf)
        notes = [note async for note in _notes(one)]
    roots: dict[int, set[bytes]] = {}
    for note in notes:
        found = verify_checkpoint(note, realm.ORIGIN, [realm.anchor().log_key]).checkpoint
        roots.setdefault(found.size, set()).add(found.root)
    assert len(notes) > len(roots)
    assert {1} == {len(each) for each in roots.values()}


def _holds(follower: Follower, size: int) -> bool:
    return follower.indexed >= size


async def _notes(broker: Exchange) -> AsyncIterator[bytes]:
    async for run in broker.spool.checkpoints(0):
        for _, note in run:
            yield note
        return
