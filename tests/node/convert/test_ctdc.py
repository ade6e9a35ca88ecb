"""CTDC's layouts: docs/content.md, "5. Statistics and CTDC"; every row here is invented."""

from collections import Counter
from pathlib import Path

import pytest

from node.convert import ctdc
from node.convert.layout import layout
from node.convert.outcome import Outcome
from node.convert.refusal import RefusedFileError
from node.convert.tally import Tally
from node.notice import facts, minority, native, validation, value
from node.notice.codelist import code_list
from node.notice.schema import schema
from node.notice.value import Json
from tests.node.convert.invented import SETTINGS, SHARED, records
from tests.services.absent import absent

_PERPETRATOR = {
    "yearRegister": "2019", "gender": "", "majorityStatus": "", "isForcedLabour": "",
    "isSexualExploit": "", "UN_COO_Region": "", "UN_COE_Region": "", "IP_Exploiter": "",
    "IP_Gender": "", "IP_ageBroad": "", "IP_citizen_UNRegion": "", "IP_Relation": "",
    "IP_PayMoney": "", "IP_RecruiterBroker": "", "IP_TransactionProcess": "",
    "IP_ControlAbuseKidnap": "",
}  # fmt: skip


def _one(path: Path, row: dict[str, str]) -> Outcome:
    (found,) = ctdc.read(records(path / "one.csv", [row]), SETTINGS)
    assert found.draft is not None
    assert not [one for one in validation.check(found.draft) if one.blocking]
    return found


def _said(found: Outcome, schema_name: str, prop: str) -> tuple[Json, ...]:
    assert found.draft is not None
    items = [one for one in found.draft.of(schema_name) if prop in one.properties]
    return items[0].properties[prop] if items else ()


def test_an_empty_row_says_nothing_and_is_still_a_person(tmp_path: Path) -> None:
    found = _one(tmp_path, _PERPETRATOR)
    assert found.draft is not None
    assert len(found.draft.persons) == 1
    assert minority.minor(found.draft, found.draft.victims[0]) == "unknown"
    assert dict(found.cells) == {"mapped": 1, "empty": 15}
    person = next(f for f in facts.fields(found.draft) if f.row == "P1.vx:role[0]")
    assert "minor" in person.categories


@pytest.mark.parametrize(("text", "flag"), [("Minor", "yes"), ("Adult", "no"), ("", "unknown")])
def test_majority_is_computed_and_empty_is_not_an_adult(
    tmp_path: Path, text: str, flag: str
) -> None:
    found = _one(tmp_path, {**_PERPETRATOR, "majorityStatus": text})
    assert found.draft is not None
    assert flag == minority.minor(found.draft, found.draft.victims[0])


def test_several_suspects_of_a_row_are_one_group_with_sets(tmp_path: Path) -> None:
    found = _one(
        tmp_path,
        {
            **_PERPETRATOR,
            "IP_Gender": "Female;Male",
            "IP_ageBroad": "0--29;48+",
            "IP_citizen_UNRegion": "Asia;Europe",
            "IP_PayMoney": "No;Yes",
        },
    )
    assert found.draft is not None
    (group,) = [one for one in found.draft.persons if one.group]
    assert group.roles == {"suspect"}
    assert minority.minor(found.draft, group) == "unknown"
    assert [value.part(one, "code") for one in group.properties["vx:ageBand"]] == [
        "0-29",
        "48+",
    ]
    assert len(group.properties["gender"]) == len(group.properties["citizenship"]) == 2
    local = [value.part(one, "code") for one in group.properties["vx:roleInProcess"]]
    assert local == ["IP_PayMoney:No", "IP_PayMoney:Yes"]


def test_a_merged_flag_is_one_or_more_of_its_codes(tmp_path: Path) -> None:
    found = _one(tmp_path, {**_PERPETRATOR, "IP_ControlAbuseKidnap": "1", "IP_Exploiter": "1"})
    exploiter, merged = _said(found, "Person", "vx:roleInProcess")
    assert value.codes(exploiter) == {"Exploiter"}
    assert value.codes(merged) == {"ControlledIndividual", "Abuser", "Kidnapper"}
    relation = _one(tmp_path, {**_PERPETRATOR, "IP_Relation": "FamilyIntimatePartner"})
    (said,) = _said(relation, "victim", "relationshipToTrafficker")
    assert value.codes(said) == {"Familial", "IntimatePartner"}


def test_a_stranger_unknown_or_other_stays_what_it_was(tmp_path: Path) -> None:
    found = _one(tmp_path, {**_PERPETRATOR, "IP_Relation": "StrangerUnknownOther"})
    expected = (value.code("local", "IP_Relation:StrangerUnknownOther"),)
    assert expected == _said(found, "victim", "relationshipToTrafficker")
    assert found.cells["local"] == 1


def test_a_region_stays_a_region_and_no_country_is_invented(tmp_path: Path) -> None:
    row = {**_PERPETRATOR, "UN_COO_Region": "Americas/Oceania", "UN_COE_Region": "Asia"}
    found = _one(tmp_path, row)
    assert _said(found, "Person", "citizenship") == (
        value.code("un_region", "Americas/Oceania"),
    )
    assert _said(found, "route.leg", "country") == (value.code("un_region", "Asia"),)
    assert value.codes(_said(found, "route.leg", "type")[0]) == {"Exploitation"}


def test_a_range_of_years_is_shown_and_not_cut_down(tmp_path: Path) -> None:
    found = _one(tmp_path, {**_PERPETRATOR, "yearRegister": "2014-2018"})
    assert dict(found.texts) == {"yearRegister": "2014-2018"}
    assert _said(found, "case", "opened") == ()
    assert _said(_one(tmp_path, _PERPETRATOR), "case", "opened") == ("2019",)


