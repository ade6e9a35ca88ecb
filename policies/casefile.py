"""The case file's door: one JSON object in, one case out.

It promises that an unknown key is ignored, an unknown value becomes `unknown`, and a label
that nobody stated is named as missing, which refuses the case. Only what the format lets be
absent has a default; what is of another shape than the format says is refused. A field whose
subject nobody stated is about somebody of whom nothing is known.

Source: docs/law.md, section 9.
"""

from policies.caseperson import parse_person
from policies.casereader import (
    Reader,
    Table,
    day_of,
    entries,
    flag_of,
    name_of,
    until_of,
    words_of,
)
from policies.facts import (
    Agreement,
    Case,
    Datum,
    Desk,
    Essential,
    Offence,
    Order,
    Reference,
    Risk,
)
from policies.vocabulary import AGENCIES, DUTIES, EVIDENCE, LISTS
from valija.errors import MalformedError

_TREATIES = {"UNTOC": "untoc", "TIP": "tip", "IACMACM": "iacmacm", "CCC": "ccc"}
_TYPES = {
    "multilateral": "treaty",
    "treaty": "treaty",
    "bilateral_mou": "bilateral_mou",
    "fiu_agreement": "fiu_agreement",
    "jit": "jit",
    "reciprocity": "reciprocity",
    "case_by_case": "case_by_case",
}
_SOURCES = {"law_enforcement": "police", "ngo_shelter": "ngo", "ngo_public": "ngo"}
_REGIMES = frozenset({"us_1367", "vawa_grantee", "synthetic"})
_PURPOSES = {"unknown": "other", "typology": "policy_research"}
"""Words for a purpose that are on no list (docs/law.md, section 2)."""
_SOMEBODY = ""
"""Whom a field is about if nobody said: nobody is called that, so nothing is known of them."""


def parse_case(document: object) -> Case:
    """Return the case that one JSON object states.

    Raises:
        MalformedError: It is no object, its date is none, or a list holds what it may not.
    """
    if not isinstance(document, dict):
        raise MalformedError("a case is one JSON object")
    case: Table = document
    reader = Reader()
    sender, recipient = (_desk(reader, case, key) for key in ("sender", "recipient"))
    data = tuple(_datum(reader, entry, case) for entry in entries(case, "fields"))
    persons = tuple(parse_person(reader, entry) for entry in entries(case, "subjects"))
    if len({datum.name for datum in data}) != len(data):
        raise MalformedError("two fields of a case have one name")
    if len({person.id for person in persons}) != len(persons):
        raise MalformedError("two subjects of a case have one id")
    caveats = reader.table(case, "caveats")
    return Case(
        day=day_of(case.get("date")),
        action=str(reader.stated(case, "action", "action")),
        notice_type=reader.word(case, "notice_type", "notice_type", LISTS["NoticeType"]),
        channel=reader.word(case, "channel", "channel", LISTS["Channel"]),
        purpose=_purpose(reader, case),
        sender=sender,
        recipient=recipient,
        origin_state=str(reader.stated(reader.table(case, "origin"), "state", "origin.state")),
        agreements=_agreements(case, frozenset({sender.state, recipient.state})),
        offence=_offence(reader, case),
        secrecy=_secrecy(reader, reader.table(case, "secrecy")),
        danger=reader.flag(
            reader.table(case, "urgency"), "danger_to_life", "urgency.danger_to_life"
        ),
        risk=_risk(reader, reader.table(case, "risk")),
        persons=persons,
        data=data,
        references=_references(case, caveats),
        caveats_proposed="yes" if words_of(caveats, "proposed") else "no",
        own_inquiry_at_risk=flag_of(_anywhere(case, "own_inquiry_at_risk", False)),
        confidential_request=flag_of(_anywhere(case, "confidential_request", False)),
        complete=flag_of(_anywhere(case, "complete", True)),
        refusal=_refusal(case.get("refusal_reason_claimed")),
        retention_limits=_limits(reader.table(case, "retention")),
        missing=tuple(reader.missing),
    )


def _anywhere(case: Table, key: str, default: bool) -> object:
    offence = case.get("offence")
    value = case.get(key, offence.get(key) if isinstance(offence, dict) else None)
    return default if value is None else value


def _desk(reader: Reader, case: Table, key: str) -> Desk:
    table = reader.table(case, key)
    state = str(reader.stated(table, "state", f"{key}.state"))
    return Desk(state, reader.word(table, "agency_type", f"{key}.agency_type", AGENCIES))


def _purpose(reader: Reader, case: Table) -> str:
    found = reader.word(case, "purpose", "purpose", (*LISTS["Purpose"], *_PURPOSES))
    return _PURPOSES.get(found, found)


def _refusal(value: object) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) and value in LISTS["Refusal"] else "other"


