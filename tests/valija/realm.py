"""An exchange in memory for tests of the kernel: council, brokers, auditor, states, a log.

All keys follow from seeds, so that a failure can be met again. Invented states sign real
batches with real keys; nothing here is a mock of the kernel.
"""

from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from valija import canonical
from valija.anchor import AUDITOR, Anchor, Authority, CouncilKey, SuitePeriod
from valija.batch import Batch, Item, Signer, sign_batch
from valija.certificate import make_certificate
from valija.clock import MINUTES_A_DAY, Day, Minute, day_of, instant_of
from valija.envelope import Envelope, Stanza, recipient_leaves, recipients_size
from valija.fold import Fold
from valija.head import ChainPoint
from valija.ids import (
    ZERO_DIGEST,
    Desk,
    Digest,
    KeyId,
    LabelId,
    Member,
    NoticeId,
    Office,
    digest,
    key_id,
)
from valija.label import Label
from valija.merkle import Tree, leaf_hash, root
from valija.outcome import Outcome
from valija.padding import CONTENT, TERMS, ciphertext_size
from valija.receipt import Event, Receipt
from valija.record import LogRecord, record_of
from valija.signature import (
    BATCH_CONTEXT,
    POSSESSION_CONTEXT,
    CompositeSecret,
    LogSecret,
    WitnessSecret,
)
from valija.statement import (
    AgreementStatement,
    Endorsement,
    KeyStatement,
    MembershipStatement,
    Role,
)
from valija.verifier import HeadVerifier
from valija.wire.item import item, label_item
from valija.wire.label import label_bytes
from valija.wire.statement import statement_bytes

START = Minute(29_700_000)
"""A minute in June 2026, at which the log begins."""
ORIGIN = "valija.example/log"
_VERIFIER = HeadVerifier()
STATES = ("AR", "BR", "MX")
OFFICES = (Office.POLICE, Office.JUDICIAL, Office.OVERSIGHT)


