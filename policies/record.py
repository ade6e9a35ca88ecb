"""The record of a decision: facts after resolving, law asked, outcome; and its digest.

It promises one byte form: the same facts under the same bundles give the same bytes in every
process, so an auditor who replays a decision compares digests. It holds names of rows, so it
stays in the node; what the label carries is its digest under a salt that the caller adds.

Source: docs/policy.md, section 13; docs/envelope.md, section 1 (Label.decision).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version

from policies.answer import Standing
from policies.decision import Decision, FieldDecision
from policies.facts import Case
from policies.hearing import Hearing
from policies.labels import Labels, Matter
from policies.resolver import Resolved
from valija import canonical

VERSION = 1
ENGINE = f"cedarpy {version('cedarpy')}"
"""What decided; another engine's record is told apart."""
_Table = dict[str, canonical.Value]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a record says before any fact: when, what, who, under what, and what was not said.

    Attributes:
        day, action, sender, recipient: As in the case.
        agreements: Their names, sorted.
        missing: Labels that nobody stated.
    """

    day: date
    action: str
    sender: str
    recipient: str
    agreements: tuple[str, ...]
    missing: tuple[str, ...]


def heading_of(case: Case) -> Heading:
    """Return the heading of a case's record."""
    return Heading(
        case.day,
        case.action,
        f"{case.sender.state}/{case.sender.agency}",
        f"{case.recipient.state}/{case.recipient.agency}",
        tuple(sorted(agreement.id for agreement in case.agreements)),
        case.missing,
    )


def duties_digest(duties: Iterable[str]) -> str:
    """Return the SHA-256, in hex, of the duties that an acceptance of caveats binds to."""
    return sha256("\n".join(sorted(duties)).encode()).hexdigest()


def record(heading: Heading, heard: Sequence[Hearing], decision: Decision) -> bytes:
    """Return the canonical JSON of a decision and all it rests on.

    Args:
        heading: When, what, who.
        heard: What was asked; nothing, if a guard refused before.
        decision: What came of it.
    """
    return canonical.to_bytes(
        {
            "version": VERSION,
            "engine": ENGINE,
            "day": heading.day.isoformat(),
            "action": heading.action,
            "sender": heading.sender,
            "recipient": heading.recipient,
            "agreements": heading.agreements,
            "missing": heading.missing,
            "bundles": {name: digest.hex() for name, digest in decision.bundles.items()},
            "heard": [_hearing(hearing) for hearing in heard],
            "outcome": _outcome(decision),
        }
    )


def _hearing(hearing: Hearing) -> _Table:
    profile = hearing.profile
    return {
        "action": hearing.action,
        "state": hearing.state,
        "recipient": profile.notice.party.id,
        "case": _said(profile.notice.case),
        "notice": _matter(profile.notice),
        "fields": [_resolved(resolved) for resolved in profile.fields],
        "duties": sorted(profile.duties),
        "retention": profile.retention,
    }


def _resolved(resolved: Resolved) -> _Table:
    return {
        **_matter(resolved.matter),
        "name": resolved.datum.name,
        "essential": resolved.datum.essential.value,
        "duties": sorted(resolved.datum.duties),
        "suppressed": resolved.suppressed,
    }


def _matter(matter: Matter) -> _Table:
    return {
        "labels": _said(matter.resource),
        "subject": _said(matter.subject) if matter.subject else {},
        "basis": sorted(matter.basis),
        "evidence": sorted(matter.evidence.free),
        "evidence_by_rule": [[rule, name] for rule, name in sorted(matter.evidence.named)],
    }


def _said(labels: Labels) -> _Table:
    return {name: sorted(values) for name, values in labels.values.items() if values}


def _outcome(decision: Decision) -> _Table:
    return {
        "standing": _standing(decision.standing),
        "fields": [_field(field) for field in decision.fields],
        "duties": decision.duties,
        "tasks": decision.tasks,
        "retention_days": decision.retention_days,
        "review_days": decision.review_days,
        "alternatives": decision.alternatives,
        "silent": decision.silent,
        "rules": decision.rules,
        "fault": decision.fault,
    }


def _field(field: FieldDecision) -> _Table:
    return {
        "name": field.name,
        "form": field.form.name,
        "standings": {form.name: _standing(said) for form, said in field.standings.items()},
        "silent": field.silent,
        "rules": field.rules,
    }


def _standing(standing: Standing) -> _Table:
    return {"rank": standing.rank.name, "conditions": sorted(standing.conditions)}
