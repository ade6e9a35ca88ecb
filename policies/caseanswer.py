"""A decision as the case file's answer: one JSON object, its keys in order.

It promises the words of the case format and nothing that is not in the decision.

Source: docs/law.md, section 9 (the answer).
"""

from policies.answer import Form, Rank
from policies.decision import Decision, FieldDecision
from policies.rule import ACTS

_FORMS = {
    Form.EXACT: "raw",
    Form.GENERAL: "generalise",
    Form.PSEUDONYM: "pseudonymise",
    Form.MARKER: "redact",
    Form.OMITTED: "omit",
}


def answer_of(name: object, decision: Decision) -> dict[str, object]:
    """Return the answer to a case as the JSON object of the case format.

    Args:
        name: The case's `id`, returned as it came.
        decision: What was decided.
    """
    acted = decision.action in ACTS and decision.action != "onward"
    words = ("allowed", "held", "barred") if acted else ("permit", "hold", "deny")
    return {
        "id": name,
        "decision": words[decision.standing.rank],
        "fields": {field.name: _form(field, acted) for field in decision.fields},
        "requires": list(decision.requires),
        "obligations": sorted({*decision.duties, *decision.tasks}),
        "retention_max_days": decision.retention_days,
        "response_mode": "silent" if decision.silent else "normal",
        "alternatives": list(decision.alternatives),
        "rules": list(decision.rules),
    }


def _form(field: FieldDecision, acted: bool) -> str:
    if acted and field.standings[Form.EXACT].rank is not Rank.ALLOWED and not field.silent:
        return "redact"
    return _FORMS[field.form]
