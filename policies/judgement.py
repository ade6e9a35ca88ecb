"""Ask every layer about every field, twice, and let the two readings agree.

It promises that what it returns was said by Cedar and by the second reading alike, layer by
layer, standing by standing and duty by duty. Where they differ, or a guard refuses, there is
no judgement and nothing leaves. What a judgement means for the notice is `policies.decision`.

Source: docs/policy.md, sections 6 and 7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.answer import Answer, forms_of
from policies.engine import Roll
from policies.labels import Matter
from policies.layer import Layer
from policies.resolver import Profile
from policies.rule import LADDER
from valija.errors import VerificationError

RELEASES = frozenset({"release", "match"})
Asked = tuple[Matter, tuple[str, ...]]
"""A matter, and the concrete actions asked about it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all layers say together.

    Attributes:
        notice: Of the notice.
        fields: Of each field, in the order of the profile.
    """

    notice: Answer
    fields: tuple[Answer, ...]


def questions(profile: Profile, action: str, also: Mapping[str, str]) -> list[Asked]:
    """Return what is asked of the notice, first, and of each field.

    Args:
        profile: The case as labels.
        action: release, match, or an act.
        also: By field name, one more act asked beside `action`.
    """
    whole = ("deliver", "impose_notice") if action in RELEASES else ("impose_notice",)
    asked: list[Asked] = [(profile.notice, whole)]
    for resolved in profile.fields:
        forms = forms_of(resolved.datum.kinds)
        actions = [LADDER[form] for form in forms] if action == "release" else [action]
        if action == "disclose_exculpatory":
            actions.append("impose_disclosure")
        if resolved.datum.name in also:
            actions.append(also[resolved.datum.name])
        asked.append((resolved.matter, (*actions, "impose_field")))
    return asked


def weigh(layers: Sequence[Layer], asked: Sequence[Asked]) -> Judgement:
    """Return the judgement by the second reading alone: enough to draw, not to send.

    Raises:
        VerificationError: There is no layer.
    """
    if not layers:
        raise VerificationError("no layer of law was asked")
    answers = []
    for matter, actions in asked:
        said = [layer.weigh(matter, actions) for layer in layers]
        answer = said[0]
        for more in said[1:]:
            answer = answer.meet(more)
        answers.append(answer)
    return Judgement(answers[0], tuple(answers[1:]))


def judge(layers: Sequence[Layer], asked: Sequence[Asked], roll: Roll) -> Judgement:
    """Return the judgement on which a notice may leave.

    Raises:
        VerificationError: There is no layer, a guard refused, or Cedar and the second reading
            differ.
    """
    judgement = weigh(layers, asked)
    unique = list(dict.fromkeys(asked))
    for layer in layers:
        for (matter, actions), rung in zip(unique, layer.climb(unique, roll), strict=True):
            said = layer.weigh(matter, actions)
            if rung.standings != said.standings or rung.attached != said.imposed.rules:
                raise VerificationError("the two readings of the law do not agree")
    return judgement
