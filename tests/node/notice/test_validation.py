"""Findings, unsaid facts, handling: docs/content.md, "Notice types", "Handling"."""

import pytest

from node.notice import value
from node.notice.handling import Handling, from_tlp_1
from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.schema import Property
from node.notice.shape import fits
from node.notice.told import Danger, ItemTold, PersonTold, Told
from node.notice.unsaid import unsaid
from node.notice.validation import check
from node.notice.value import Json
from tests.node.notice.invented import HANDLING, WORDS, demo, handle, item, notice, victim
from valija.errors import MalformedError

_ICCS = item(20, "offence", {"iccs": [value.code("iccs", "0204")]})
_SUSPECT = frozenset({"suspect"})
_F, _M = value.code("htcds", "Feminine"), value.code("htcds", "Masculine")
_U = value.unknown("suppressed")
_WITNESS = frozenset({"witness"})
_INFORMANT = value.code("valija", "informant")


def _codes(found: Notice) -> set[tuple[str, str]]:
    return {(one.code, one.where) for one in check(found)}


def test_the_demos_notices_and_a_plain_victim_notice_are_clean() -> None:
    assert check(demo("network")) == ()
    assert check(demo("suspect")) == ()
    assert check(victim()) == ()


@pytest.mark.parametrize(
    ("found", "code", "where"),
    [
        (notice("suspect"), "offence_missing", ""),
        (notice("network", _ICCS), "network_missing", ""),
        (notice("victim"), "not_one_victim", ""),
        (notice("suspect", _ICCS, item(2, "Person", {"name": ["x"]})), "role_missing", "P1"),
        (
            notice("suspect", _ICCS, item(2, "Person", {"name": ["x"]}, _WITNESS)),
            "protected_person",
            "P1",
        ),
        (notice("modus", item(2, "Person", {}, _SUSPECT)), "person_not_allowed", "P1"),
        (
            notice("victim", item(2, "Person", {"idNumber": ["x"]}, _SUSPECT)),
            "property_not_in_type",
            "P1.idNumber",
        ),
        (
            notice("suspect", item(2, "Person", {"shoeSize": ["x"]}, _SUSPECT)),
            "property_not_in_type",
            "P1.shoeSize",
        ),
        (
            notice("suspect", item(2, "Person", {"birthDate": ["1980", "1981"]}, _SUSPECT)),
            "too_many_values",
            "P1.birthDate",
        ),
        (
            notice("suspect", item(2, "Person", {"birthDate": ["soon"]}, _SUSPECT)),
            "bad_value",
            "P1.birthDate",
        ),
        (
            notice("suspect", item(2, "Membership", {"member": [handle(9)]})),
            "dangling_link",
            "M1.member",
        ),
        (
            notice("suspect", _ICCS, item(2, "Membership", {"member": [handle(20)]})),
            "wrong_target",
            "M1.member",
        ),
        (notice("suspect", item(2, "Membership", {})), "missing_required", "M1.member"),
        (
            notice("suspect", item(2, "technique", {"kind": [_INFORMANT]})),
            "pap_missing",
            "",
        ),
        (notice("suspect", item(2, "case"), item(3, "case")), "section_twice", ""),
        (
            notice("modus", item(2, "tip", {"acts": [value.code("palermo", "transfer")]})),
            "means_missing",
            "",
        ),
        (notice("suspect", item(2, "vx:Device", {"imei": ["x"]})), "holder_missing", "D1"),
        (
            victim(section={"needs": [value.code("local", "hat")]}),
            "local_code",
            "victim.needs",
        ),
        (
            notice("suspect", item(2, "offence", {"iccs": [value.code("iccs", "08051")]})),
            "smuggling_stated",
            "offence[0].iccs",
        ),
        (
            victim(person={"phone": ["unverified::12"]}),
            "unverified_identifier",
            "P1.phone",
        ),
        (
            victim(*(item(n, "Address", {"city": ["x"]}) for n in range(2, 30)), person={
                "alias": [f"a{n}" for n in range(120)]
            }),
            "too_many_facts",
            "",
        ),
    ],
)  # fmt: skip
def test_each_fault_of_a_draft_is_found_where_it_is(
    found: Notice, code: str, where: str
) -> None:
    assert (code, where) in _codes(found)


