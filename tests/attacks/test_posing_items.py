"""Threat: an inner node poses as an item, or one kind of item as another."""

from dataclasses import replace

import pytest

from tests.valija.realm import Realm, state_desk
from valija.batch import Item
from valija.errors import ProofError, SignatureError
from valija.ids import Kind
from valija.merkle import verify_inclusion

BR = state_desk("BR")


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def test_an_inner_node_is_no_item(realm: Realm) -> None:
    batch = realm.actor("AR").draft(*(realm.notice("AR", BR, number=n) for n in range(4)))
    left, right = (batch.items[n].leaf() for n in (0, 1))
    posing = Item(Kind.LABEL, left + right, (), None)
    for path in (batch.item_path(0), batch.item_path(0)[1:]):
        with pytest.raises(ProofError):
            verify_inclusion(posing.leaf(), 0, batch.head.size, path, batch.head.root)


def test_an_item_of_another_kind_or_for_others_is_not_what_was_signed(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    posing = replace(batch.items[0], kind=Kind.RECEIPT)
    addressed = replace(batch.items[0], to=(BR,))
    for other in (posing, addressed):
        with pytest.raises(SignatureError, match="do not make the root"):
            realm.fold.judge(replace(batch, items=(other,)), realm.minute)


def test_items_dropped_doubled_or_moved_are_not_what_was_signed(realm: Realm) -> None:
    one, two = (realm.notice("AR", BR, number=n) for n in (1, 2))
    batch = realm.actor("AR").sign(one, two)
    for items in ((one,), (one, two, two), (two, one), ()):
        with pytest.raises(SignatureError, match="do not make the root"):
            realm.fold.judge(replace(batch, items=items), realm.minute)