def _agreements(case: Table, states: frozenset[str]) -> tuple[Agreement, ...]:
    found = []
    for entry in entries(case, "agreements"):
        name = str(entry.get("id"))
        kind = _TREATIES.get(name) or _TYPES.get(str(entry.get("type")))
        if kind is None or entry.get("in_force") is not True:
            continue
        intelligence = flag_of(entry.get("intel_only", False)) != "no"
        found.append(
            Agreement(
                id=name,
                type=kind,
                parties=words_of(entry, "members") if kind == "jit" else states,
                covers=words_of(entry, "covers"),
                formal=not intelligence,
                special_techniques=entry.get("covers_SIT") is True,
                duties=frozenset({"intel_only"} if intelligence else ()),
            )
        )
    return tuple(found)


def _offence(reader: Reader, case: Table) -> Offence:
    table = reader.table(case, "offence")
    return Offence(
        charges=None if table.get("charges") is None else words_of(table, "charges"),
        dual_criminality=reader.flag(table, "dual_criminality", "offence.dual_criminality"),
        coercive=reader.flag(table, "coercive_measure", "offence.coercive_measure"),
        political=reader.flag(table, "political", "offence.political"),
        military=reader.flag(table, "military", "", "no"),
        ad_hoc_tribunal=reader.flag(table, "ad_hoc_tribunal", "", "no"),
        max_penalty=reader.word(
            table, "recipient_max_penalty", "offence.recipient_max_penalty", LISTS["Penalty"]
        ),
    )


def _secrecy(reader: Reader, table: Table) -> tuple[Order, ...]:
    active = reader.flag(table, "active", "secrecy.active")
    if active == "no":
        return ()
    kind = table.get("type")
    known = kind if isinstance(kind, str) and kind in LISTS["Secrecy"] else "unknown"
    return (
        Order("unknown" if active == "unknown" else known, until_of(table.get("until"), None)),
    )


def _risk(reader: Reader, table: Table) -> Risk:
    stated = reader.word(table, "torture", "risk.torture", LISTS["Torture"])
    mitigable = table.get("mitigable")
    if mitigable is True or mitigable == "yes":
        stated = "mitigable"
    elif mitigable == "unclear":
        stated = "unclear"
    return Risk(
        stated,
        reader.flag(table, "persecution", "risk.persecution"),
        reader.flag(table, "recipient_compromised", "risk.recipient_compromised"),
    )


def _references(case: Table, caveats: Table) -> tuple[Reference, ...]:
    evidence = {} if case.get("evidence") is None else case["evidence"]
    if not isinstance(evidence, dict) or not all(map(_stated, evidence.values())):
        raise MalformedError("evidence is an object of references, each a text, by name")
    names = {name for name, reference in evidence.items() if reference and name in EVIDENCE}
    names.add("approval:second_person")
    if caveats.get("accepted_by_recipient") is True:
        names.add("recipient_accepts_caveats")
    return tuple(Reference(name) for name in sorted(names - {"consent_evidence"}))


def _stated(reference: object) -> bool:
    return reference is None or isinstance(reference, str)


def _limits(retention: Table) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries(retention, "limits"):
        days, source = entry.get("days"), str(entry.get("source"))
        if type(days) is not int or days < 0:
            raise MalformedError("days of retention are a whole number")
        found[source] = min(days, found.get(source, days))
    return found


def _datum(reader: Reader, entry: Table, case: Table) -> Datum:
    name = name_of(entry, "name")
    reader.stated(entry, "source", f"fields.{name}.source")
    essential = flag_of(entry.get("essential"))
    smallest = entry.get("cell_min")
    return Datum(
        name=name,
        kind=reader.word(entry, "category", f"fields.{name}.category", LISTS["Kind"]),
        subjects=_subjects(reader, entry, name),
        sources=frozenset(map(_source, words_of(entry, "source"))) or frozenset({"unknown"}),
        regimes=frozenset(map(_regime, words_of(entry, "labels"))),
        essential=Essential.NO if essential == "no" else Essential.EXACT,
        duties=_travelled(reader.table(case, "origin")),
        smallest_count=smallest if type(smallest) is int else None,
        geography=str(entry.get("geo") or ""),
    )


def _subjects(reader: Reader, entry: Table, name: str) -> tuple[str, ...]:
    """Return whom a field is about: nobody only if that is said, by null."""
    if "subject" not in entry:
        reader.missing.append(f"fields.{name}.subject")
        return (_SOMEBODY,)
    found = words_of(entry, "subject")
    if entry["subject"] is not None and (not found or _SOMEBODY in found):
        raise MalformedError("subject is an id, a list of ids, or null: about no person")
    return tuple(sorted(found))


def _source(word: str) -> str:
    known = _SOURCES.get(word, word)
    return known if known in LISTS["Source"] else "unknown"


def _regime(word: str) -> str:
    return word if word in _REGIMES or word.startswith("jit:") else "unknown"


def _travelled(origin: Table) -> frozenset[str]:
    found: set[str] = set()
    for word in words_of(origin, "restrictions"):
        duty = "keep_confidential_request" if word == "confidential" else word
        # A restriction in unknown words binds as the strictest of those known (law.md, 2).
        known = duty.partition(":")[0] in DUTIES
        found.update({duty} if known else {"no_onward", "intel_only"})
    return frozenset(found)
