"""The case file's door: one JSON object in, one case out; a decision in, one JSON object out.

It promises that an unknown key is ignored, an unknown value becomes `unknown`, and a label
that nobody stated is named as missing, which refuses the case. Only what the format lets be
absent has a default.

Source: docs/law.md, section 9.
"""

from collections.abc import Collection, Mapping
from datetime import date

from policies.answer import Form, Rank
from policies.decision import Decision, FieldDecision
from policies.facts import (
    Agreement,
    Case,
    Consent,
    Datum,
    Desk,
    Essential,
    Offence,
    Order,
    Person,
    Reference,
    Risk,
)
from policies.rule import ACTS
from policies.vocabulary import AGENCIES, DUTIES, EVIDENCE, LISTS
from valija.errors import MalformedError

_Object = Mapping[str, object]
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
_FORMS = {
    Form.EXACT: "raw",
    Form.GENERAL: "generalise",
    Form.PSEUDONYM: "pseudonymise",
    Form.MARKER: "redact",
    Form.OMITTED: "omit",
}
_SOURCES = {"law_enforcement": "police", "ngo_shelter": "ngo", "ngo_public": "ngo"}
_REGIMES = frozenset({"us_1367", "vawa_grantee", "synthetic"})


class _Reader:
    """What is read of one case, and which labels nobody stated."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    def stated(self, table: _Object, key: str, path: str) -> object:
        value = table.get(key)
        if value is None:
            self.missing.append(path)
        return value

    def word(self, table: _Object, key: str, path: str, known: Collection[str]) -> str:
        value = self.stated(table, key, path)
        return value if isinstance(value, str) and value in known else "unknown"

    def flag(self, table: _Object, key: str, path: str, default: str = "") -> str:
        if default and table.get(key) is None:
            return default
        return _flag(self.stated(table, key, path))

    def table(self, table: _Object, key: str) -> _Object:
        value = table.get(key)
        return value if isinstance(value, dict) else {}


def _flag(value: object) -> str:
    return {True: "yes", False: "no", "yes": "yes", "no": "no"}.get(
        value if isinstance(value, bool | str) else "", "unknown"
    )


def parse_case(document: object) -> Case:
    """Return the case that one JSON object states.

    Raises:
        MalformedError: It is no object, its date is none, or a list holds what it may not.
    """
    if not isinstance(document, dict):
        raise MalformedError("a case is one JSON object")
    case: _Object = document
    reader = _Reader()
    sender, recipient = (_desk(reader, case, key) for key in ("sender", "recipient"))
    data = tuple(_datum(reader, entry, case) for entry in _entries(case, "fields"))
    if len({datum.name for datum in data}) != len(data):
        raise MalformedError("two fields of a case have one name")
    caveats = reader.table(case, "caveats")
    return Case(
        day=_day(case.get("date")),
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
        persons=tuple(_person(reader, entry) for entry in _entries(case, "subjects")),
        data=data,
        references=_references(case, caveats),
        caveats_proposed="yes" if caveats.get("proposed") else "no",
        own_inquiry_at_risk=_flag(_anywhere(case, "own_inquiry_at_risk", False)),
        confidential_request=_flag(_anywhere(case, "confidential_request", False)),
        complete=_flag(_anywhere(case, "complete", True)),
        refusal=_refusal(case.get("refusal_reason_claimed")),
        retention_limits=_limits(reader.table(case, "retention")),
        missing=tuple(reader.missing),
    )


def _entries(table: _Object, key: str) -> list[_Object]:
    value = table.get(key) or []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise MalformedError(f"{key} is a list of objects")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as cause:
        raise MalformedError("a case has a date, YYYY-MM-DD") from cause


def _until(value: object, otherwise: date | None) -> date | None:
    """Return a last day; None is open, and what is no date is `otherwise`."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return otherwise


def _anywhere(case: _Object, key: str, default: bool) -> object:
    offence = case.get("offence")
    value = case.get(key, offence.get(key) if isinstance(offence, dict) else None)
    return default if value is None else value


def _desk(reader: _Reader, case: _Object, key: str) -> Desk:
    table = reader.table(case, key)
    state = str(reader.stated(table, "state", f"{key}.state"))
    return Desk(state, reader.word(table, "agency_type", f"{key}.agency_type", AGENCIES))


def _purpose(reader: _Reader, case: _Object) -> str:
    found = reader.word(case, "purpose", "purpose", LISTS["Purpose"])
    return "other" if found == "unknown" else found


def _refusal(value: object) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) and value in LISTS["Refusal"] else "other"


def _agreements(case: _Object, states: frozenset[str]) -> tuple[Agreement, ...]:
    found = []
    for entry in _entries(case, "agreements"):
        name = str(entry.get("id"))
        kind = _TREATIES.get(name) or _TYPES.get(str(entry.get("type")))
        if kind is None or entry.get("in_force") is not True:
            continue
        intelligence = entry.get("intel_only") is True
        found.append(
            Agreement(
                id=name,
                type=kind,
                parties=_words(entry.get("members")) if kind == "jit" else states,
                covers=_words(entry.get("covers")),
                formal=not intelligence,
                special_techniques=entry.get("covers_SIT") is True,
                duties=frozenset({"intel_only"} if intelligence else ()),
            )
        )
    return tuple(found)