def seed(name: str, size: int) -> bytes:
    """Return bytes that follow from a name."""
    blocks = (sha256(f"{name}/{i}".encode()).digest() for i in range(-(-size // 32)))
    return b"".join(blocks)[:size]


@cache
def composite(name: str) -> CompositeSecret:
    return CompositeSecret(seed(name, 64))


@cache
def witness(name: str) -> WitnessSecret:
    return WitnessSecret(seed(name, 32))


@cache
def log_secret() -> LogSecret:
    return LogSecret(seed("log", 64))


@cache
def certificate(name: str) -> bytes:
    return make_certificate(name, instant_of(START)).certificate


@cache
def sealing_key(name: str) -> bytes:
    private = MLKEM768PrivateKey.from_seed_bytes(seed(name, 64))
    return private.public_key().public_bytes_raw() + seed(name, 32)


def state_desk(member: str, office: Office = Office.POLICE) -> Desk:
    return Desk(Member(member), office)


@cache
def anchor(quorum: int = 2) -> Anchor:
    council = tuple(
        CouncilKey(Desk(Member(f"@c{i}"), Office.STATE), composite(f"@c{i}").public)
        for i in (1, 2, 3)
    )
    brokers = tuple(
        Authority(Desk(Member(m), Office.STATE), composite(m).public, certificate(m))
        for m in ("@b1", "@b2")
    )
    keys = (composite("@audit").public, certificate("@audit"), witness("@audit").public)
    return Anchor(
        origin=ORIGIN,
        log_key=log_secret().public,
        suites=(SuitePeriod(1, Day(20_000), Day(30_000)),),
        council=council,
        quorum=quorum,
        brokers=brokers,
        auditor=Authority(AUDITOR, *keys),
        policy="quorum none\n",
    )


@dataclass
class Actor:
    """A desk that signs, with the key it signs with and where its chain stands."""

    desk: Desk
    secret: CompositeSecret
    point: ChainPoint = ChainPoint(0, ZERO_DIGEST)  # noqa: RUF009 (frozen, so safe to share)

    @property
    def signer(self) -> Signer:
        return Signer(self.desk, key_id(self.secret.public))

    def sign(self, *items: Item) -> Batch:
        """Return the next batch, and move the chain on."""
        batch = self.draft(*items)
        self.point = batch.head.next_point()
        return batch

    def draft(self, *items: Item, point: ChainPoint | None = None) -> Batch:
        """Return a batch without moving the chain on."""
        return sign_batch(self.signer, point or self.point, items, self._value)

    def _value(self, head: bytes) -> bytes:
        return self.secret.sign(head, BATCH_CONTEXT)


class Realm:
    """The log of an exchange, its fold, and everybody who signs."""

    def __init__(self, quorum: int = 2) -> None:
        self.minute = START
        self.anchor = anchor(quorum)
        self.fold = Fold(self.anchor, _VERIFIER)
        self.tree = Tree()
        self.records: list[LogRecord] = []
        self.actors: dict[str, Actor] = {}
        self.sequences: dict[tuple[Desk, Desk], tuple[int, Digest]] = {}
        self.agreement = ZERO_DIGEST
        for member in ("@c1", "@c2", "@c3", "@b1", "@b2"):
            self.add_actor(Desk(Member(member), Office.STATE), member)
        self.add_actor(AUDITOR, "@audit")

    def add_actor(self, desk: Desk, key: str) -> Actor:
        """Return an actor that signs with the composite key named `key`."""
        self.actors[str(desk)] = Actor(desk, composite(key))
        return self.actors[str(desk)]

    def actor(self, member: str, office: Office = Office.POLICE) -> Actor:
        """Return who signs for a desk; for `@` desks the office is theirs."""
        held = {actor.desk.member: actor for actor in self.actors.values()}
        found = self.actors.get(str(state_desk(member, office)))
        return found or held[Member(member)]

    def log(self, batch: Batch) -> Outcome:
        """Append a batch, fold it, and return what it did."""
        places = tuple(range(sum(isinstance(i.body, Envelope) for i in batch.items)))
        return self._append(record_of(batch, self.minute, places))

    def count(self, batch: Batch) -> Outcome:
        """Judge and append a batch that must count."""
        self.fold.judge(batch, self.minute)
        outcome = self.log(batch)
        assert outcome.counts, outcome.error
        return outcome

    def found(self) -> "Realm":
        """Take three states in, with keys and one agreement, as genesis does.

        It is done once a process, and repeated from the records after that.
        """
        founded = _founded(self.anchor.quorum)
        self.actors = {name: replace(actor) for name, actor in founded.actors.items()}
        self.agreement = founded.agreement
        for record in founded.records:
            self._append(record)
        return self

    def build(self) -> "Realm":
        """Do what `found` repeats."""
        for state in STATES:
            self.admit(state)
            self.key_desks(state)
        self.agree(STATES)
        return self

    def admit(self, state: str, offices: tuple[Office, ...] = OFFICES) -> None:
        """Let the council take a state in."""
        statement = membership(state, offices)
        self.count(self.actor("@c1").sign(item(statement)))
        self.count(
            self.actor("@c2").sign(item(Endorsement(digest(statement_bytes(statement)))))
        )
        self.add_actor(state_desk(state, Office.STATE), f"{state}/root")

    def key_desks(self, state: str) -> None:
        """Register SIGNING, WITNESS, SEALING and TLS keys of a state's desks."""
        desks = [state_desk(state, office) for office in OFFICES]
        items = [item(signing_key(desk, f"{desk}")) for desk in desks]
        items.append(item(witness_key(state_desk(state, Office.STATE))))
        self.count(self.actor(state, Office.STATE).sign(*items))
        for desk in desks:
            actor = self.add_actor(desk, f"{desk}")
            self.count(actor.sign(item(sealing(desk)), item(tls(desk))))

    def agree(self, states: tuple[str, ...]) -> None:
        """Bring one agreement between all police and judicial desks of states into force."""
        parties = [state_desk(s, o) for s in states for o in (Office.POLICE, Office.JUDICIAL)]
        statement = agreement(tuple(parties))
        self.agreement = digest(statement_bytes(statement))
        first, *others = [self.actors[str(party)] for party in parties]
        self.count(first.sign(item(statement)))
        for actor in others:
            self.count(actor.sign(item(Endorsement(self.agreement))))

    def envelope(self, sender: str, *recipients: Desk, number: int = 0) -> Envelope:
        """Return a sealed-looking notice, right in every check the log can make."""
        originator = state_desk(sender)
        filler, name = seed("filler", 32), f"{sender}/{recipients}/{number}"
        terms = seed(f"terms/{name}", ciphertext_size(TERMS.floor))
        content = seed(f"content/{name}", ciphertext_size(CONTENT.floor))
        stanzas = tuple(
            self._stanza(originator, desk, index * 2 % 3 + index // 3 * 3)
            for index, desk in enumerate(recipients)
        )
        size = recipients_size(len(stanzas))
        label = Label(
            suite=1,
            id=LabelId(seed(f"id/{name}", 16)),
            originator=originator,
            notice_id=NoticeId(seed(f"notice/{name}", 16)),
            version=1,
            commitment=Digest(seed(f"commitment/{name}", 32)),
            recipients_root=root(recipient_leaves(stanzas, filler, size)),
            recipients_size=size,
            agreement=self.agreement,
            urgent=False,
            issued=self.minute,
            expires=Day(day_of(self.minute) + 30),
            terms_digest=digest(terms),
            content_digest=digest(content),
            content_size=len(content),
        )
        return Envelope(label, label_bytes(label), terms, content, stanzas, filler)

    def notice(self, sender: str, *recipients: Desk, number: int = 0) -> Item:
        """Return such a notice as an item."""
        return label_item(self.envelope(sender, *recipients, number=number))

    def _append(self, record: LogRecord) -> Outcome:
        self.records.append(record)
        self.tree.append(leaf_hash(record.entry))
        return self.fold.apply(self.fold.size, record)

    def _stanza(self, originator: Desk, recipient: Desk, index: int) -> Stanza:
        pair = (originator, recipient)
        number, previous = self.sequences.get(pair, (0, ZERO_DIGEST))
        sealed = seed(f"sealed/{recipient}/{number}", 1168)
        name = KeyId(key_id(sealing_key(f"{recipient}")))
        return Stanza(recipient, name, number + 1, previous, index, sealed)


@cache
def _founded(quorum: int) -> Realm:
    return Realm(quorum).build()


def relabelled(envelope: Envelope, **changes: object) -> Item:
    """Return a notice whose label says something else, with all else as it was."""
    label = replace(envelope.label, **changes)  # type: ignore[arg-type]  # Tests choose names.
    return label_item(replace(envelope, label=label, label_bytes=label_bytes(label)))


def membership(
    state: str, offices: tuple[Office, ...] = OFFICES, replaces: Digest = ZERO_DIGEST
) -> MembershipStatement:
    public = composite(f"{state}/root").public
    until = Minute(START + 5 * 365 * MINUTES_A_DAY)
    name = f"State {state}"
    return MembershipStatement(Member(state), name, offices, public, START, until, replaces)


def signing_key(desk: Desk, key: str, replaces: Digest = ZERO_DIGEST) -> KeyStatement:
    secret, until = composite(key), Minute(START + 365 * MINUTES_A_DAY)
    bare = KeyStatement(desk, Role.SIGNING, secret.public, START, until, replaces)
    return replace(bare, possession=secret.sign(statement_bytes(bare), POSSESSION_CONTEXT))


def witness_key(desk: Desk) -> KeyStatement:
    secret, until = witness(f"{desk}"), Minute(START + 365 * MINUTES_A_DAY)
    bare = KeyStatement(desk, Role.WITNESS, secret.public, START, until, ZERO_DIGEST)
    return replace(bare, possession=secret.sign(statement_bytes(bare), POSSESSION_CONTEXT))


def sealing(desk: Desk, key: str = "", replaces: Digest = ZERO_DIGEST) -> KeyStatement:
    until = Minute(START + 14 * MINUTES_A_DAY)
    public = sealing_key(key or f"{desk}")
    return KeyStatement(desk, Role.SEALING, public, START, until, replaces)


def tls(desk: Desk, key: str = "", replaces: Digest = ZERO_DIGEST) -> KeyStatement:
    until = Minute(START + 89 * MINUTES_A_DAY)
    return KeyStatement(desk, Role.TLS, certificate(key or f"{desk}"), START, until, replaces)


def agreement(parties: tuple[Desk, ...], **changes: object) -> AgreementStatement:
    statement = AgreementStatement(
        id=seed("agreement", 16),
        parties=parties,
        instruments=("Treaty of the three rivers, art. 4",),
        formal=True,
        purposes=("investigation",),
        since=day_of(START),
        until=Day(day_of(START) + 3650),
        text=digest(b"the text"),
        replaces=ZERO_DIGEST,
        terms=canonical.to_bytes({"categories": []}),
    )
    return replace(statement, **changes)  # type: ignore[arg-type]  # Tests choose names.


def receipt(event: Event, subject: Digest, desk: Desk, **changes: object) -> Receipt:
    bare = Receipt(event, subject, desk, START, salt=seed("salt", 16))
    return replace(bare, **changes)  # type: ignore[arg-type]  # Tests choose names.
