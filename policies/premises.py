"""What a question to the whole label space takes for granted.

It promises two things apart: what the resolver guarantees of every case it makes, and what an
ordinary case is, where nothing is the matter. The first is true of all that a node decides;
the second is a choice, so that answers are short, and says nothing of other cases.

Source: docs/policy.md, sections 3 and 11 (the analysis is told what the resolver guarantees).
"""

from policies.rule import Atom, Expr, Not, Some
from policies.vocabulary import LISTS

ABSENT = frozenset(
    {"resource.Regime", "case.secrecy", "unknown", "foreign", "special_techniques", "exempt"}
)
"""Labels and members that are not there in an ordinary case."""
ORDINARY = {
    **dict.fromkeys(
        (
            "case.political",
            "case.military",
            "case.ad_hoc_tribunal",
            "case.persecution",
            "case.compromised",
            "case.own_inquiry_at_risk",
            "case.coercive",
            "case.confidential_request",
            "case.caveats_proposed",
            "case.danger",
            "subject.protected_witness",
            "subject.asylum",
            "subject.publication_ban",
        ),
        "no",
    ),
    "case.complete": "yes",
    "case.dual": "yes",
    "case.torture": "none",
    "case.refusal": "none",
    "case.penalty": "imprisonment",
    "subject.feared": "none",
}
"""What an ordinary case says of each label."""
_PERSONAL = Atom("resource.Class", frozenset({"personal"}))
_SYNTHETIC = Atom("resource.Regime", frozenset({"synthetic"}))
GUARANTEED: tuple[Expr, ...] = (
    Some((Not(_PERSONAL), _SYNTHETIC, Not(Atom("case.personal", frozenset({"no"}))))),
    *(
        Some(
            (
                Not(Atom("subject.roles", frozenset({role}))),
                Atom("case.roles", frozenset({role})),
            )
        )
        for role in LISTS["Role"]
    ),
)
"""What the resolver makes true of every case."""