def _words(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


def _offence(reader: _Reader, case: _Object) -> Offence:
    table = reader.table(case, "offence")
    charges = table.get("charges")
    return Offence(
        charges=_words(charges) if isinstance(charges, list) else None,
        dual_criminality=reader.flag(table, "dual_criminality", "offence.dual_criminality"),
        coercive=reader.flag(table, "coercive_measure", "offence.coercive_measure"),
        political=reader.flag(table, "political", "offence.political"),
        military=reader.flag(table, "military", "", "no"),
        ad_hoc_tribunal=reader.flag(table, "ad_hoc_tribunal", "", "no"),
        max_penalty=reader.word(
            table, "recipient_max_penalty", "offence.recipient_max_penalty", LISTS["Penalty"]
        ),
    )


def _secrecy(reader: _Reader, table: _Object) -> tuple[Order, ...]:
    active = reader.flag(table, "active", "secrecy.active")
    if active == "no":
        return ()
    kind = table.get("type")
    known = kind if isinstance(kind, str) and kind in LISTS["Secrecy"] else "unknown"
    return (
        Order("unknown" if active == "unknown" else known, _until(table.get("until"), None)),
    )


def _risk(reader: _Reader, table: _Object) -> Risk:
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


def _references(case: _Object, caveats: _Object) -> tuple[Reference, ...]:
    evidence = case.get("evidence") or {}
    if not isinstance(evidence, dict):
        raise MalformedError("evidence is an object of references by name")
    names = {name for name, reference in evidence.items() if reference and name in EVIDENCE}
    names.add("approval:second_person")
    if caveats.get("accepted_by_recipient") is True:
        names.add("recipient_accepts_caveats")
    return tuple(Reference(name) for name in sorted(names - {"consent_evidence"}))


def _limits(retention: _Object) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in _entries(retention, "limits"):
        days, source = entry.get("days"), str(entry.get("source"))
        if isinstance(days, int):
            found[source] = min(days, found.get(source, days))
    return found


def _person(reader: _Reader, entry: _Object) -> Person:
    role, name = entry.get("role"), str(entry.get("id"))
    if not role:
        reader.missing.append(f"subjects.{name}.role")
    asylum = reader.table(entry, "asylum")
    status = reader.stated(asylum, "status", f"subjects.{name}.asylum.status")
    claim = {"none": "no", "applicant": "yes", "recognised": "yes"}.get(str(status), "unknown")
    feared = asylum.get("feared_state")
    return Person(
        id=name,
        roles=frozenset(word if word in LISTS["Role"] else "unknown" for word in _words(role)),
        minor=reader.flag(entry, "minor", f"subjects.{name}.minor"),
        consent=_consent(reader, reader.table(entry, "consent"), name),
        asylum=claim,
        feared_state=str(feared) if feared else "none" if claim == "no" else "unknown",
        protected_witness=reader.flag(
            entry, "protected_witness", f"subjects.{name}.protected_witness"
        ),
        publication_ban=reader.flag(
            entry, "publication_ban", f"subjects.{name}.publication_ban"
        ),
        offended_through_trafficking="also_offender_due_to_trafficking"
        in _words(entry.get("labels")),
    )


def _consent(reader: _Reader, table: _Object, name: str) -> Consent:
    path = f"subjects.{name}.consent.status"
    return Consent(
        status=reader.word(table, "status", path, LISTS["Consent"]),
        scope=_words(table.get("scope")),
        recipients=_words(table.get("recipients")),
        until=_until(table.get("valid_until"), date.min),
        by=str(table.get("given_by")),
        guardian_conflict=table.get("guardian_conflict") not in {False, "no", None},
    )


def _datum(reader: _Reader, entry: _Object, case: _Object) -> Datum:
    name = str(entry.get("name"))
    subject = entry.get("subject")
    source = reader.stated(entry, "source", f"fields.{name}.source")
    essential = _flag(entry.get("essential"))
    smallest = entry.get("cell_min")
    return Datum(
        name=name,
        kind=reader.word(entry, "category", f"fields.{name}.category", LISTS["Kind"]),
        subjects=tuple(sorted(_words(subject))),
        sources=frozenset(map(_source, _words(source))) or frozenset({"unknown"}),
        regimes=frozenset(map(_regime, _words(entry.get("labels")))),
        essential=Essential.NO if essential == "no" else Essential.EXACT,
        duties=_travelled(reader.table(case, "origin")),
        smallest_count=smallest if type(smallest) is int else None,
        geography=str(entry.get("geo") or ""),
    )


def _source(word: str) -> str:
    known = _SOURCES.get(word, word)
    return known if known in LISTS["Source"] else "unknown"


def _regime(word: str) -> str:
    return word if word in _REGIMES or word.startswith("jit:") else "unknown"


def _travelled(origin: _Object) -> frozenset[str]:
    found: set[str] = set()
    for word in _words(origin.get("restrictions")):
        duty = "keep_confidential_request" if word == "confidential" else word
        # A restriction in unknown words binds as the strictest of those known (law.md, 2).
        known = duty.partition(":")[0] in DUTIES
        found.update({duty} if known else {"no_onward", "intel_only"})
    return frozenset(found)


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
