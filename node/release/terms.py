"""The terms that bind a recipient, from a ruling.

It promises that nothing which the recipient cannot see shows in them: duties are those of the
fields sent, citations those that permitted these fields, and classes of subject are named in
offers only. Sealing them is `node.sealing`.

Source: docs/policy.md, section 7 (Silent omission); docs/envelope.md, section 1 (Terms).
"""

from datetime import date

from node.notice.notice import Notice
from node.preflight.ruling import Ruling
from policies.answer import Form
from valija.clock import Day, Minute, day_from, day_of
from valija.terms import Terms

_PERMIT = "permit"


def terms_of(notice: Notice, ruling: Ruling, minute: Minute) -> Terms:
    """Return what binds one recipient of a notice.

    Args:
        notice: As drafted.
        ruling: Whose decision is allowed.
        minute: The instant of the decision; retention counts from its day.
    """
    handling = notice.handling
    duties = {*ruling.decision.duties, *handling.duties()}
    return Terms(
        type=notice.type,
        purpose=ruling.case.purpose,
        handling=handling.words(),
        basis=_basis(notice, ruling),
        duties=tuple(sorted(duties)),
        subjects=(),
        retain_until=_retained(notice, ruling, day_of(minute)),
    )


def _basis(notice: Notice, ruling: Ruling) -> tuple[str, ...]:
    citations = ruling.decision.citations
    ids = {
        rule
        for field in ruling.decision.fields
        if field.form is not Form.OMITTED
        for rule in field.rules
    }
    permits = {
        citations[rule].legal_basis
        for rule in ids
        if rule in citations and citations[rule].effect == _PERMIT and _is_law(rule)
    }
    return (*notice.handling.legal_basis, *sorted(permits))


def _is_law(rule: str) -> bool:
    """Tell an article from one of our own engine's defaults, which is no ground to send."""
    return not rule.startswith("ENG-")


def _retained(notice: Notice, ruling: Ruling, today: Day) -> Day:
    end = day_from(date.fromisoformat(notice.handling.retention_until))
    limit = ruling.decision.retention_days
    return end if limit is None else Day(min(end, today + limit))
