"""The tables of codes: docs/content.md, "Case vocabulary" and "Entities"."""

import json
from pathlib import Path

import pytest

from node.notice import codelist, value
from node.notice.handle import Draw, draw_handle, draw_seed, is_handle, slot
from node.notice.item import ROLES
from node.notice.kind import kind
from node.notice.pattern import KINDS
from node.notice.schema import ROLE, schema, schemas, version
from node.notice.table import toml_table
from node.notice.validation import CODES
from node.notice.wording import LANGUAGES, label, sentence, sentences
from policies.kinds import Setting
from policies.vocabulary import LISTS
from tests.node.notice.invented import item
from tests.services.absent import absent
from valija.errors import AbsentError, MalformedError

_SHARED = Path(__file__).parents[4] / "shared" / "data"


def test_no_property_of_a_notice_is_of_a_kind_that_the_law_does_not_know() -> None:
    where = Setting("network", frozenset({"suspect"}), frozenset({"police"}), about_person=True)
    unknown = {
        (name, prop)
        for name, shape in schemas().items()
        for prop in (*shape.properties, *([ROLE] if shape.bears else []))
        if kind(item(0, name), prop, "x", where) == "unknown"
    }
    assert not unknown


def test_a_property_of_no_table_is_of_an_unknown_kind() -> None:
    where = Setting("network")
    for name in ("Person", "Vehicle", "Membership", "victim"):
        assert kind(item(0, name), "shoeSize", "x", where) == "unknown"


def test_a_need_for_medical_care_is_health() -> None:
    where = Setting("victim", about_person=True)
    for code, expected in (("medical", "health"), ("Health", "health"), ("Legal", "needs")):
        need = value.code("valija" if code == "medical" else "htcds", code)
        assert expected == kind(item(0, "victim"), "needs", need, where)


def test_every_list_that_a_property_names_exists() -> None:
    for shape in schemas().values():
        for known in shape.properties.values():
            name, _, argument = known.value.partition(":")
            if name == "code":
                assert codelist.code_list(argument).labels
    assert version() == toml_table("schemas")["version"]
    with pytest.raises(MalformedError):
        codelist.code_list("weather")
    with pytest.raises(MalformedError):
        schema("Weather")


def test_codes_are_found_by_code_or_label_whatever_the_case_and_the_blanks() -> None:
    control = codelist.code_list("control_method")
    for text in ("DebtBondage", "debtbondage", "Debt bondage ", "Debt\xa0bondage"):
        found = control.read(text)
        assert value.codes(found) == {"DebtBondage"}
        assert control.holds(found)
    assert control.read("Restricts movement") is None
    assert control.holds(value.code("local", "Restricts movement"))
    assert not control.holds(value.code("htcds", "Prostitution"))
    assert not control.holds("DebtBondage")


def test_languages_are_read_by_either_standard() -> None:
    languages = codelist.code_list("language")
    for text, expected in (("spa", "es"), ("quechua", "qu"), ("fre", "fr"), ("nah", "nah")):
        assert {expected} == value.codes(languages.read(text))


def test_industries_hold_sections_divisions_and_the_codes_of_htcds() -> None:
    industry = codelist.code_list("industry")
    assert industry.holds(value.code("isic4", "01"))
    assert industry.holds(value.code("htcds", "F_Construction"))
    assert not industry.holds(value.code("isic4", "04"))
    assert codelist.isic_section(99) == "U"
    assert codelist.isic_section(4) == ""


def test_the_picklists_are_spelt_as_the_standard_spells_them() -> None:
    fields = _SHARED / "htcds" / "derived" / "htcds_2.0_fields.json"
    if not fields.exists():
        absent("the shared list of HTCDS fields is not here")
    ours = {
        "prs_Gender": "gender", "vic_TraffickingStatus": "trafficking_status",
        "vic_RelationshipToTrafficker": "relationship",
        "vic_MethodsOfControl": "control_method",
        "vic_TypeOfExploitation": "exploitation_type", "vic_TypeOfSexExploitation": "sex_type",
        "per_RoleInProcess": "role_in_process", "cas_Status": "case_status",
        "hte_Type": "leg_type", "spl_Type": "need",
        "vic_MethodOfRecruitment": "recruitment_method",
    }  # fmt: skip
    for field in json.loads(fields.read_text("utf-8")):
        if field["field"] in ours:
            found = codelist.code_list(ours[field["field"]])
            assert set(field["names"]) <= set(found.labels)


def test_every_code_has_a_sentence_in_four_languages() -> None:
    for code in {*CODES, *KINDS}:
        for language in LANGUAGES:
            assert sentence(code, language)
    assert set(LANGUAGES) == {lang for row in sentences().values() for lang in row}
    with pytest.raises(AbsentError):
        sentence("weather", "es")
    with pytest.raises(AbsentError):
        sentence("phone", "qu")


_NEED_NONE = {"platform", "age_band", "language", "industry_htcds", "need_own"}


def test_every_code_that_needs_a_label_has_one_in_four_languages() -> None:
    names = {
        known.value.partition(":")[2] for shape in schemas().values()
        for known in shape.properties.values() if known.value.startswith("code:")
    } | {"un_region", "platform_kind", "means_kind", "mark", "body_part", "consent",
         "grade_source", "grade_information", "agency_kind", "biometric"}  # fmt: skip
    labels = toml_table("labels")
    for name in names - _NEED_NONE:
        own = {
            code for code in codelist.code_list(name).labels
            if name != "industry" or (len(code) == 1 and code.isalpha())
        }  # fmt: skip
        assert own == set(labels[name])
    for name, rows in labels.items():
        if isinstance(rows, dict):
            assert all(len(row) == 3 and all(row) for row in rows.values()), name


def test_labels_are_told_in_the_language_of_the_reader() -> None:
    assert label("control_method", "DebtBondage", "es") == "Servidumbre por deudas"
    assert label("control_method", "DebtBondage", "en") == "Debt bondage"
    assert label("industry", "F_Construction", "pt") == "Construção"
    assert label("platform", "WhatsApp", "fr") == "WhatsApp"
    assert label("gender", "weather", "es") == "weather"


def test_a_title_that_was_not_checked_is_shown_with_a_question_mark() -> None:
    assert label("iccs", "02041", "es") == "Trata con fines de explotación sexual"
    assert label("iccs", "02031", "en") == "Slavery (?)"
    assert label("iccs", "02031", "es") == "Esclavitud (?)"


def test_handles_and_slots_are_forty_bits_and_tell_no_order() -> None:
    drawn = draw_handle()
    assert is_handle(drawn)
    assert not is_handle("P1")
    assert not is_handle("ABCDEFGH")
    assert len(draw_seed()) == 16
    seed = bytes(16)
    slots = {slot(seed, "abcdefgh", "name", index) for index in range(50)}
    assert len(slots) == 50
    assert all(is_handle(one) for one in slots)
    assert slot(seed, "abcdefgh", "name", 0) != slot(b"\1" * 16, "abcdefgh", "name", 0)
    fixed: Draw = bytes
    assert draw_handle(fixed) == "aaaaaaaa"


def test_every_role_is_one_of_the_laws_once_it_is_put_in_its_words() -> None:
    assert {role for role in ROLES if role != "accused"} <= set(LISTS["Role"])
