"""The gateway's calls about what arrived: list, and open.

It promises that opening is an act: by a named account, in a role, for the purpose that the
notice was sent for, in the journal before a word is shown, and receipted to the originator.

Source: proto/valija/v1/gateway.proto; docs/architecture.md, The journey, 9 and 10.
"""

from node.gateway import arrivals, words
from node.inbox import Inbox
from node.inbox import Person as Reader
from node.notice.reading import read
from node.people.person import Person, Verb
from node.store import received
from node.store.database import Database, Transaction
from valija.errors import HeldError, MalformedError
from valija.ids import Digest
from valija.v1 import gateway_pb2 as v1

_PAGE = 100
_MOST = 1000
_LAST = 2**63 - 1


class Receiving:
    """Answers what callers ask about what arrived."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self._database = database
        self._inbox = inbox

    async def list_inbox(
        self, person: Person, request: v1.ListInboxRequest
    ) -> v1.ListInboxResponse:
        """Return a page of the desk's inbox, newest first."""
        person.require(Verb.READ_LISTS)
        language = words.language(request.language)
        limit = min(request.limit or _PAGE, _MOST)
        if request.after > _LAST:
            raise MalformedError("after: a number that a list ended with")

        def page(tx: Transaction) -> tuple[int, tuple[received.Arrival, ...]]:
            end = received.count(tx, person.desk) + 1
            rows = received.page(tx, person.desk, request.after, limit)
            return min(request.after or end, end) - len(rows), rows

        place, rows = await self._database.read(page)
        return v1.ListInboxResponse(
            notices=[arrivals.received(row, language) for row in rows],
            after=place if len(rows) == limit else 0,
        )

    async def show(self, person: Person, request: v1.ShowRequest) -> v1.ShowResponse:
        """Open a received notice, for a purpose."""
        person.require(Verb.OPEN_NOTICE)
        purpose = words.purpose(request.purpose)
        if not purpose:
            raise MalformedError("purpose: opening a notice needs one")
        label = words.label_digest(request.id)
        reader = Reader(person.account, person.role)
        await self._require_purpose(person, label, purpose)
        opened = await self._inbox.open_notice(person.desk, label, reader, purpose)
        arrival = await self._database.read(lambda tx: received.find(tx, person.desk, label))
        facts = [(one.path, one.form.name.lower(), one.content) for one in opened.facts]
        return v1.ShowResponse(
            notice=arrivals.received(arrival, words.language(request.language)),
            handling=opened.terms.handling,
            duties=opened.terms.duties,
            basis=opened.terms.basis,
            retain_until=opened.terms.retain_until,
            items=arrivals.shown(read(facts)),
        )

    async def _require_purpose(self, person: Person, label: Digest, purpose: str) -> None:
        """Refuse another use than the notice was sent for: that needs its originator.

        What is not let in yet has no purpose here; the inbox refuses it by itself.
        """
        arrival = await self._database.read(lambda tx: received.find(tx, person.desk, label))
        if arrival.state == received.KEPT and arrival.purpose != purpose:
            raise HeldError(
                f"it was sent for {arrival.purpose}; another use needs its originator's "
                "consent; nothing was opened",
                ("originator_consent",),
            )
