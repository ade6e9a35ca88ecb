"""The key store: what a node's private keys do for it, and where they are kept.

It promises that no private key leaves it but the one of TLS, which the library that speaks
TLS must hold: others ask for a signature or for a content key. It signs batch heads of its
own desks, words given at them, and proofs of possession, nothing else. Which key is in force
the log says (`valija.directory`), and which number is free the store.

Source: docs/envelope.md, section 5.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from typing import Protocol

from node.keystore.privatekey import Held, PrivateKey, decode, generate, parse_key
from node.vault import KEY_BYTES, Vault
from valija import canonical
from valija.certificate import LOOPBACK, TlsPair
from valija.errors import AbsentError, DuplicateError, MalformedError, OpeningError
from valija.head import parse_head
from valija.ids import Desk, KeyId
from valija.keyfile import USUAL_COST, Cost, open_keys, seal_keys
from valija.signature import BATCH_CONTEXT, WORD_CONTEXT
from valija.statement import Role

NODE_FILE = "node.keys"
"""SIGNING, SEALING, WITNESS and TLS keys, and the store key."""
ROOT_FILE = "root.keys"
"""ROOT, and nothing beside it: it is kept off line."""
_FORMAT = "valija/v1 keystore"


class Files(Protocol):
    """Where sealed key files are kept: `node.keystore.folder`, or a test's memory."""

    def read(self, name: str) -> bytes:
        """Return a file; AbsentError if there is none."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Replace a file, durably and at once."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A sealed key file, and what it takes to open and to seal it.

    Attributes:
        files: Where it is.
        passphrase: What seals it.
        name: `NODE_FILE`, or `ROOT_FILE` on the custodians' medium.
        cost: Of a guess at the passphrase, once it is written again.
    """

    files: Files
    passphrase: bytes = field(repr=False)
    name: str = NODE_FILE
    cost: Cost = USUAL_COST

    def read(self) -> bytes:
        """Return what is sealed in it.

        Raises:
            AbsentError: There is none.
            UnavailableError: It cannot be read.
            OpeningError: Another passphrase, or it was altered.
            MalformedError: It is no key file.
        """
        return open_keys(self.files.read(self.name), self.passphrase)

    def write(self, secret: bytes) -> None:
        """Seal and replace it.

        Raises:
            UnavailableError: It cannot be written; the old one stands.
        """
        self.files.write(self.name, seal_keys(secret, self.passphrase, self.cost))

    def require_absent(self) -> None:
        """Refuse to make it where it is: a key file is never overwritten by another.

        Raises:
            DuplicateError: It is there.
        """
        try:
            self.files.read(self.name)
        except AbsentError:
            return
        raise DuplicateError(f"{self.name}: there is such a key file already")


