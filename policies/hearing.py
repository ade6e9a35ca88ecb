"""One question to the law: whose law, which action, on which day, about which labels.

It promises to hold all that decides and nothing that does not: a hearing that was written
down can be heard again, without content and without the people who stated the facts. Passing
something on is two hearings: the act by the law under which it was received, then a release
of data that came from another state.

Source: docs/policy.md, sections 8, 13 and 14.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from policies.facts import Case
from policies.registry import Registry
from policies.resolver import Profile, Resolved, resolve
from policies.rule import ACTS


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is asked of the layers.

    Attributes:
        day: The decision date.
        action: release, match, or an act.
        state: Whose law is asked, beside the treaty layer.
        profile: The facts, as labels.
    """

    day: date
    action: str
    state: str
    profile: Profile

    @property
    def sending(self) -> bool:
        """It is a release, asked of the sending rules."""
        return self.action not in ACTS

    @property
    def purpose(self) -> str:
        """The one purpose of the case."""
        (purpose,) = self.profile.notice.case.values["case.purpose"]
        return purpose

    def further(self) -> Mapping[str, str]:
        """Return, by field, the act that is asked besides: another purpose than it came for.

        `ml_tf` is met by a financial investigation at a financial intelligence unit only
        (docs/law.md, section 6).
        """
        if self.sending or self.action in {"disclose_exculpatory", "use_other_purpose"}:
            return {}
        fields = self.profile.fields
        return {f.datum.name: "use_other_purpose" for f in fields if self._strays(f)}

    def _strays(self, resolved: Resolved) -> bool:
        duties = resolved.datum.duties
        limits = {duty.partition(":")[2] for duty in duties if duty.startswith("use_only")}
        unit = "fiu" in self.profile.notice.party.values["principal.Agency"]
        financial = unit and self.purpose == "financial_investigation"
        return not limits <= ({self.purpose, "ml_tf"} if financial else {self.purpose})


def hearings(case: Case, registry: Registry) -> tuple[Hearing, ...]:
    """Return what must be heard for a case, in order.

    Raises:
        MalformedError: A value of the case is on no closed list.
    """
    sender, recipient = case.sender.state, case.recipient.state
    if case.action == "onward":
        foreign = tuple(replace(d, sources=d.sources | {"foreign"}) for d in case.data)
        handed = resolve(replace(case, data=foreign), registry)
        act = Hearing(case.day, "onward", sender, resolve(case, registry))
        return (act, Hearing(case.day, "release", sender, handed))
    state = recipient if case.action in ACTS else sender
    return (Hearing(case.day, case.action, state, resolve(case, registry)),)
