"""From content to kinds: every field of the content page has one, and the rest is unknown."""

from pathlib import Path

import pytest

from policies.kinds import LINKS, PROVENANCE, Setting, kind_of, properties, role_of
from policies.vocabulary import KINDS

_PAGE = Path(__file__).parents[2] / "docs" / "content.md"
_SUSPECT = Setting("suspect", frozenset({"suspect"}), frozenset({"police"}), about_person=True)
_VICTIM = Setting("victim", frozenset({"victim"}), frozenset({"police"}), about_person=True)
_NETWORK = Setting("network", frozenset(), frozenset({"police"}))

# The table of docs/content.md, section Fields, as (schema, property) of each line.
FIELDS = {
    "title, summary": [("title", ""), ("summary", "")],
    "offence": [("offence", "iccs"), ("offence", "national")],
    "tip": [("tip", name) for name in ("acts", "means", "purposes", "form")],
    "exploitation": [("exploitation", n) for n in ("type", "sexType", "industry", "venue")],
    "recruitment": [("recruitment", "method"), ("recruitment", "platform")],
    "control": [("control", "methods")],
    "route": [
        ("route", name)
        for name in "order type country admin1 place from to mode crossing".split()  # noqa: SIM905  # as the page lists them
    ],
    "network": [
        ("network", name)
        for name in ("name", "aliases", "since", "territories", "members", "structure")
    ],
    "names": [
        ("Person", name)
        for name in ("name", "alias", "firstName", "middleName", "lastName", "motherName")
    ],
    "births": [("Person", name) for name in ("birthDate", "deathDate", "birthPlace")],
    "nations": [("Person", n) for n in ("birthCountry", "nationality", "citizenship")],
    "traits": [
        ("Person", name)
        for name in ("gender", "spokenLanguage", "height", "weight", "eyeColor", "vx:marks")
    ],
    "process, biometric": [("Person", "vx:roleInProcess"), ("Person", "vx:biometric")],
    "documents": [(s, n) for s in ("Identification", "Passport") for n in ("type", "number")],
    "numbers": [("Person", "idNumber"), ("Company", "registrationNumber")],
    "contacts": [("Person", "phone"), ("Person", "email"), ("UserAccount", "ipAddress")],
    "devices": [("vx:Device", name) for name in ("imei", "imsi", "iccid")],
    "vehicles": [("Vehicle", "vx:vin"), ("Vessel", "imoNumber"), ("Airplane", "callSign")],
    "companies": [("Company", "leiCode"), ("Organization", "name"), ("PublicBody", "sector")],
    "places": [("Address", "full"), ("Trip", "mode"), ("Event", "location")],
    "money": [("BankAccount", "iban"), ("CryptoWallet", "publicKey"), ("Payment", "amount")],
    "calls": [("Call", "numbers"), ("Call", "duration")],
    "links": [(schema, "role") for schema in LINKS],
    "victim": [
        ("victim", name)
        for name in (
            "pseudonym",
            "status",
            "decidedBy",
            "relationshipToTrafficker",
            "ageBand",
            "majority",
            "ageWhenTrafficked",
            "needs",
            "consent",
            "counts",
        )
    ],
    "case": [("case", n) for n in ("ref", "agency", "status", "opened")],
    "court": [("CourtCase", n) for n in ("caseNumber", "court", "fileDate")],
    "technique": [("technique", "kind"), ("technique", "ongoing")],
    "evaluation": [("grade", "information"), ("confidence", ""), ("likelihood", "")],
    "references, statistics": [("external_refs", "id"), ("stats", "cell")],
}


@pytest.mark.parametrize("pairs", FIELDS.values(), ids=FIELDS.keys())
def test_every_field_of_the_content_page_has_a_kind(pairs: list[tuple[str, str]]) -> None:
    for schema, name in pairs:
        assert kind_of(schema, name, _SUSPECT) != "unknown", (schema, name)


def test_every_kind_in_the_table_is_on_the_list() -> None:
    settings = (_SUSPECT, _VICTIM, _NETWORK)

    found = {kind_of(*pair, setting) for pair in properties() for setting in settings}

    assert found <= set(KINDS)
    assert set(KINDS) >= PROVENANCE


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("grade", "source"),
        ("grade", "original"),
        ("Person", "religion"),
        ("Person", "political"),
        ("Person", "ethnicity"),
        ("Person", "socialSecurityNumber"),
        ("UserAccount", "password"),
        ("CryptoWallet", "privateKey"),
        ("Dragon", "name"),
        ("Person", ""),
    ],
)
def test_what_is_not_listed_is_unknown(schema: str, name: str) -> None:
    assert "unknown" == kind_of(schema, name, _SUSPECT)
    assert "unknown" == kind_of(schema, name, _VICTIM)


def test_where_a_datum_stands_decides_what_it_is() -> None:
    bank = Setting("network", frozenset({"suspect"}), frozenset({"bank"}), about_person=True)
    hers = Setting("network", frozenset({"victim"}), frozenset({"police"}), about_person=True)
    nobody_knows = Setting("network", frozenset(), frozenset({"police"}), about_person=True)
    medical = Setting("victim", frozenset({"victim"}), frozenset({"ngo"}), True, "medical")

    assert "narrative" == kind_of("tip", "means", _VICTIM)
    assert "modus_operandi" == kind_of("tip", "means", _NETWORK)
    assert "health" == kind_of("control", "methods", _VICTIM)
    assert "location" == kind_of("route", "place", _VICTIM)
    assert "routes" == kind_of("route", "place", _SUSPECT)
    assert "location" == kind_of("Address", "full", _SUSPECT)
    assert "routes" == kind_of("Address", "full", _NETWORK)
    assert "vehicle" == kind_of("Vehicle", "vx:vin", _SUSPECT)
    assert "vehicle" == kind_of("Vehicle", "vx:vin", _NETWORK)
    assert "document_no" == kind_of("Vehicle", "vx:vin", hers)
    assert "document_no" == kind_of("Vehicle", "vx:vin", nobody_knows)
    assert "financial_facts" == kind_of("Payment", "amount", _SUSPECT)
    assert "bank_record" == kind_of("Payment", "amount", bank)
    assert "needs" == kind_of("victim", "needs", _VICTIM)
    assert "health" == kind_of("victim", "needs", medical)


def test_a_role_of_content_has_one_word_in_law() -> None:
    assert "suspect" == role_of("accused")
    assert "victim" == role_of("victim")
    assert "unknown" == role_of("")
    assert "unknown" == role_of("bystander")