class Keystore:
    """The keys of one sealed file, behind calls."""

    def __init__(self, file: KeyFile, store_key: bytes, keys: Iterable[PrivateKey]) -> None:
        """Hold what `create` or `load` made."""
        self._file = file
        self._store_key = store_key
        self._keys = {key.held.key_id: key for key in keys}

    @classmethod
    def create(cls, file: KeyFile) -> "Keystore":
        """Make a key file that holds a fresh store key and nothing else.

        Raises:
            DuplicateError: It is there already.
            UnavailableError: It cannot be written.
        """
        file.require_absent()
        made = cls(file, token_bytes(KEY_BYTES), ())
        made._store(())
        return made

    @classmethod
    def load(cls, file: KeyFile) -> "Keystore":
        """Open a key file.

        Raises:
            AbsentError: There is none.
            UnavailableError: It cannot be read.
            OpeningError: Another passphrase, or it was altered.
            MalformedError: It is no key file of a node.
        """
        match canonical.parse(file.read()):
            case {"format": str(found), "keys": list(keys), "store": str(store)} if (
                found == _FORMAT
            ):
                return cls(file, decode(store), map(parse_key, keys))
        raise MalformedError("this is no key file of a node")

    def generate(
        self,
        wanted: Iterable[tuple[Desk, Role]],
        now: datetime,
        hosts: Sequence[str] = LOOPBACK,
    ) -> tuple[Held, ...]:
        """Make keys, and keep them durably before anyone hears of them.

        Args:
            wanted: Whose, and what for. All in one call cost one writing of the file.
            now: When TLS certificates begin.
            hosts: Where they may be presented.

        Raises:
            MalformedError: A role whose keys are not a node's.
            UnavailableError: The file cannot be written; these keys never were.
        """
        made = [generate(desk, role, now, hosts) for desk, role in wanted]
        self._store([*self._keys.values(), *made])
        return tuple(key.held for key in made)

    def destroy(self, name: KeyId) -> None:
        """Forget a key for good: what it alone could open stays closed.

        Raises:
            AbsentError: It is not held.
            UnavailableError: The file cannot be written; the key is still held.
        """
        gone = self._find(name)
        self._store([key for key in self._keys.values() if key is not gone])

    def held(self, desk: Desk | None = None, role: Role | None = None) -> tuple[Held, ...]:
        """Return the held keys of a desk and role, or of any; the oldest first."""
        return tuple(
            key.held
            for key in self._keys.values()
            if desk in (None, key.held.desk) and role in (None, key.held.role)
        )

    def sign_head(self, head: bytes) -> bytes:
        """Return the composite signature over a batch head, 3373 bytes.

        Args:
            head: 116 bytes; they name the desk, and the key that signs.

        Raises:
            MalformedError: They are no head.
            AbsentError: This desk has no such ROOT or SIGNING key here.
        """
        parsed = parse_head(head)
        key = self._find(parsed.key_id)
        if key.held.desk != parsed.signer:
            raise AbsentError("this desk has no such key here")
        return key.sign(head, BATCH_CONTEXT)

    def prove_possession(self, name: KeyId, statement: bytes) -> bytes:
        """Return a key's own signature over its KeyStatement without possession.

        Raises:
            AbsentError: The key is not held, or signs nothing (SEALING, TLS).
        """
        return self._find(name).prove_possession(statement)

    def sign_word(self, desk: Desk, name: KeyId, statement: bytes) -> bytes:
        """Return the composite signature over a word that somebody gave or withdrew.

        Its context is its own: what is signed here is never a batch.

        Args:
            desk: Whose key it must be.
            name: Id of a SIGNING key.
            statement: Exact bytes, `node.release.attested`.

        Raises:
            AbsentError: This desk has no such key here, or it signs nothing.
        """
        key = self._find(name)
        if key.held.desk != desk:
            raise AbsentError("this desk has no such key here")
        return key.sign(statement, WORD_CONTEXT)

    def unwrap(self, name: KeyId, sealed: bytes, info: bytes) -> bytes:
        """Return the content key of a stanza, 32 bytes if the originator was honest.

        Args:
            name: Id of the SEALING key that the stanza names.
            sealed: 1168 bytes.
            info: What it is bound to, `node.sealing.stanza_info`.

        Raises:
            OpeningError: It does not unwrap; why is not told.
        """
        if name not in self._keys:
            raise OpeningError("this does not open")
        return self._keys[name].unwrap(sealed, info)

    def tls(self, name: KeyId) -> TlsPair:
        """Return a TLS certificate and its key: the one secret that leaves.

        Raises:
            AbsentError: It is not held, or of another role.
        """
        tool = self._find(name).tool
        if not isinstance(tool, TlsPair):
            raise AbsentError("this is no TLS key")
        return tool

    def vault(self) -> Vault:
        """Return what encrypts the store's columns."""
        return Vault(self._store_key)

    def _find(self, name: KeyId) -> PrivateKey:
        if name not in self._keys:
            raise AbsentError("this key is not held")
        return self._keys[name]

    def _store(self, keys: Iterable[PrivateKey]) -> None:
        after = {key.held.key_id: key for key in keys}
        # Disk first: a key that was spoken of and is not kept would be lost at a restart.
        kept: dict[str, canonical.Json] = {
            "format": _FORMAT,
            "keys": [key.to_json() for key in after.values()],
            "store": b64encode(self._store_key).decode(),
        }
        self._file.write(canonical.to_bytes(kept))
        self._keys = after