_GLOBAL = {"yearOfRegistration": "2020", "gender": "", "ageBroad": "", "citizenship": ""}


@pytest.mark.parametrize("band", ["9--17", "9\u201417", "9-17"])
def test_bands_are_read_with_any_dash(tmp_path: Path, band: str) -> None:
    found = _one(tmp_path, {**_GLOBAL, "ageBroad": band})
    assert value.codes(_said(found, "victim", "ageBand")[0]) == {"9-17"}


def test_the_global_data_set_is_read_with_both_names_of_its_variables(tmp_path: Path) -> None:
    row = {
        **_GLOBAL,
        "gender": "Trans/Transgender/NonConforming",
        "citizenship": "COL",
        "CountryOfExploitation": "MEX",
        "traffickMonths": "0--12",
        "meansDenyBasicNeeds": "1",
        "meansWithholdDocuments": "1",
        "isOtherExploit": "1",
        "typeOfLabourHospitality": "1",
        "isForcedLabour": "0",
        "recruiterRelationFamily": "1",
    }
    found = _one(tmp_path, row)
    assert len(value.codes(_said(found, "Person", "gender")[0])) == 3
    assert _said(found, "Person", "citizenship") == ("CO",)
    assert _said(found, "route.leg", "proxy") == ("yes",)
    needs, papers = _said(found, "control", "methods")
    assert "RestrictsMovement" in value.codes(needs)
    assert value.codes(papers) == {"WithholdsDocuments"}
    assert len(value.codes(_said(found, "exploitation", "type")[0])) == 4
    assert _said(found, "exploitation", "industry") == (value.code("isic4", "I"),)
    assert found.cells["unmapped"] == 1
    old = _one(tmp_path, {**_GLOBAL, "meansOfControlThreats": "1", "isForcedLabour": "1"})
    assert value.codes(_said(old, "control", "methods")[0]) == {"PhysicalThreats"}


def test_a_zero_means_what_its_column_says(tmp_path: Path) -> None:
    row = {
        "registration_year": "2017", "gender": "Female", "age_range": "-99",
        "citizenship": "00", "victim_purpose": "0", "isForcedLabour": "0",
        "control_threats": "-99",
        "labor": "0",
        "trafficker_relationship": "4",
    }  # fmt: skip
    found = _one(tmp_path, row)
    assert _said(found, "Person", "citizenship") == (value.unknown("suppressed"),)
    kinds = {(value.part(one, "scheme"), value.part(one, "code"))
             for one in _said(found, "exploitation", "type")}  # fmt: skip
    assert kinds == {("htcds", "ForcedLabour"), ("local", "isForcedLabour:0")}
    assert _said(found, "control", "methods") == ()
    assert _said(found, "victim", "relationshipToTrafficker") == ()
    both = _one(tmp_path, {**row, "victim_purpose": "2", "isForcedLabour": "-99"})
    assert [value.part(one, "code") for one in _said(both, "exploitation", "type")] == [
        "SexualExploitation",
        "ForcedLabour",
    ]


def test_a_header_that_fits_two_layouts_is_ambiguous(tmp_path: Path) -> None:
    row = {"yearOfRegistration": "2020", "gender": "", "isForcedLabour": "", "citizenship": ""}
    with pytest.raises(RefusedFileError, match="ambiguous_header"):
        ctdc.read(records(tmp_path / "a.csv", [row]), SETTINGS)


@pytest.mark.parametrize("name", [*ctdc.NAMES, "htcds"])
def test_every_word_of_a_layout_stands_on_a_list_and_every_place_exists(name: str) -> None:
    known = layout(name)
    parts = {part.name: schema(part.schema) for part in known.parts}
    for column in known.columns.values():
        if not column.part:
            continue
        prop = parts[column.part].properties[column.prop]
        assert "V" in prop.types
        for meaning in column.words.values():
            for word in meaning.replace("&", "|").split("|"):
                if not word.startswith(("?", "local")):
                    assert word in code_list(column.list).schemes
    assert set(known.titles) == {"es", "en", "pt", "fr"}


def test_the_dev_slice_is_accounted_for_row_by_row() -> None:
    path = SHARED / "ctdc" / "ctdc_victim_perpetrator_synthetic_dev.csv"
    if not path.exists():
        absent("CTDC's dev slice is not among the shared data")
    tally, minors, invented = Tally(), Counter[str](), 0
    for found in tally.watch(ctdc.read(path, SETTINGS)):
        assert found.draft is not None
        minors[minority.minor(found.draft, found.draft.victims[0])] += 1
        invented += b"isForcedLabour:" in native.to_bytes(found.draft)
        for item in found.draft.of("exploitation"):
            assert all(value.part(one, "scheme") == "htcds" for one in item.properties["type"])
    assert tally.holds
    assert tally.read == tally.drafts + tally.rows["refused"] == 4060
    assert minors == {"yes": 272, "unknown": 730, "no": 3058}
    assert invented == 0


def test_the_k_anonymised_files_are_accounted_for() -> None:
    folder = SHARED / "ctdc"
    if not folder.exists():
        absent("CTDC's files are not among the shared data")
    tally = Tally()
    for name in ("gh-mrmoore_human_traffick_sample_dataset.csv",):
        for _ in tally.watch(ctdc.read(folder / name, SETTINGS)):
            pass
    assert tally.holds
    assert tally.read == tally.drafts == 104
