"""The gateway's calls about drafts: import, type in, list, ask the law.

It promises that nothing of these leaves the node, and that a file that is imported lives in
memory only: no plaintext of a register touches a disk of the node.

Source: proto/valija/v1/gateway.proto; docs/architecture.md, What never happens, 3.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import IO

from node.convert.door import MAX_BYTES
from node.gateway import messages, words
from node.people.person import Person, Verb
from node.release.desk import ReleaseDesk
from node.release.intake import Intake
from node.release.preview import Asked, preview
from node.release.publishable import findings
from node.store import drafts
from node.store.database import Transaction
from valija.errors import AbsentError, LimitError, MalformedError, UnavailableError
from valija.v1 import gateway_pb2 as v1

_PAGE = 100
_MOST = 1000
_PATIENCE_S = 600.0
_IMPORTS = 2
"""Files held in memory at a time: 50 MB each, and what reading them takes."""


class Drafting:
    """Answers what callers ask about drafts."""

    def __init__(self, desk: ReleaseDesk, intake: Intake) -> None:
        self._desk = desk
        self._intake = intake
        self._imports = asyncio.Semaphore(_IMPORTS)

    async def import_file(
        self, person: Person, requests: AsyncIterator[v1.ImportRequest]
    ) -> AsyncIterator[v1.ImportResponse]:
        """Import a register's file; yields progress and at last the tally."""
        person.require(Verb.DRAFT)
        first = await anext(requests, None)
        if first is None:
            raise MalformedError("an import begins with a profile")
        language = words.language(first.language)
        async with self._imports:
            with os.fdopen(os.memfd_create("register"), "wb") as file:
                await _in_time(_filled(file, first.part, requests))
                path = Path(f"/proc/self/fd/{file.fileno()}")
                async for one in self._intake.import_file(person, first.profile, path):
                    for answer in messages.import_progress(one, language):
                        yield answer

    async def put_draft(
        self, person: Person, request: v1.PutDraftRequest
    ) -> v1.PutDraftResponse:
        """Keep a notice in native JSON as a draft."""
        name = await self._intake.type_in(person, request.notice)
        loaded = await self._desk.load(person, name)
        return v1.PutDraftResponse(id=name.hex(), blocking=findings(loaded))

    async def list_drafts(
        self, person: Person, request: v1.ListDraftsRequest
    ) -> v1.ListDraftsResponse:
        """Return a page of the desk's drafts."""
        person.require(Verb.READ_LISTS)
        limit = min(request.limit or _PAGE, _MOST)
        after = words.notice_id(request.after) if request.after else None

        def page(tx: Transaction) -> tuple[drafts.DraftLine, ...]:
            last = None if after is None else drafts.line(tx, after)
            if last is not None and last.desk != person.desk:
                raise AbsentError("no such draft")
            return drafts.page(tx, person.desk, last, limit)

        lines = await self._desk.parts.database.read(page)
        return v1.ListDraftsResponse(
            drafts=[messages.draft(line) for line in lines],
            after=lines[-1].notice.hex() if len(lines) == limit else "",
        )

    async def preflight(
        self, person: Person, request: v1.PreflightRequest
    ) -> v1.PreflightResponse:
        """Return what the law says of a draft; nothing leaves."""
        asked = Asked(
            recipients=words.desks(request.recipients),
            purpose=words.purpose(request.purpose),
            language=words.language(request.language),
        )
        found = await preview(self._desk, person, words.notice_id(request.draft), asked)
        return messages.preflight(found, asked.language)


async def _in_time(work: Coroutine[None, None, None]) -> None:
    """Wait for a caller to send his file, and not for ever: others wait for the place."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await work
    except TimeoutError as cause:
        raise UnavailableError("the file did not come to its end; nothing was kept") from cause


async def _filled(
    file: IO[bytes], first: bytes, requests: AsyncIterator[v1.ImportRequest]
) -> None:
    """Write what arrives, in order; stop as soon as it is more than a file may be."""
    size = file.write(first)
    async for request in requests:
        size += file.write(request.part)
        if size > MAX_BYTES:
            raise LimitError("a register's file has at most 50 MB; nothing was kept")
    file.flush()
