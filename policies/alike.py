"""Hearings that the law cannot tell apart, though they are of two recipients.

It promises that two hearings with equal keys have one decision: the key holds all that a
weighing reads and a decision holds: which layers, on which day, about which action; of the
recipient only the labels that some rule of these layers names; of the notice and each field
its labels, its subject's, its grounds and evidence; what was stated of each field, what
agreements impose, and how long it may be kept. Most states are named by no rule, so the
recipients of one notice fall into few such classes.

Source: docs/policy.md, section 6 (memo).
"""

from collections.abc import Hashable, Sequence

from policies.hearing import Hearing
from policies.labels import Matter
from policies.layer import Layer

Alike = tuple[Hashable, ...]


def alike(layers: Sequence[Layer], hearing: Hearing) -> Alike:
    """Return the key of a hearing before these layers, for a weighing alone.

    A layer is its own identity: it never changes, and holds its bundle and its rules.
    """
    profile, party = hearing.profile, hearing.profile.notice.party
    return (
        tuple((layer, layer.cut(party)) for layer in layers),
        hearing.day,
        hearing.action,
        hearing.state,
        party.values["principal.Agency"],  # `Hearing.further` reads it.
        _matter(profile.notice),
        tuple(
            (resolved.datum, resolved.suppressed, *_matter(resolved.matter))
            for resolved in profile.fields
        ),
        profile.duties,
        frozenset(profile.retention.items()),
    )


def _matter(matter: Matter) -> tuple[Hashable, ...]:
    return (matter.resource, matter.case, matter.subject, matter.basis, matter.evidence)
