"""Words that somebody gave or took back, as his node signs them, and what each is worth.

It promises that a word counts only once its signature holds over everything that its row says
(who, in which role, for which notice of which desk, what, how far, from when until when), by a
key that was in force at this desk in the minute it was given; and that a word which does not
count is called by its reason. A withdrawal needs no proof to close: what cannot be verified
never opens, and never keeps open.

    1. It is signed.                                    else unsigned
    2. By a key of this desk in force at its minute,
       over these very rows.                            else altered
    3. It says yes, and not to what was or has become
       his own work.                                    else refused, own
    4. Nobody took it back, and no withdrawal of this
       notice is missing beside the journal.            else withdrawn
    5. The draft is still the text it was given for.    else other_text
    6. It has begun, and has not ended.                 else not_yet, expired

Source: docs/policy.md, section 3; docs/envelope.md, section 5 (Words).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from node.preflight.evidence import Scope, parse_scope
from node.store.evidence import Evidence
from node.store.withdrawals import Withdrawal
from valija import canonical
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import AbsentError, MalformedError, SignatureError, VerificationError
from valija.ids import Desk, KeyId, digest
from valija.signature import WORD_CONTEXT, verify_composite

CONSENT = "consent_evidence"
"""The law's word for a person's consent; the draft says what was agreed to."""
_GIVEN = "valija/v1 word given"
_WITHDRAWN = "valija/v1 word withdrawn"
Sign = Callable[[bytes], tuple[KeyId, bytes]]
"""Signs a statement by a desk's key in force; returns its id, and 3373 bytes."""


class Worth(StrEnum):
    """What a word is worth now; only one of these counts."""

    COUNTS = "counts"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    REFUSED = "refused"
    OWN = "own"
    WITHDRAWN = "withdrawn"
    OTHER_TEXT = "other_text"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """A word whose signature holds.

    Attributes:
        row: As it stands in the store.
        scope: How far it reaches.
    """

    row: Evidence
    scope: Scope


@dataclass(frozen=True, slots=True)
class Bench:
    """What words about one notice are judged against.

    Attributes:
        desk: Whose draft it is, and whose key must have signed.
        directory: Which keys were in force when.
        now: The minute of judgement.
        content: Digest of the draft's text, in hexadecimal.
        withdrawn: Withdrawals about this notice, by word.
        torn: Fewer withdrawals stand here than the journal says were made.
        hands: Every account that by now wrote of the draft or ordered it.
    """

    desk: Desk
    directory: Directory
    now: Minute
    content: str
    withdrawn: Mapping[bytes, Withdrawal]
    torn: bool = False
    hands: frozenset[str] = frozenset()


def given_bytes(row: Evidence, desk: Desk) -> bytes:
    """Return what is signed when a word is given: canonical JSON."""
    return canonical.to_bytes(
        {
            "format": _GIVEN,
            "id": row.id.hex(),
            "desk": str(desk),
            "notice": row.notice.hex(),
            "token": row.token,
            "by": row.by,
            "role": row.role,
            "at": row.at,
            "until": row.until,
            "scope": digest(row.body).hex(),
        }
    )


def withdrawn_bytes(row: Withdrawal, desk: Desk) -> bytes:
    """Return what is signed when a word is taken back: canonical JSON."""
    return canonical.to_bytes(
        {
            "format": _WITHDRAWN,
            "evidence": row.evidence.hex(),
            "desk": str(desk),
            "notice": row.notice.hex(),
            "by": row.by,
            "role": row.role,
            "at": row.at,
            "reason": digest(row.reason).hex(),
        }
    )


def attest(row: Evidence, desk: Desk, sign: Sign) -> Evidence:
    """Return a word with the signature of the desk it is given at.

    Raises:
        AbsentError: This desk has no key in force: then the word is not given.
    """
    key, value = sign(given_bytes(row, desk))
    return replace(row, key_id=key, signature=value)


def attest_refusal(row: Evidence, desk: Desk, sign: Sign) -> Evidence:
    """Return a word of no with its signature, or without: what closes waits for no key."""
    try:
        return attest(row, desk, sign)
    except AbsentError:
        return row


def attest_withdrawal(row: Withdrawal, desk: Desk, sign: Sign) -> Withdrawal:
    """Return a withdrawal with its signature, or without: what closes waits for no key."""
    try:
        key, value = sign(withdrawn_bytes(row, desk))
    except AbsentError:
        return row
    return replace(row, key_id=key, signature=value)


def verify_evidence(row: Evidence, desk: Desk, directory: Directory) -> VerifiedEvidence:
    """Return a word once it is what somebody at this desk gave.

    A key that was succeeded counts for its own time; one that was revoked for none, because
    rows of this store stand in no log, and who stole it can write any minute.

    Raises:
        SignatureError: It is not signed, or by no key of this desk in force at its minute, or
            anything of it was altered.
        MalformedError: It is signed, and has no scope.
    """
    _verify(row, given_bytes(row, desk), desk, directory)
    return VerifiedEvidence(row, parse_scope(row.body))


def verify_withdrawal(row: Withdrawal, desk: Desk, directory: Directory) -> None:
    """Check that a withdrawal is what somebody at this desk said; it closes in any case.

    Raises:
        SignatureError: It is not signed, or by no key of this desk in force at its minute, or
            anything of it was altered.
    """
    _verify(row, withdrawn_bytes(row, desk), desk, directory)


def weigh(row: Evidence, bench: Bench) -> tuple[Worth, VerifiedEvidence | None]:
    """Return what a word is worth now (the clauses stand above), and itself if it verifies."""
    if row.signature is None or row.key_id is None:
        return Worth.UNSIGNED, None
    try:
        found = verify_evidence(row, bench.desk, bench.directory)
    except (VerificationError, MalformedError):
        return Worth.ALTERED, None
    return _standing(found, bench), found


def _standing(found: VerifiedEvidence, bench: Bench) -> Worth:
    row, scope = found.row, found.scope
    if not scope.yes:
        return Worth.REFUSED
    # Who vouches for a consent that the draft states is who orders it, and nobody's second.
    own = row.by in bench.hands and row.token != CONSENT
    if own or row.by in scope.hands:
        return Worth.OWN
    if bench.torn or row.id in bench.withdrawn:
        return Worth.WITHDRAWN
    if scope.content not in {"", bench.content}:
        return Worth.OTHER_TEXT
    if bench.now < row.at:
        return Worth.NOT_YET
    return Worth.EXPIRED if row.until is not None and bench.now >= row.until else Worth.COUNTS


def _verify(
    row: Evidence | Withdrawal, statement: bytes, desk: Desk, directory: Directory
) -> None:
    if row.signature is None or row.key_id is None:
        raise SignatureError("this word is not signed")
    key = directory.signing_key(desk, row.key_id, row.at)
    verify_composite(key.key, statement, row.signature, WORD_CONTEXT)
