"""Private keys behind calls."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.keystore import NODE_FILE, ROOT_FILE, KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.sealing import Recipient, stanza_info, wrap
from valija import canonical
from valija.certificate import parse_certificate
from valija.errors import (
    AbsentError,
    DuplicateError,
    MalformedError,
    OpeningError,
    UnavailableError,
)
from valija.head import Head
from valija.ids import ZERO_DIGEST, Desk, KeyId, Member, Office
from valija.keyfile import Cost, seal_keys
from valija.signature import (
    BATCH_CONTEXT,
    POSSESSION_CONTEXT,
    verify_composite,
    verify_mldsa44,
)
from valija.statement import Role

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PHRASE, CHEAP = b"an invented passphrase", Cost(1, 1)
POLICE = Desk(Member("AR"), Office.POLICE)
STATE = Desk(Member("AR"), Office.STATE)
EVERY = [
    (STATE, Role.ROOT),
    (POLICE, Role.SIGNING),
    (POLICE, Role.SEALING),
    (STATE, Role.WITNESS),
    (POLICE, Role.TLS),
]
DIGESTS = ZERO_DIGEST, ZERO_DIGEST


class Memory(dict[str, bytes]):
    """Key files in memory, which can be told to fail."""

    full = False

    def read(self, name: str) -> bytes:
        if name not in self:
            raise AbsentError(name)
        return self[name]

    def write(self, name: str, data: bytes) -> None:
        if self.full:
            raise UnavailableError(name)
        self[name] = data


@pytest.fixture
def files() -> Memory:
    return Memory()


@pytest.fixture
def store(files: Memory) -> Keystore:
    return Keystore.create(KeyFile(files, PHRASE, cost=CHEAP))


def again(files: Memory, phrase: bytes = PHRASE) -> Keystore:
    return Keystore.load(KeyFile(files, phrase, cost=CHEAP))


def head(desk: Desk, name: KeyId) -> bytes:
    return Head(1, desk, name, 1, ZERO_DIGEST, 1, ZERO_DIGEST).to_bytes()


def test_every_role_has_its_public_key(store: Keystore) -> None:
    made = store.generate(EVERY, NOW)
    assert [1984, 1984, 1216, 1312] == [len(key.public) for key in made[:4]]
    assert parse_certificate(made[4].public).name.startswith("AR/police ")
    assert made == store.held()
    assert (made[2],) == store.held(POLICE, Role.SEALING)
    assert (made[0], made[3]) == store.held(STATE)


def test_keys_are_the_same_after_a_restart(store: Keystore, files: Memory) -> None:
    made = store.generate(EVERY, NOW)
    restarted = again(files)
    assert made == restarted.held()
    value = restarted.sign_head(head(POLICE, made[1].key_id))
    verify_composite(made[1].public, head(POLICE, made[1].key_id), value, BATCH_CONTEXT)
    assert store.tls(made[4].key_id) == restarted.tls(made[4].key_id)


def test_the_store_key_is_the_same_after_a_restart(store: Keystore, files: Memory) -> None:
    wrapped = store.vault().new_key()
    sealed = store.vault().seal(wrapped, "t|r|c", b"value")
    assert again(files).vault().unseal(wrapped, "t|r|c", sealed) == b"value"


def test_no_secret_stands_in_the_file_or_in_a_text(store: Keystore, files: Memory) -> None:
    made = store.generate([(POLICE, Role.SEALING)], NOW)
    secret = store._keys[made[0].key_id].secret
    assert secret not in files[NODE_FILE]
    assert secret.hex() not in repr(store._keys)
    assert repr(secret) not in repr(store._keys)
    assert repr(PHRASE) not in repr(store._file)


def test_a_key_file_is_never_made_over_another(store: Keystore, files: Memory) -> None:
    store.generate([(POLICE, Role.SIGNING)], NOW)
    with pytest.raises(DuplicateError):
        Keystore.create(KeyFile(files, PHRASE, cost=CHEAP))
    assert 1 == len(again(files).held())


def test_root_is_kept_apart(store: Keystore, files: Memory) -> None:
    root = Keystore.create(KeyFile(files, PHRASE, ROOT_FILE, CHEAP))
    (made,) = root.generate([(STATE, Role.ROOT)], NOW)
    assert () == store.held()
    value = root.sign_head(head(STATE, made.key_id))
    verify_composite(made.public, head(STATE, made.key_id), value, BATCH_CONTEXT)


def test_what_cannot_be_kept_is_not_held(store: Keystore, files: Memory) -> None:
    (kept,) = store.generate([(POLICE, Role.SEALING)], NOW)
    files.full = True
    with pytest.raises(UnavailableError):
        store.generate([(POLICE, Role.SIGNING)], NOW)
    with pytest.raises(UnavailableError):
        store.destroy(kept.key_id)
    assert (kept,) == store.held() == again(files).held()


def test_a_content_key_is_unwrapped(store: Keystore) -> None:
    (key,) = store.generate([(POLICE, Role.SEALING)], NOW)
    wrapped = wrap(b"k" * 32, b"base", Recipient(POLICE, key.public), DIGESTS)
    info = stanza_info(b"base", POLICE, key.key_id, DIGESTS)
    assert b"k" * 32 == store.unwrap(key.key_id, wrapped.sealed, info)
    assert 1168 == len(wrapped.sealed)


def test_a_destroyed_key_opens_nothing_more(store: Keystore, files: Memory) -> None:
    (key,) = store.generate([(POLICE, Role.SEALING)], NOW)
    wrapped = wrap(b"k" * 32, b"base", Recipient(POLICE, key.public), DIGESTS)
    store.destroy(key.key_id)
    for left in (store, again(files)):
        assert () == left.held()
        with pytest.raises(OpeningError):
            left.unwrap(
                key.key_id, wrapped.sealed, stanza_info(b"base", POLICE, key.key_id, DIGESTS)
            )
    with pytest.raises(AbsentError):
        store.destroy(key.key_id)


@pytest.mark.parametrize(
    "sealed", [b"", b"short", bytes(1168), bytes(1167), bytes(2000)], ids=len
)
def test_what_was_not_wrapped_does_not_unwrap(store: Keystore, sealed: bytes) -> None:
    made = store.generate(EVERY, NOW)
    for key in made:
        with pytest.raises(OpeningError):
            store.unwrap(key.key_id, sealed, b"info")


def test_only_a_head_of_the_keys_own_desk_is_signed(store: Keystore) -> None:
    made = store.generate(EVERY, NOW)
    other = Desk(Member("BR"), Office.POLICE)
    for desk, name in [
        (other, made[1].key_id),
        (POLICE, KeyId(bytes(16))),
        (POLICE, made[2].key_id),
        (STATE, made[3].key_id),
        (POLICE, made[4].key_id),
    ]:
        with pytest.raises(AbsentError):
            store.sign_head(head(desk, name))
    with pytest.raises(MalformedError):
        store.sign_head(b"not a head")


def test_possession_is_proven_for_that_purpose_only(store: Keystore) -> None:
    root, signing, sealing, witness, tls = store.generate(EVERY, NOW)
    for key in (root, signing):
        value = store.prove_possession(key.key_id, b"statement")
        verify_composite(key.public, b"statement", value, POSSESSION_CONTEXT)
    value = store.prove_possession(witness.key_id, b"statement")
    verify_mldsa44(witness.public, b"statement", value, POSSESSION_CONTEXT)
    for key in (sealing, tls):
        with pytest.raises(AbsentError):
            store.prove_possession(key.key_id, b"statement")


def test_tls_keys_leave_and_no_others(store: Keystore) -> None:
    made = store.generate(EVERY, NOW)
    assert made[4].public == store.tls(made[4].key_id).certificate
    for key in made[:4]:
        with pytest.raises(AbsentError):
            store.tls(key.key_id)


def test_no_node_has_a_logs_key(store: Keystore) -> None:
    with pytest.raises(MalformedError):
        store.generate([(POLICE, Role.LOG)], NOW)


@pytest.mark.usefixtures("store")
def test_another_passphrase_opens_nothing(files: Memory) -> None:
    with pytest.raises(OpeningError):
        again(files, b"another")
    with pytest.raises(AbsentError):
        Keystore.load(KeyFile(files, PHRASE, ROOT_FILE, CHEAP))


KEY = {"desk": "AR/police", "role": "SIGNING", "secret": "AAAA"}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"format": "another", "keys": [], "store": ""},
        {"format": "valija/v1 keystore", "keys": {}, "store": ""},
        {"format": "valija/v1 keystore", "keys": [], "store": "!"},
        {"format": "valija/v1 keystore", "keys": [1], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"role": "SEALING"}], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"role": "OTHER"}], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"role": "LOG"}], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"role": "TLS"}], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"certificate": 1}], "store": ""},
        {"format": "valija/v1 keystore", "keys": [KEY | {"desk": "AR"}], "store": ""},
    ],
)
def test_another_content_is_no_key_file(content: canonical.Value, files: Memory) -> None:
    files[NODE_FILE] = seal_keys(canonical.to_bytes(content), PHRASE, CHEAP)
    with pytest.raises(MalformedError):
        again(files)


def test_a_folder_keeps_key_files_for_their_owner_only(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    store = Keystore.create(KeyFile(folder, PHRASE, cost=CHEAP))
    made = store.generate([(POLICE, Role.SIGNING)], NOW)
    assert made == Keystore.load(KeyFile(folder, PHRASE)).held()
    path = tmp_path / "keys" / NODE_FILE
    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
    assert [path] == list(path.parent.iterdir())


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    with pytest.raises(AbsentError):
        KeyFolder(tmp_path).read(NODE_FILE)
    (tmp_path / NODE_FILE).mkdir()
    with pytest.raises(UnavailableError):
        KeyFolder(tmp_path).read(NODE_FILE)
    with pytest.raises(UnavailableError):
        KeyFolder(tmp_path).write(NODE_FILE, b"")
