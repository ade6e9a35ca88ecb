"""The gateway's calls about release: send, approve, what waits, what became of it.

It promises that each answer is the one state of a notice towards each recipient, with the
articles and conditions that hold it.

Source: proto/valija/v1/gateway.proto; docs/coordination.md, One state per recipient.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from node.gateway import messages, words
from node.people.person import Person, Verb
from node.preflight.question import SECOND_PERSON
from node.release.approver import Approver
from node.release.desk import ReleaseDesk
from node.release.order import Order
from node.release.sender import Sender
from node.release.word import Word
from node.states import RecipientState
from node.store import decisions, drafts
from node.store.database import Transaction
from valija.clock import Day
from valija.errors import AbsentError, LimitError, MalformedError
from valija.ids import NoticeId
from valija.v1 import gateway_pb2 as v1

_MOST_DRAFTS = 4096


class Releasing:
    """Answers what callers ask about release."""

    def __init__(
        self,
        desk: ReleaseDesk,
        sender: Sender,
        approver: Approver,
        troubles: Callable[[], Sequence[str]],
    ) -> None:
        self._desk = desk
        self._sender = sender
        self._approver = approver
        self._troubles = troubles

    async def send(self, person: Person, request: v1.SendRequest) -> v1.SendResponse:
        """Release drafts as far as the law lets them go now."""
        if not 1 <= len(request.drafts) <= _MOST_DRAFTS:
            raise LimitError("one call sends 1 to 4,096 drafts; nothing was sent")
        if request.now and request.awaited:
            raise MalformedError("wait for conditions, or send now: not both; nothing was sent")
        awaited = () if request.now else (SECOND_PERSON, *request.awaited)
        order = Order(
            recipients=words.desks(request.recipients),
            purpose=words.purpose(request.purpose),
            urgent=request.urgent,
            awaited=frozenset(awaited),
        )
        language = words.language(request.language)
        notices = list(dict.fromkeys(words.notice_id(text) for text in request.drafts))
        sent = await self._sender.send(person, notices, order)
        states = [
            row
            for notice in notices
            for row in await self._rows(notice, sent[notice], language)
        ]
        return v1.SendResponse(states=states)

    async def approve(self, person: Person, request: v1.ApproveRequest) -> v1.ApproveResponse:
        """Take a second person's word, and carry the order on."""
        word = Word(request.condition, request.yes, request.reason, Day(request.until))
        language = words.language(request.language)
        hold = words.hold_id(request.hold)
        notice, states = await self._approver.answer(person, hold, word)
        return v1.ApproveResponse(states=await self._rows(notice, states, language))

    async def list_holds(
        self, person: Person, request: v1.ListHoldsRequest
    ) -> v1.ListHoldsResponse:
        """Return what waits at the caller's desk, oldest first."""
        language = words.language(request.language)
        holds = await self._approver.waiting(person)

        def authors(tx: Transaction) -> list[str]:
            return [drafts.line(tx, one.notice).author for one in holds]

        by = await self._desk.parts.database.read(authors)
        cite = self._desk.law.words.cite
        found = [
            messages.hold(replace(one, article=cite(one.article, language)), who, language)
            for one, who in zip(holds, by, strict=True)
        ]
        return v1.ListHoldsResponse(holds=found)

    async def status(self, person: Person, request: v1.StatusRequest) -> v1.StatusResponse:
        """Return what became of a notice, and how the node fares."""
        person.require(Verb.READ_LISTS)
        language = words.language(request.language)
        knowledge = self._desk.parts.knowledge
        answer = v1.StatusResponse(
            troubles=self._troubles(), log_size=knowledge.size, log_read=knowledge.read
        )
        if request.notice:
            notice = words.notice_id(request.notice)
            await self._require_own(person, notice)
            states = await self._sender.states(notice)
            answer.states.extend(await self._rows(notice, states, language))
        return answer

    async def states(self, notice: NoticeId, language: str) -> list[v1.RecipientState]:
        """Return the one state of a notice towards each recipient, with why it waits."""
        return await self._rows(notice, await self._sender.states(notice), language)

    async def _require_own(self, person: Person, notice: NoticeId) -> None:
        line = await self._desk.parts.database.read(lambda tx: drafts.line(tx, notice))
        if line.desk != person.desk:
            raise AbsentError("no such draft")

    async def _rows(
        self, notice: NoticeId, states: Sequence[RecipientState], language: str
    ) -> list[v1.RecipientState]:
        cite = self._desk.law.words.cite
        why = await self._desk.parts.database.read(
            lambda tx: _reasons(tx, notice, lambda text: cite(text, language))
        )
        return [messages.state(notice, one, why, language) for one in states]


def _reasons(tx: Transaction, notice: NoticeId, cite: Callable[[str], str]) -> messages.Reasons:
    standings = [one for one in decisions.standings(tx, notice) if one.rank != "allowed"]
    waits = [hold for hold in decisions.holds(tx, notice) if hold.closed is None]
    return messages.Reasons(
        citations={one.recipient: tuple(map(cite, one.citations)) for one in standings},
        conditions={
            one.recipient: tuple(
                hold.condition for hold in waits if hold.recipient == one.recipient
            )
            for one in standings
        },
    )
