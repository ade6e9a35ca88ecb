"""The consent that a draft states, signed by the node when its officer orders the draft to go.

It promises that nothing leaves on a consent without a signed word of who stated it: for which
persons, purposes and states, until when, given by whom, of which text. What was agreed to, the
draft says; whether it covers a recipient, the law.

Source: docs/law.md, section 2 (consent); Third Plan, principle xii.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from secrets import token_bytes

from node.notice.people import people
from node.people.person import Person
from node.preflight.draft import Consented
from node.preflight.evidence import Scope
from node.release.attested import CONSENT, Sign, VerifiedEvidence, attest
from node.release.filed import Filed
from node.release.loaded import Loaded
from node.store.evidence import Evidence
from policies.facts import Person as Subject
from valija.clock import MINUTES_A_DAY, Minute, date_of, day_from, day_of

_ID_BYTES = 16


def state_consent(
    person: Person, loaded: Loaded, now: Minute, sign: Sign
) -> tuple[Loaded, Evidence | None]:
    """Return a draft with the consent that it states as its officer vouches for it now.

    Args:
        person: Who orders it to go.
        loaded: The draft.
        now: The minute of the order.
        sign: Signs for his desk.

    Returns:
        The draft as the law is to be asked about it, and the word to keep; None where there
        is nothing to sign: no consent, one that was withdrawn, or one that is on file.
    """
    given = [one for one in people(loaded.draft.notice) if one.consent.status == "given"]
    on_file = any(one.token == CONSENT for one in loaded.evidence)
    if not given or on_file or loaded.consent is Consented.WITHDRAWN:
        return loaded, None
    row = attest(_row(person, loaded, given, now), person.desk, sign)
    filed = Filed.of(VerifiedEvidence(row, _scope(loaded, given, now)))
    stated = replace(loaded, evidence=(*loaded.evidence, filed), consent=Consented.STATED)
    return stated, row


def _row(person: Person, loaded: Loaded, given: Sequence[Subject], now: Minute) -> Evidence:
    until = given[0].consent.until
    return Evidence(
        id=token_bytes(_ID_BYTES),
        notice=loaded.line.notice,
        token=CONSENT,
        by=person.account,
        role=person.role,
        at=now,
        until=None if until is None else _end(until),
        body=_scope(loaded, given, now).to_bytes(),
    )


def _scope(loaded: Loaded, given: Sequence[Subject], now: Minute) -> Scope:
    consent = given[0].consent  # A notice states one, for every victim in it.
    return Scope(
        subjects=tuple(sorted(one.id for one in given)),
        recipients=tuple(sorted(consent.recipients)),
        purposes=tuple(sorted(consent.scope)),
        since=date_of(day_of(now)).isoformat(),
        until="" if consent.until is None else consent.until.isoformat(),
        content=loaded.content,
        giver=consent.by,
    )


def _end(until: date) -> Minute:
    """Return the first minute after a last day."""
    return Minute((day_from(until) + 1) * MINUTES_A_DAY)
