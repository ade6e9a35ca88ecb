"""The officers' verbs: each one call of the gateway, and its answer for a person or as JSON.

It promises that the terminal can do nothing that the gateway does not allow the account.

Source: docs/console.md, The terminal.
"""

import os
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from node.config import Config
from node.gateway.caller import ApproveRequest, Caller, Record, SendRequest
from node.gateway.certificate import pinned
from node.terminal import account, docket, render, wordlist
from node.terminal.language import language
from node.terminal.matrix import matrix
from node.terminal.opened import notice
from node.terminal.reader import Reader
from node.terminal.record import rows
from valija.clock import day_from
from valija.errors import MalformedError

_TOKEN_FILE = "VALIJA_TOKEN_FILE"  # noqa: S105  # The name of a variable, not a token.


def run(arguments: Namespace, config: Config, console: Console) -> None:
    """Do one officer's verb.

    Raises:
        ValijaError: What the node refused, or why it could not be asked.
    """
    reader = Reader(language(arguments, os.environ))
    arguments.language = reader.language
    caller = Caller(str(config.gateway), pinned(config.keys), _token(arguments.token_file))
    try:
        if arguments.verb == "import":
            _import(caller, arguments, console, reader)
            return
        call, show = _VERBS[arguments.verb]
        answer = _answer(call, caller, arguments)
        if arguments.json:
            render.print_json(console, answer)
        else:
            show(console, answer, reader)
    finally:
        caller.close()


def _answer(call: "_Call", caller: Caller, arguments: Namespace) -> Record:
    try:
        return call(caller, arguments)
    except ValueError as cause:  # Of a message: a number that it cannot hold, half a character.
        raise MalformedError("an argument is no text or number that a node takes") from cause


def _token(path: Path | None) -> str:
    file = path or Path(os.environ.get(_TOKEN_FILE, ""))
    try:
        token = file.read_bytes().strip().decode("ascii")
    except (OSError, UnicodeDecodeError) as cause:
        raise MalformedError(
            "no token: name its file with --token-file or in VALIJA_TOKEN_FILE"
        ) from cause
    if not token.isprintable():
        raise MalformedError("the token's file holds more than a token")
    return token


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise MalformedError(f"{path.name}: this file cannot be read") from cause


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8")
    except UnicodeDecodeError as cause:
        raise MalformedError(f"{path.name}: this file is not UTF-8") from cause


def _check_file(path: Path) -> None:
    """Refuse a register's file that cannot be read, before a call is begun."""
    try:
        with path.open("rb"):
            return
    except OSError as cause:
        raise MalformedError(f"{path.name}: this file cannot be read") from cause


def _import(caller: Caller, arguments: Namespace, console: Console, reader: Reader) -> None:
    profile = _text(arguments.profile)
    _check_file(arguments.file)
    answers = caller.import_file(arguments.file, profile, arguments.language)
    notes: list[Record] = []
    last: Record = {"read": 0}
    bar = Progress(console=console, disable=arguments.json or not console.is_terminal)
    with bar:
        task = bar.add_task(reader.say("reading"), total=None)
        for last in answers:
            notes += [dict(note) for note in rows(last, "notes")]
            bar.update(task, completed=int(str(last["read"])))
    if arguments.json:
        render.print_json(console, {**last, "notes": notes})
    else:
        account.tally(console, last, reader)
        account.notes(console, notes, reader)


def _put_draft(caller: Caller, arguments: Namespace) -> Record:
    return caller.put_draft(_read(arguments.file))


def _list_drafts(caller: Caller, arguments: Namespace) -> Record:
    return caller.list_drafts(arguments.after, arguments.limit)


def _preflight(caller: Caller, arguments: Namespace) -> Record:
    return caller.preflight(
        arguments.draft, arguments.to, arguments.purpose, arguments.language
    )


def _send(caller: Caller, arguments: Namespace) -> Record:
    return caller.send(
        SendRequest(
            drafts=arguments.drafts,
            recipients=arguments.to,
            purpose=arguments.purpose,
            urgent=arguments.urgent,
            awaited=arguments.wait_for,
            now=arguments.now,
            language=arguments.language,
        )
    )


def _approve(caller: Caller, arguments: Namespace) -> Record:
    return caller.approve(
        ApproveRequest(
            hold=arguments.hold,
            condition=arguments.condition,
            yes=not arguments.no,
            reason=arguments.reason,
            until=_day(arguments.until),
            language=arguments.language,
        )
    )


def _day(text: str) -> int:
    """Return a day as the gateway counts it; 0 for none."""
    try:
        return day_from(date.fromisoformat(text)) if text else 0
    except ValueError as cause:
        raise MalformedError("--until: a day is written YYYY-MM-DD") from cause


def _list_holds(caller: Caller, arguments: Namespace) -> Record:
    return caller.list_holds(arguments.language)


def _list_words(caller: Caller, arguments: Namespace) -> Record:
    return caller.list_words(arguments.draft, arguments.language)


def _withdraw(caller: Caller, arguments: Namespace) -> Record:
    return caller.withdraw(arguments.word, arguments.reason, arguments.language)


def _list_owed(caller: Caller, arguments: Namespace) -> Record:
    return caller.list_owed(arguments.notice, arguments.language)


def _list_inbox(caller: Caller, arguments: Namespace) -> Record:
    return caller.list_inbox(arguments.after, arguments.limit, arguments.language)


def _show(caller: Caller, arguments: Namespace) -> Record:
    return caller.show(arguments.id, arguments.purpose, arguments.language)


def _status(caller: Caller, arguments: Namespace) -> Record:
    return caller.status(arguments.notice, arguments.language)


_Call = Callable[[Caller, Namespace], Record]
_Show = Callable[[Console, Record, Reader], None]


_VERBS: dict[str, tuple[_Call, _Show]] = {
    "draft": (_put_draft, render.draft),
    "drafts": (_list_drafts, render.drafts),
    "preflight": (_preflight, matrix),
    "send": (_send, render.states),
    "holds": (_list_holds, render.holds),
    "approve": (_approve, render.states),
    "words": (_list_words, wordlist.words),
    "withdraw": (_withdraw, wordlist.withdrawn),
    "owed": (_list_owed, wordlist.owed),
    "decisions": (docket.take, render.decisions),
    "inbox": (_list_inbox, render.inbox),
    "show": (_show, notice),
    "status": (_status, render.status),
}
