"""A law that widens waits for its state's oversight; one that narrows decides at once."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from policies.bundle import manifest, parts_of
from policies.comparison import compare
from policies.folder import read_folder
from tests.valija.realm import START, Realm
from valija.clock import day_of
from valija.errors import VerificationError
from valija.ids import ZERO_DIGEST, Digest, Member, Office, digest
from valija.statement import BundleStatement, Endorsement
from valija.wire.item import item
from valija.wire.statement import statement_bytes

_AR = "AR/send.cedar"
_LIMIT = '@id("AR-25246-22")'
Files = Mapping[str, bytes]


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def without(files: Files, rule: str) -> Files:
    text = files[_AR].decode()
    start = text.index(rule)
    return {**files, _AR: (text[:start] + text[text.index(";\n", start) + 2 :]).encode()}


def statement(old: Files, new: Files, replaces: Digest) -> BundleStatement:
    """What a state signs when it brings `new` where `old` was the law."""
    return BundleStatement(
        Member("AR"),
        Digest(sha256(manifest(parts_of("AR", new))).digest()),
        day_of(START),
        replaces,
        widens=bool(compare(old, new)),
    )


def test_a_weakened_article_decides_only_once_oversight_has_endorsed_it(realm: Realm) -> None:
    strict = read_folder()
    loose = without(strict, _LIMIT)
    first = statement(strict, strict, ZERO_DIGEST)
    realm.count(realm.actor("AR").sign(item(first)))
    assert first == realm.fold.directory.bundle(Member("AR"), START)

    wide = statement(strict, loose, digest(statement_bytes(first)))
    realm.count(realm.actor("AR").sign(item(wide)))

    assert wide.widens
    assert first == realm.fold.directory.bundle(Member("AR"), START)
    own_word = Endorsement(digest(statement_bytes(wide)))
    with pytest.raises(VerificationError, match="OVERSIGHT"):
        realm.fold.judge(realm.actor("AR").draft(item(own_word)), realm.minute)
    realm.count(realm.actor("AR", Office.OVERSIGHT).sign(item(own_word)))
    assert wide == realm.fold.directory.bundle(Member("AR"), START)


def test_an_article_that_is_added_decides_at_once(realm: Realm) -> None:
    strict = read_folder()
    loose = without(strict, _LIMIT)
    first = statement(loose, loose, ZERO_DIGEST)
    narrow = statement(loose, strict, digest(statement_bytes(first)))

    realm.count(realm.actor("AR").sign(item(first)))
    realm.count(realm.actor("AR").sign(item(narrow)))

    assert not narrow.widens
    assert narrow == realm.fold.directory.bundle(Member("AR"), START)
