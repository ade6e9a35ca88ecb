"""The gateway's call by which an auditor takes decisions out.

It promises one message a decision, in the order of their making, so that no message outgrows
what a caller takes, whatever number of recipients a notice has.

Source: proto/valija/v1/gateway.proto; docs/policy.md, section 13.
"""

from collections.abc import AsyncIterator

from node.gateway import words
from node.people.person import Person
from node.release.docket import Docket, Wanted
from valija.clock import Minute
from valija.v1 import gateway_pb2 as v1


class Taking:
    """Answers who takes decisions."""

    def __init__(self, docket: Docket) -> None:
        self._docket = docket

    async def take_decisions(
        self, person: Person, request: v1.TakeDecisionsRequest
    ) -> AsyncIterator[v1.TakeDecisionsResponse]:
        """Yield every decision asked for."""
        notice = words.notice_id(request.notice) if request.notice else None
        wanted = Wanted(Minute(request.since), notice)
        async for kept, recorded in self._docket.take(person, wanted):
            for name, record in recorded.decisions.items():
                yield v1.TakeDecisionsResponse(
                    decision=kept.digest.hex(),
                    salt=recorded.salt,
                    notice=kept.notice.hex(),
                    made=kept.made,
                    name=name,
                    record=record,
                )
