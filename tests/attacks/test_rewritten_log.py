"""Threat: whoever holds the log's key shows two histories, or an older one."""

from pathlib import Path

import pytest

from tests.valija.realm import Realm, receipt, state_desk
from tests.valija.served import write
from valija.__main__ import FolderReader
from valija.audit import Audit, follow
from valija.clock import Minute
from valija.ids import digest
from valija.publication import CHECKPOINT
from valija.receipt import Event
from valija.wire.item import item

BR, MX = state_desk("BR"), state_desk("MX")


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def test_a_history_rewritten_between_two_visits_is_noticed(
    realm: Realm, tmp_path: Path
) -> None:
    other = Realm().found()
    realm.count(realm.actor("AR").sign(realm.notice("AR", BR)))
    other.count(other.actor("AR").sign(other.notice("AR", MX)))
    write(realm, tmp_path)
    audit = Audit(realm.anchor, FolderReader(tmp_path))
    assert follow(audit)[-1].holds
    write(other, tmp_path)
    assert "two roots for one size" in follow(audit)[-1].says
    other.count(other.actor("BR").sign(other.notice("BR", MX)))
    write(other, tmp_path)
    assert not follow(audit)[-1].holds


def test_a_rollback_is_noticed(realm: Realm, tmp_path: Path) -> None:
    write(realm, tmp_path)
    old = (tmp_path / CHECKPOINT).read_bytes()
    realm.count(realm.actor("AR").sign(realm.notice("AR", BR)))
    write(realm, tmp_path)
    audit = Audit(realm.anchor, FolderReader(tmp_path))
    assert follow(audit)[-1].holds
    (tmp_path / CHECKPOINT).write_bytes(old)
    assert "shrank" in follow(audit)[-1].says


def test_a_receipt_that_is_hidden_leaves_a_number_missing(realm: Realm) -> None:
    notice, desk = realm.notice("AR", BR), realm.actor("BR")
    realm.count(realm.actor("AR").sign(notice))
    told = receipt(Event.DELIVERED, digest(notice.payload), BR)
    hidden = desk.sign(item(told, [state_desk("AR")]))
    realm.count(desk.sign(realm.notice("BR", MX)))
    alarm = realm.fold.alarms(Minute(realm.minute + 10))[0]
    assert (BR, hidden.head.sequence) == (alarm.desk, alarm.sequence)