def test_a_text_has_one_original_and_each_language_once() -> None:
    machine: Json = {"lang": "es", "text": "x", "by": "machine"}
    texts = item(31, "notice", {"title": [machine, WORDS], "summary": [machine]})
    found = Notice("modus", "2026-11-24", HANDLING, (texts,), bytes(16))
    assert {("language_twice", "title"), ("original_missing", "summary")} <= _codes(found)
    assert ("original_missing", "title") not in _codes(found)


@pytest.mark.parametrize(
    ("schema", "prop", "text", "verified"),
    [
        ("Person", "idNumber", "cuit:AR:27320557114", True),
        ("Person", "idNumber", "cuit:AR:27320557115", False),
        ("Person", "idNumber", "27320557114", False),
        ("Person", "taxNumber", "unverified:BO:12", False),
        ("Person", "registrationNumber", "file:AR:12", True),
        ("Person", "phone", "+573115550142", True),
        ("Person", "phone", "+57 311 555 0142", False),
        ("Person", "email", "o.m@correo.example", True),
        ("Person", "email", "O.M@correo.example", False),
        ("Vehicle", "registrationNumber", "plate:AR:AF731ZQ", True),
        ("Vehicle", "vx:vin", "1M8GDM9AXKP042788", True),
        ("Vehicle", "vx:vin", "1M8GDM9A1KP042788", False),
        ("BankAccount", "iban", "GB82WEST12345698765432", True),
        ("BankAccount", "iban", "GB82 WEST 1234 5698 7654 32", False),
        ("BankAccount", "bic", "DEUTDEFF", True),
        ("BankAccount", "accountNumber", "clabe:MX:032180000118359719", True),
        ("BankAccount", "accountNumber", "clabe:MX:032180000118359718", False),
        ("vx:Device", "imei", "49015420323751", True),
        ("vx:Device", "imsi", "722341234567890", True),
        ("vx:Device", "iccid", "8954031000001234569", True),
        ("Call", "callerNumber", "12", False),
        ("Address", "city", "Orán", True),
    ],
)
def test_an_identifier_that_fails_its_check_is_said(
    schema: str, prop: str, text: str, verified: bool
) -> None:
    found = notice(
        "suspect",
        item(2, schema, {prop: [text]}, _SUSPECT if schema == "Person" else frozenset()),
    )
    flagged = any(code == "unverified_identifier" for code, _ in _codes(found))
    assert flagged is not verified


def test_a_notice_without_its_texts_lacks_what_is_required() -> None:
    bare = Notice("modus", "2026-11-24", HANDLING, (), bytes(16))
    assert ("missing_required", "") in _codes(bare)
    empty = Notice("modus", "2026-11-24", HANDLING, (item(3, "notice"),), bytes(16))
    assert {("missing_required", "title"), ("missing_required", "summary")} <= _codes(empty)


def test_only_some_findings_stop_a_publication() -> None:
    findings = {
        one.code: one.blocking for one in check(notice("suspect", item(2, "vx:Device")))
    }
    assert findings["offence_missing"]
    assert not findings["holder_missing"]


def test_a_child_needs_no_means() -> None:
    tip = item(2, "tip", {"acts": [value.code("palermo", "transfer")]})
    assert ("means_missing", "") not in _codes(victim(tip))


@pytest.mark.parametrize(
    "items", [(item(1, "case"), item(1, "tip")), ()], ids=["handle twice", "bad seed"]
)
def test_a_notice_that_has_no_meaning_is_not_made(items: tuple[Item, ...]) -> None:
    with pytest.raises(MalformedError):
        Notice("modus", "2026-11-24", HANDLING, items, b"short" if not items else bytes(16))


