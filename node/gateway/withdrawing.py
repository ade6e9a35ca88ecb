"""The gateway's calls about words: which were given, taking one back, what is owed for it.

It promises that the reason or reference of a word does not pass this door, and that what a
withdrawal left behind is in the answer that confirms it.

Source: proto/valija/v1/gateway.proto; docs/coordination.md, Recall.
"""

from collections.abc import Awaitable, Callable

from node.gateway import words
from node.people.person import Person
from node.release.owed import Recall
from node.release.withdrawer import Given, Withdrawer
from node.release.wording import sentence
from node.states import sentence as state_sentence
from valija.ids import NoticeId
from valija.v1 import gateway_pb2 as v1

States = Callable[[NoticeId, str], Awaitable[list[v1.RecipientState]]]
"""Returns the one state of a notice towards each recipient, in a language."""


class Withdrawing:
    """Answers what callers ask about words."""

    def __init__(self, withdrawer: Withdrawer, states: States) -> None:
        self._withdrawer = withdrawer
        self._states = states

    async def list_words(
        self, person: Person, request: v1.ListWordsRequest
    ) -> v1.ListWordsResponse:
        """Return every word about a draft, each with what it is worth."""
        language = words.language(request.language)
        found = await self._withdrawer.given(person, words.notice_id(request.draft))
        return v1.ListWordsResponse(words=[_word(one, language) for one in found])

    async def withdraw(
        self, person: Person, request: v1.WithdrawRequest
    ) -> v1.WithdrawResponse:
        """Take a word back, and say what became of its orders and what is owed."""
        language = words.language(request.language)
        name = words.word_id(request.word)
        notice = await self._withdrawer.withdraw(person, name, request.reason)
        owed = await self._withdrawer.owed(person, notice)
        return v1.WithdrawResponse(
            states=await self._states(notice, language),
            owed=[_owed(one, language) for one in owed.rows],
        )

    async def list_owed(
        self, person: Person, request: v1.ListOwedRequest
    ) -> v1.ListOwedResponse:
        """Return what is owed a recall."""
        language = words.language(request.language)
        notice = words.notice_id(request.notice) if request.notice else None
        owed = await self._withdrawer.owed(person, notice)
        return v1.ListOwedResponse(
            owed=[_owed(one, language) for one in owed.rows], total=owed.total
        )


def _word(one: Given, language: str) -> v1.Word:
    row, scope = one.row, one.scope
    return v1.Word(
        id=row.id.hex(),
        draft=row.notice.hex(),
        condition=row.token,
        by=row.by,
        role=row.role,
        since=row.at,
        until=row.until or 0,
        recipients=scope.desks or scope.recipients if scope else (),
        purposes=scope.purposes if scope else (),
        worth=one.worth,
        sentence=sentence(one.worth, language),
        withdrawn=one.withdrawn or 0,
    )


def _owed(one: Recall, language: str) -> v1.Owed:
    row = one.owed
    return v1.Owed(
        notice=row.notice.hex(),
        recipient=str(row.recipient),
        version=row.version,
        label=row.label.hex(),
        sent=row.signed,
        state=one.state.code,
        sentence=state_sentence(one.state.code, language),
        shown=one.shown,
        word=row.evidence.hex(),
        condition=one.condition,
        withdrawn=row.withdrawn,
    )
