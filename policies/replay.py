"""An old decision again, from its record alone: under the law of its day, or today's.

It promises to name what does not hold: a record that is not canonical, another engine, a
bundle that is not the one that decided, an outcome that the law does not give. It needs no
content and nobody's testimony. That a record is the one whose digest a label carries is told
by `policies.binding`, which is handed the salt.

Source: docs/policy.md, section 13.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from policies import labels
from policies.corpus import Law, closed
from policies.facts import Datum, Essential
from policies.hearing import Hearing
from policies.labels import Labels, Matter, References
from policies.record import ENGINE, VERSION, Heading, record
from policies.resolver import Profile, Resolved
from policies.vocabulary import CASE_LABELS, SUBJECT_LABELS
from valija import canonical
from valija.errors import MalformedError, VerificationError
from valija.ids import Digest

_Table = Mapping[str, canonical.Json]


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a decision that was taken again.

    Attributes:
        digest: SHA-256 of the record given, 32 bytes.
        differences: What does not hold, a sentence each; none: it decides alike.
    """

    digest: Digest
    differences: tuple[str, ...]


def replay(law: Law, written: bytes, *, today: date | None = None) -> Replay:
    """Return how a recorded decision fares when it is taken again.

    Args:
        law: The law to decide by; for the law of its day, the bundles that the record names.
        written: The record.
        today: Decide by the law of this day instead, whatever bundles the record names.

    Raises:
        MalformedError: The record does not parse.
    """
    document = canonical.parse(written)
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise MalformedError("this is no record of a decision in a version that we know")
    try:
        found = _differences(law, document, written, today)
    except (LookupError, TypeError, ValueError, AttributeError) as cause:
        raise MalformedError("a record of a decision lacks what it rests on") from cause
    return Replay(Digest(sha256(written).digest()), found)


def _differences(
    law: Law, document: _Table, written: bytes, today: date | None
) -> tuple[str, ...]:
    if not document["heard"]:
        return ()  # A guard refused before the law was asked: there is nothing to ask again.
    if today is None:
        strange = _strangers(law, document)
        if strange:
            return strange
    heading = _heading(document)
    heard = [_hearing(heading.day, _table(part)) for part in _list(document["heard"])]
    if today is not None:
        heard = [replace(hearing, day=today) for hearing in heard]
    try:
        decision = closed(law.hear(heard), heading.missing)
    except VerificationError as cause:
        return (str(cause),)
    again = record(heading, heard, decision)
    if again == written:
        return ()
    return _told(document, _table(canonical.parse(again)), dated=today is None)


def _strangers(law: Law, document: _Table) -> tuple[str, ...]:
    found = []
    if document["engine"] != ENGINE:
        found.append(f"it was decided by {document['engine']}, and this is {ENGINE}")
    for name, digest in _table(document["bundles"]).items():
        at_hand = law.bundles.get(name)
        if at_hand is None or at_hand.digest.hex() != digest:
            found.append(f"the bundle {name} at hand is not the one that decided")
    return tuple(found)


def _told(before: _Table, after: _Table, *, dated: bool) -> tuple[str, ...]:
    keys = sorted({*before, *after}) if dated else ["outcome"]
    found = []
    for key in keys:
        if before.get(key) == after.get(key):
            continue
        if key != "outcome":
            found.append(f"the record's {key} are not what they would be")
            continue
        old, new = _table(before[key]), _table(after[key])
        changed = (name for name in new if old.get(name) != new[name])
        found.extend(f"{name} was {old.get(name)}, is {new[name]}" for name in changed)
    return tuple(found)


def _table(value: object) -> _Table:
    if not isinstance(value, dict):
        raise MalformedError("a record of a decision is made of tables")
    return value


def _list(value: object) -> Sequence[canonical.Json]:
    if not isinstance(value, list):
        raise MalformedError("a record of a decision has lists where lists are due")
    return value


def _words(value: object) -> frozenset[str]:
    return frozenset(map(str, _list(value)))


def _heading(document: _Table) -> Heading:
    return Heading(
        date.fromisoformat(str(document["day"])),
        str(document["action"]),
        str(document["sender"]),
        str(document["recipient"]),
        tuple(map(str, _list(document["agreements"]))),
        tuple(map(str, _list(document["missing"]))),
    )


def _hearing(day: date, part: _Table) -> Hearing:
    facts = labels.case(_values("case", CASE_LABELS, _table(part["case"])))
    notice = _table(part["notice"])
    state, _, agency = str(part["recipient"]).partition("/")
    party = labels.party(state, agency)
    profile = Profile(
        _matter(party, facts, notice),
        tuple(_resolved(party, facts, _table(field)) for field in _list(part["fields"])),
        _words(part["duties"]),
        {name: int(str(days)) for name, days in _table(part["retention"]).items()},
    )
    return Hearing(day, str(part["action"]), str(part["state"]), profile)


def _resolved(party: Labels, facts: Labels, field: _Table) -> Resolved:
    kinds = sorted(_words(_table(field["labels"])["resource.Kind"]))
    datum = Datum(
        str(field["name"]),
        kinds[0],
        (),
        frozenset(),
        essential=Essential(str(field["essential"])),
        duties=_words(field["duties"]),
        provenance=frozenset(kinds[1:]),
    )
    return Resolved(datum, _matter(party, facts, field), field["suppressed"] is True)


def _matter(party: Labels, facts: Labels, part: _Table) -> Matter:
    said = _table(part["labels"])
    if "resource.NoticeType" in said:
        (kind,) = _words(said["resource.NoticeType"])
        resource, subject = labels.notice(kind), None
    else:
        parts = (_words(said.get(f"resource.{name}", [])) for name in _OF_FIELD)
        resource = labels.content_field(*parts)
        about = _table(part["subject"])
        subject = labels.subject(_values("subject", SUBJECT_LABELS, about))
    pairs = (_list(pair) for pair in _list(part["evidence_by_rule"]))
    named = frozenset((str(rule), str(name)) for rule, name in pairs)
    evidence = References(_words(part["evidence"]), named)
    return Matter(party, resource, facts, subject, _words(part["basis"]), evidence)


_OF_FIELD = ("Kind", "Regime", "Source", "Duty")


def _values(
    prefix: str, lists: Mapping[str, tuple[str, bool]], said: _Table
) -> dict[str, frozenset[str]]:
    return {name: _words(said.get(f"{prefix}.{name}", [])) for name in lists}
