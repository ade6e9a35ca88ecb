"""Every call of the gateway answers alike: there is none, and there is one that is not yours.

Each request is made at two nodes, where the police desk has nothing and where it has what is
asked for, by accounts that may not know of it: another desk's, and the police's own in a role
that has no such verb. Compared are bytes, status, details, both metadata, the lines of the log,
the journal, and the statements that the store was asked. A method of the protocol without a
case fails.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from sqlalchemy import event
from structlog.testing import capture_logs

from node.gateway import SERVICE
from node.store import journal
from tests.node.exchange import Exchange
from tests.node.gateway.counter import Counter
from tests.node.gateway.worlds import Situation, both
from tests.node.offices import draft, text
from valija.v1 import gateway_pb2 as v1

LANGUAGES = ("es", "en", "pt", "fr")
METHODS = v1.DESCRIPTOR.services_by_name["GatewayService"].methods_by_name
ELSEWHERE = "j.other"
PURPOSE = "criminal_investigation"
BARRED = {
    "PutDraft": ("m.sosa", "a.audit", "s.keys"),
    "ListDrafts": ("s.keys",),
    "Preflight": ("a.audit", "s.keys"),
    "Send": ("m.sosa", "a.audit", "s.keys"),
    "Approve": ("r.quispe", "a.audit", "s.keys"),
    "ListHolds": ("s.keys",),
    "ListWords": ("s.keys",),
    "Withdraw": ("a.audit", "s.keys"),
    "ListOwed": ("s.keys",),
    "ListInbox": ("s.keys",),
    "Show": ("a.audit", "s.keys"),
    "Status": ("s.keys",),
    "TakeDecisions": ("r.quispe", "m.sosa", "d.luna", "s.keys"),
    "Import": ("m.sosa", "a.audit", "s.keys"),
}
"""Accounts of the police desk in a role without the verb: to them too, nothing is held."""
Requests = list[list[Message]]


def _send(lang: str, *drafts: str) -> list[Message]:
    to = ["BR/police"]
    return [v1.SendRequest(drafts=drafts, recipients=to, purpose=PURPOSE, language=lang)]


def _approve(at: Situation, lang: str) -> Requests:
    hold, asked = at.things.hold, "approval:second_person"
    return [
        [v1.ApproveRequest(hold=hold, condition=asked, yes=yes, reason="seen", language=lang)]
        for yes in (True, False)
    ]


def _import(at: Situation, lang: str) -> Requests:
    # One message: a caller who is refused amid his writing hears of that in his own library.
    return [[v1.ImportRequest(profile=at.profile, language=lang, part=at.register)]]


CASES: dict[str, Callable[[Situation, str], Requests]] = {
    "PutDraft": lambda _, _lang: [[v1.PutDraftRequest(notice=text(draft()))]],
    "ListDrafts": lambda at, _: [
        [v1.ListDraftsRequest()],
        [v1.ListDraftsRequest(after=at.things.draft)],
    ],
    "Preflight": lambda at, lang: [
        [v1.PreflightRequest(draft=at.things.draft, language=lang)],
        [v1.PreflightRequest(draft=at.things.draft, recipients=["BR/police"], purpose=PURPOSE)],
    ],
    "Send": lambda at, lang: [
        _send(lang, at.things.draft),
        _send(lang, at.own, at.things.draft),
    ],
    "Approve": _approve,
    "ListHolds": lambda _, lang: [[v1.ListHoldsRequest(language=lang)]],
    "ListWords": lambda at, lang: [[v1.ListWordsRequest(draft=at.things.draft, language=lang)]],
    "Withdraw": lambda at, lang: [
        [v1.WithdrawRequest(word=word, reason=reason, language=lang)]
        for word in (at.things.word, at.things.withdrawn)
        for reason in ("she asked for it", "")
    ],
    "ListOwed": lambda at, lang: [
        [v1.ListOwedRequest(language=lang)],
        [v1.ListOwedRequest(notice=at.things.draft, language=lang)],
    ],
    "ListInbox": lambda _, lang: [
        [v1.ListInboxRequest(after=after, limit=limit, language=lang)]
        for after in (0, 2, 3, 4, 6)
        for limit in (0, 1, 2)
    ],
    "Show": lambda at, lang: [
        [v1.ShowRequest(id=name, purpose=purpose, language=lang)]
        for name in at.things.labels
        for purpose in (PURPOSE, "prosecution")
    ],
    "Status": lambda at, lang: [
        [v1.StatusRequest(language=lang)],
        [v1.StatusRequest(notice=at.things.draft, language=lang)],
    ],
    "TakeDecisions": lambda at, _: [
        [v1.TakeDecisionsRequest()],
        [v1.TakeDecisionsRequest(notice=at.things.draft)],
    ],
    "Import": _import,
}


@dataclass
class Seen:
    """Everything that a call leaves with whoever made it, and behind the door."""

    code: object = grpc.StatusCode.OK
    details: str = ""
    initial: tuple[object, ...] = ()
    trailing: tuple[object, ...] = ()
    answers: list[Message] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    log: list[object] = field(default_factory=list)
    journal: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(name="situations")
async def _situations(
    learned: Exchange, tmp_path: Path
) -> AsyncIterator[tuple[Situation, Situation]]:
    async with both(learned, tmp_path) as found:
        yield found


def test_every_method_of_the_protocol_has_a_case() -> None:
    assert set(METHODS) == set(CASES) == set(BARRED)


async def test_what_another_desk_has_is_not_told_from_what_nobody_has(
    situations: tuple[Situation, Situation],
) -> None:
    bare, full = situations
    for method, language in product(CASES, LANGUAGES):
        requests = CASES[method]
        pairs = zip(requests(bare, language), requests(full, language), strict=True)
        for nothing, something in pairs:
            expected = await seen(bare, ELSEWHERE, method, nothing)
            assert expected == await seen(full, ELSEWHERE, method, something), method


async def test_a_role_without_the_verb_does_not_learn_whether_there_is_something(
    situations: tuple[Situation, Situation],
) -> None:
    bare, full = situations
    for method, accounts in BARRED.items():
        for account in accounts:
            for nothing, something in zip(
                CASES[method](bare, "es"), CASES[method](full, "es"), strict=True
            ):
                expected = await seen(bare, account, method, nothing)
                assert grpc.StatusCode.PERMISSION_DENIED is expected.code, (method, account)
                assert expected == await seen(full, account, method, something), method


async def test_the_comparison_would_see_what_is_the_callers_own(
    situations: tuple[Situation, Situation],
) -> None:
    """Prove the case table live: to the desk that has it, each of these tells the two apart."""
    bare, full = situations
    told = {
        method
        for method, account in _OWNERS.items()
        for nothing, something in zip(
            CASES[method](bare, "en"), CASES[method](full, "en"), strict=True
        )
        if await seen(bare, account, method, nothing)
        != await seen(full, account, method, something)
    }
    assert set(_OWNERS) == told


_OWNERS = {
    "ListDrafts": "r.quispe",
    "Preflight": "r.quispe",
    "Send": "r.quispe",
    "ListHolds": "r.quispe",
    "ListWords": "r.quispe",
    "ListOwed": "r.quispe",
    "ListInbox": "r.quispe",
    "Show": "r.quispe",
    "Status": "r.quispe",
    "Withdraw": "d.luna",
    "Approve": "m.sosa",
    "TakeDecisions": "a.audit",
    "Import": "r.quispe",
}


async def seen(at: Situation, account: str, method: str, requests: list[Message]) -> Seen:
    """Make a call, and return all that can be seen of it."""
    node, found = at.counter.bureau.node, Seen()
    before = len(_lines(at))
    engine = node.parts.database._engine
    with capture_logs() as log, _listening(engine, found.asked):
        await _call(at.counter, account, (method, requests), found)
    found.log = [{key: line[key] for key in sorted(line)} for line in log]
    found.journal = _lines(at)[before:]
    return found


async def _call(
    counter: Counter, account: str, what: tuple[str, list[Message]], found: Seen
) -> None:
    method, requests = what
    token = counter.bureau.tokens[account]
    credentials = grpc.ssl_channel_credentials(counter.certificate)
    async with grpc.aio.secure_channel(counter.address, credentials) as channel:
        # On the wire one message of a unary call is a stream of one.
        call: Any = channel.stream_stream(f"/{SERVICE}/{method}")
        stream = call(metadata=(("authorization", f"Bearer {token}"),))
        with suppress(grpc.aio.AioRpcError):  # Who is refused may not come to say it all.
            for request in requests:
                await stream.write(request.SerializeToString())
            await stream.done_writing()
        with suppress(grpc.aio.AioRpcError):
            while (data := await stream.read()) is not grpc.aio.EOF:
                found.sizes.append(len(data))
                found.answers.append(_plain(method, data))
        found.code, found.details = await stream.code(), await stream.details()
        found.initial = tuple(await stream.initial_metadata())
        found.trailing = tuple(await stream.trailing_metadata())


def _plain(method: str, data: bytes) -> Message:
    """Return an answer without what is drawn or timed for the caller's own draft."""
    answer: Any = getattr(v1, METHODS[method].output_type.name).FromString(data)
    if method == "PutDraft":
        answer.id = ""
    if method == "ListDrafts":
        for one in answer.drafts:
            one.id, one.made, one.changed = "", 0, 0
    return answer  # type: ignore[no-any-return]  # A generated message.


@contextmanager
def _listening(engine: Any, asked: list[str]) -> Iterator[None]:  # noqa: ANN401  # SQLAlchemy's.
    def hear(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _lines(at: Situation) -> list[tuple[str, ...]]:
    rows = at.counter.bureau.read(lambda tx: journal.page(tx, 0, 1000))
    return [(row.who, row.role, row.act, row.purpose) for row in sorted(rows, key=_number)]


def _number(row: journal.Row) -> int:
    return row.number
