"""The record of a decision: facts after resolving, law asked, outcome; and its digest.

It promises one byte form: the same facts under the same bundles give the same bytes in every
process, so an auditor who replays a decision compares digests. It holds names of rows, so it
stays in the node; what the label carries is its digest under a salt that the caller adds.

Source: docs/policy.md, section 13; docs/envelope.md, section 1 (Label.decision).
"""

from collections.abc import Iterable
from hashlib import sha256

from policies.answer import Standing
from policies.decision import Decision, FieldDecision
from policies.facts import Case
from policies.labels import Labels, Matter
from policies.resolver import Profile
from valija import canonical

VERSION = 1


def duties_digest(duties: Iterable[str]) -> str:
    """Return the SHA-256, in hex, of the duties that an acceptance of caveats binds to."""
    return sha256("\n".join(sorted(duties)).encode()).hexdigest()


def record(case: Case, profile: Profile, decision: Decision) -> bytes:
    """Return the canonical JSON of a decision and all it rests on."""
    return canonical.to_bytes(
        {
            "version": VERSION,
            "day": case.day.isoformat(),
            "action": case.action,
            "bundles": {name: digest.hex() for name, digest in decision.bundles.items()},
            "sender": f"{case.sender.state}/{case.sender.agency}",
            "recipient": profile.notice.party.id,
            "agreements": sorted(agreement.id for agreement in case.agreements),
            "case": _said(profile.notice.case),
            "notice": _matter(profile.notice),
            "fields": {field.datum.name: _matter(field.matter) for field in profile.fields},
            "outcome": _outcome(decision),
        }
    )


def _matter(matter: Matter) -> dict[str, canonical.Value]:
    return {
        "labels": _said(matter.resource),
        "subject": _said(matter.subject) if matter.subject else {},
        "basis": sorted(matter.basis),
        "evidence": sorted(matter.evidence.free),
        "evidence_by_rule": sorted(f"{rule} {name}" for rule, name in matter.evidence.named),
    }


def _said(labels: Labels) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in labels.values.items() if values}


def _outcome(decision: Decision) -> dict[str, canonical.Value]:
    return {
        "standing": _standing(decision.standing),
        "fields": {field.name: _field(field) for field in decision.fields},
        "duties": list(decision.duties),
        "tasks": list(decision.tasks),
        "retention_days": decision.retention_days,
        "review_days": decision.review_days,
        "alternatives": list(decision.alternatives),
        "silent": decision.silent,
        "rules": list(decision.rules),
        "fault": decision.fault,
    }


def _field(field: FieldDecision) -> dict[str, canonical.Value]:
    return {
        "form": field.form.name,
        "standings": {form.name: _standing(said) for form, said in field.standings.items()},
        "silent": field.silent,
        "rules": list(field.rules),
    }


def _standing(standing: Standing) -> dict[str, canonical.Value]:
    return {"rank": standing.rank.name, "conditions": sorted(standing.conditions)}