@pytest.mark.parametrize(
    ("kind", "found", "expected"),
    [
        ("string", "x", True), ("string", "", False), ("string", "x" * 8001, False),
        ("strings", ["x"], True), ("strings", [], False), ("strings", "x", False),
        ("words", WORDS, True), ("words", {"lang": "e", "text": "x", "by": "original"}, False),
        ("words", "x", False), ("date", "1980", True), ("date", 1980, False),
        ("country", "AR", True), ("country", "ZZ", False),
        ("region", value.code("un_region", "Asia"), True), ("region", "AR", True),
        ("integer", 3, True), ("integer", True, False), ("integer", -1, False),
        ("flag", "yes", True), ("flag", "maybe", False), ("sha256", "0" * 63, False),
        ("record:biometric", {"kind": value.code("valija", "dna"), "sha256": "0" * 64,
                              "holder": "x"}, True),
        ("record:counts", {"n": 3}, True), ("record:counts", {"minors": 3}, False),
        ("record:counts", {"n": 3, "x": 3}, False), ("record:counts", 3, False),
        ("ref:Person", handle(2), True), ("ref:Person", "P1", False),
        ("code:gender", _F, True), ("code:gender", "Feminine", False),
        ("code:gender", _U, True), ("ref:Person", _U, False),
        ("code:gender", value.merged([_F]), False),
        ("code:gender", value.merged([_F, _M]), True),
        ("string", value.merged([_F, _M]), False),
    ],
)  # fmt: skip
def test_a_value_has_the_shape_of_its_property(kind: str, found: Json, expected: bool) -> None:
    known = Property("x", "*", "N", kind, ("-", "-"), (frozenset(), frozenset()))
    assert fits(known, found) is expected


def test_values_are_told_apart_by_their_keys() -> None:
    assert value.code("htcds", "x", "x") == {"scheme": "htcds", "code": "x"}
    assert value.options({"one_or_more_of": "x"}) == ()
    assert value.part("x", "code") == ""
    assert value.codes(value.merged([value.code("a", "b"), "x"])) == {"b"}
    assert not value.is_unknown({"unknown": "because"})
    assert item(1, "Person", {"name": [{"unknown": "suppressed"}]}).text("name") == ""
    assert item(1, "Person").first("name") is None


def test_handling_says_all_of_it_and_only_adds_duties() -> None:
    handling = Handling(
        "red", "prosecution", "2027-01-01", ("TIP 10",), ("H0", "H1", "H2", "H3"), "ask", "red"
    )
    assert ("H0", "H1", "H2", "H3:ask", "tlp:red", "pap:red") == handling.words()
    assert handling.duties() == {"use_only:prosecution", "intel_only", "no_onward"}
    assert handling.named_desks_only
    assert handling.asks_acceptance
    plain = Handling("green", "prosecution", "2027-01-01")
    assert plain.words() == ("tlp:green",)
    assert plain.duties() == frozenset()
    assert not plain.named_desks_only
    assert not plain.asks_acceptance


def test_the_first_tlp_maps_to_the_second() -> None:
    assert ("clear", "amber+strict", "red") == tuple(
        from_tlp_1(one) for one in ("WHITE", "AMBER", "red")
    )
    with pytest.raises(MalformedError):
        from_tlp_1("purple")


def test_what_nobody_said_is_listed_with_who_can_say_it() -> None:
    found = {(one.fact, one.where, one.who) for one in unsaid(victim())}
    assert ("source", "P1", "register") in found
    assert ("channel", "", "officer") in found
    assert ("feared_state", "P1", "officer") in found
    assert ("charges", "", "prosecutor") in found
    assert unsaid(demo("network")) == ()


def test_a_danger_needs_two_people_and_ends_after_three_days() -> None:
    well = Danger("x", 100, 100 + 72 * 60, "a", "b")
    assert well.holds(100)
    assert not well.holds(99)
    assert not well.holds(100 + 72 * 60)
    assert not Danger("x", 100, 101 + 72 * 60, "a", "b").holds(100)
    assert not Danger("x", 100, 200, "a", "a").holds(100)
    assert not Danger("", 100, 200, "a", "b").holds(100)


def test_what_is_told_of_an_item_adds_to_what_is_told_of_the_notice() -> None:
    told = Told("police", ("synthetic",), items={"x": ItemTold("", ("us_1367",))})
    assert told.source_of("x") == "police"
    assert told.regime_of("x") == {"synthetic", "us_1367"}
    assert told.regime_of("y") == {"synthetic"}
    assert told.provenance_of("y") == frozenset()
    assert told.person("y") == PersonTold()
