"""From what the layers said to what may leave: forms, duties, limits, the notice's standing.

It promises to add only what narrows: a value too small to publish loses its exact form, an
agreement and an earlier sender add their duties, the shortest limit wins. Each of these is
code, not Cedar, and carries the id of its row of law.

Source: docs/policy.md, sections 7 and 14; docs/law.md, OAS-G-111, ENG-RET, ENG-DEFAULT,
TIP-10-3, AGR-BILAT.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from policies.answer import ALLOWED, NEVER, Answer, Form, Keep, Rank, Standing, forms_of
from policies.decision import Decision, FieldDecision
from policies.hearing import Hearing
from policies.judgement import Judgement
from policies.resolver import Profile, Resolved
from policies.rule import LADDER
from policies.vocabulary import CLASSES, RETENTION_CAP, RETENTION_CAPS

CODE_RULES: Mapping[str, str] = {
    "OAS-G-111": "OAS Third Plan, guidelines 111, 117, 119",
    "ENG-RET": "engine retention: the shortest of all limits",
    "ENG-DEFAULT": "engine default: nothing permits it",
    "ENG-LABEL": "engine safety: a missing label or an error refuses",
    "TIP-10-3": "Trafficking Protocol art. 10(3): restrictions that travelled",
    "AGR-BILAT": "the agreement between these states",
}
"""Rows of law that code applies, with their citation."""


def decide_field(
    resolved: Resolved, answer: Answer, action: str, also: str = ""
) -> FieldDecision:
    """Return what may be seen of one field.

    Args:
        resolved: The field.
        answer: What all layers said of it.
        action: release, match or an act.
        also: One more act that must be allowed; empty for none.
    """
    datum = resolved.datum
    standings = _standings(resolved, answer, action, also)
    form = next((f for f in Form if f in standings and standings[f] == ALLOWED), Form.OMITTED)
    limits = set(answer.limits)
    if resolved.suppressed and action == "release":
        limits.add("OAS-G-111")
    rules = answer.rules | answer.imposed.rules | limits
    if form is Form.OMITTED and all(s == NEVER for s in standings.values()):
        rules |= {"ENG-DEFAULT"}
    if datum.duties:
        rules |= {"TIP-10-3"}
    hidden = answer.silent or not datum.kinds.isdisjoint(CLASSES["existence"])
    return FieldDecision(
        name=datum.name,
        form=form,
        standings=standings,
        silent=form is Form.OMITTED and hidden,
        essential=datum.essential,
        duties=tuple(sorted(answer.imposed.duties | datum.duties)),
        tasks=tuple(sorted(answer.imposed.tasks)),
        keep=answer.imposed.keep,
        rules=tuple(sorted(rules)),
        alternatives=tuple(sorted(answer.alternatives)),
        limits=tuple(sorted(limits)),
    )


def _standings(
    resolved: Resolved, answer: Answer, action: str, also: str
) -> dict[Form, Standing]:
    standings = dict.fromkeys(list(Form)[:-1], NEVER)
    if action == "release":
        for form in forms_of(resolved.datum.kinds):
            standings[form] = answer.standing(LADDER[form])
        if resolved.suppressed:
            standings[Form.EXACT] = NEVER
    else:
        extra = answer.standing(also) if also else ALLOWED
        standings[Form.EXACT] = answer.standing(action).meet(extra)
    return standings


def decide_notice(
    hearing: Hearing, judgement: Judgement, fields: Sequence[FieldDecision]
) -> Decision:
    """Return the decision on the notice or act whose fields are decided."""
    profile = hearing.profile
    releases = "deliver" in judgement.notice.standings
    if releases:
        owed = [judgement.notice.standing("deliver"), *(field.owed() for field in fields)]
    else:
        owed = [field.standings[Form.EXACT] for field in fields] or [NEVER]
    standing = reduce(Standing.meet, owed, ALLOWED)
    sent = [field for field in fields if field.sent or not releases]
    keep = reduce(Keep.meet, (field.keep for field in sent), judgement.notice.imposed.keep)
    limits = [*profile.retention.values(), _cap(hearing.purpose)]
    return Decision(
        day=hearing.day,
        action=hearing.action,
        standing=standing,
        fields=tuple(fields),
        duties=_filled(_duties(profile, judgement, sent), hearing.purpose),
        tasks=_union([judgement.notice.imposed.tasks, *(field.tasks for field in sent)]),
        retention_days=min([*limits, keep.days] if keep.days is not None else limits),
        review_days=keep.review,
        alternatives=_routes(standing, judgement.notice, fields),
        requires=tuple(sorted(standing.conditions)),
        silent=any(field.silent for field in fields),
    )


def _cap(purpose: str) -> int:
    return RETENTION_CAPS.get(purpose, RETENTION_CAP)


def _union(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({word for part in parts for word in part}))


def _duties(
    profile: Profile, judgement: Judgement, sent: Sequence[FieldDecision]
) -> tuple[str, ...]:
    agreed = profile.duties if sent else frozenset[str]()
    return _union([judgement.notice.imposed.duties, agreed, *(field.duties for field in sent)])


def _filled(duties: Iterable[str], purpose: str) -> tuple[str, ...]:
    return tuple(sorted({duty.replace("{purpose}", purpose) for duty in duties}))


def _routes(
    standing: Standing, notice: Answer, fields: Sequence[FieldDecision]
) -> tuple[str, ...]:
    if standing.rank is Rank.ALLOWED:
        return ()
    named = [field.alternatives for field in fields if field.owed() != ALLOWED]
    return _union([notice.alternatives, *named])
