"""The end of sealed contents: the broker's copy goes when no notice in it can still be due.

It promises that content appended a month ago is deleted within the hour, where the spool's
engine does not do so by itself, and that none goes while its label could say otherwise: a
label lives 30 days at most. The log stays for ever; it holds digests only.

Source: docs/architecture.md, "The order of record" (ends within 30 days); docs/envelope.md,
section 3.5, step 4 (`expires`).
"""

import asyncio

import structlog

from broker.logs import CONTENTS_EXPIRED, ENGINE_AWAY
from broker.spool import Spool
from valija.clock import Clock, Day, day_of, minute_of
from valija.errors import UnavailableError

_DAYS = 30
_PAUSE_S = 3600.0


class Expiry:
    """Deletes what has ended, now and every hour."""

    def __init__(self, spool: Spool, clock: Clock) -> None:
        self._spool = spool
        self._clock = clock
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            try:
                await self.expire()
            except UnavailableError:
                self._log.warning(ENGINE_AWAY)
            await asyncio.sleep(_PAUSE_S)

    async def expire(self) -> None:
        """Delete what was appended more than 30 days before today.

        Content is appended before its record, so its label may live into the next day.

        Raises:
            UnavailableError: The spool does not answer.
        """
        today = day_of(minute_of(self._clock.now()))
        await self._spool.expire(Day(today - _DAYS))
        self._log.debug(CONTENTS_EXPIRED)
