"""The verbs of whoever keeps a node: accounts, and what is known of other desks.

It promises that these work on the node's own store with its own passphrase, so that whoever
can do them already holds the keys; and that each leaves a line in the journal.

Source: docs/architecture.md, The people (security officer); docs/content.md (risk.*).
"""

from argparse import Namespace

from rich.console import Console

from node.assembly import open_database, open_keystore
from node.config import Config
from node.journal import Act, Journal
from node.metrics import Metrics
from node.people import local
from node.people.person import PersonRole
from node.store import people, risks
from node.store.database import Database, Transaction
from node.terminal import render
from policies.vocabulary import LISTS
from valija.clock import MINUTES_A_DAY, Clock, Minute, minute_of
from valija.errors import BarredError, MalformedError
from valija.ids import Desk

_KEEPER = "keeper"
_MOST_DAYS = 366


def run(arguments: Namespace, config: Config, clock: Clock, console: Console) -> None:
    """Do one keeper's verb.

    Raises:
        ValijaError: What was refused, and why.
    """
    database = open_database(config, open_keystore(config), Metrics())
    try:
        record = _VERBS[arguments.verb](database, arguments, config, clock)
    finally:
        database.close()
    render.print_answer(console, record, as_json=arguments.json)


def _person(
    database: Database, arguments: Namespace, config: Config, clock: Clock
) -> dict[str, object]:
    if arguments.act == "list":
        rows = database.read_now(people.listing)
        return {row.account: f"{row.role} at {row.desk}{_barred(row)}" for row in rows}
    if not arguments.account:
        raise MalformedError("name the account")
    journal = Journal(database, clock)
    act = "enrolled" if arguments.act == "add" else "barred"
    line = journal.line(Act(_KEEPER, "security", act, arguments.account.encode(), ""))
    if arguments.act == "bar":

        def bar(tx: Transaction) -> None:
            people.bar(tx, arguments.account, minute_of(clock.now()))
            line(tx)

        database.write_now("person", bar)
        return {"barred": arguments.account}
    desk = Desk.parse(arguments.desk)
    if desk not in config.desks:
        raise MalformedError(f"{desk} is no desk of this node")

    def add(tx: Transaction) -> str:
        token = local.enrol(tx, arguments.account, arguments.role, desk, clock)
        line(tx)
        return token

    token = database.write_now("person", add)
    return {"account": arguments.account, "token": token, "note": "the token is shown once"}


def _risk(
    database: Database, arguments: Namespace, _config: Config, clock: Clock
) -> dict[str, object]:
    if arguments.torture not in LISTS["Torture"]:
        raise MalformedError("torture: one of " + ", ".join(LISTS["Torture"]))
    if not 1 <= arguments.days <= _MOST_DAYS:
        raise MalformedError(f"days: 1 to {_MOST_DAYS}")
    now = minute_of(clock.now())
    rows = [_risk_row(Desk.parse(text), arguments, now) for text in arguments.desks]
    journal = Journal(database, clock)
    lines = [
        journal.line(Act(row.account, "prosecutor", "stated", row.desk.to_bytes(), ""))
        for row in rows
    ]

    def state(tx: Transaction) -> None:
        _require_prosecutor(tx, arguments.by, clock)
        for row in rows:
            risks.put(tx, row)
        for line in lines:
            line(tx)

    database.write_now("risk", state)
    return {"stated": [str(row.desk) for row in rows], "days": arguments.days}


def _require_prosecutor(tx: Transaction, account: str, clock: Clock) -> None:
    """Refuse a signature of somebody who is no prosecutor here, or not any more."""
    row = people.by_name(tx, account)
    if row is None or row.role != PersonRole.PROSECUTOR or local.is_barred(row, clock):
        raise BarredError(
            f"{account} is no prosecutor's account of this node; nothing was kept"
        )


def _risk_row(desk: Desk, arguments: Namespace, now: Minute) -> risks.RiskRow:
    return risks.RiskRow(
        desk=desk,
        torture=arguments.torture,
        persecution=arguments.persecution,
        compromised=arguments.compromised,
        account=arguments.by,
        until=Minute(now + arguments.days * MINUTES_A_DAY),
    )


def _barred(row: people.Account) -> str:
    return " (barred)" if row.barred is not None else ""


_VERBS = {"person": _person, "risk": _risk}
