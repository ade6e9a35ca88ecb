"""Local accounts: enrolling, barring, and knowing a caller by his token.

It promises that a barred account opens no door from the minute it was barred, and that an
unknown, a malformed and a barred token are answered alike.

Source: docs/architecture.md, Engines (people).
"""

import re

from node.people.person import Person, PersonRole
from node.people.token import digest_of, mint
from node.store import people
from node.store.database import Transaction
from valija.clock import Clock, minute_of
from valija.errors import AbsentError, DuplicateError, MalformedError, SignatureError
from valija.ids import Desk

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9.-]{0,31}")
_TAKEN = frozenset({"node", "keeper"})
"""What the journal calls the node itself, and whoever holds its keys."""


def enrol(tx: Transaction, account: str, role: str, desk: Desk, clock: Clock) -> str:
    """Add an account and return its token, which is shown once and stored nowhere.

    Raises:
        MalformedError: The name or the role has not the right form.
        DuplicateError: The account is there already.
    """
    if not _ACCOUNT.fullmatch(account):
        raise MalformedError("an account is 1 to 32 of a-z, 0-9, dot and hyphen")
    if account in _TAKEN:
        raise MalformedError("the journal calls the node itself so; choose another name")
    if role not in PersonRole.__members__.values():
        raise MalformedError("a role is one of " + ", ".join(PersonRole))
    token = mint()
    row = people.Account(account, role, desk, None)
    if people.by_name(tx, account) is not None:
        raise DuplicateError("there is an account of this name; a name is never given twice")
    people.enrol(tx, row, digest_of(token), minute_of(clock.now()))
    return token


def recognise(tx: Transaction, token: str, clock: Clock) -> Person:
    """Return who calls with this token.

    Raises:
        SignatureError: Nobody, or nobody any more.
    """
    try:
        row = people.by_token(tx, digest_of(token))
    except AbsentError as cause:
        raise SignatureError("no account has this token") from cause
    if is_barred(row, clock):
        raise SignatureError("no account has this token")
    return Person(row.account, PersonRole(row.role), row.desk)


def is_barred(row: people.Account, clock: Clock) -> bool:
    """Tell whether an account has ended by now."""
    return row.barred is not None and row.barred <= minute_of(clock.now())
