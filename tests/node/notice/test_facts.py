"""The bridge to law and seal: docs/envelope.md, section 2; docs/policy.md, section 6."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import choice, facts, native, people, reading, value
from node.notice.told import ItemTold, PersonTold, Told
from node.notice.value import Json
from policies.answer import Form, Rank, Standing
from policies.facts import Consent, Essential
from tests.node.notice.invented import demo, handle, item, notice, victim
from valija import commitment
from valija.errors import MalformedError

_PATH = re.compile(r"[a-z2-7]{8}/[A-Za-z0-9:_]+(/[a-z2-7]{8})?")
_NETWORK = demo("network")
_FIELDS, _FRAMES = facts.fields(_NETWORK), facts.frames(_NETWORK)


def _all(rank: Rank) -> dict[Form, Standing]:
    return dict.fromkeys(Form, Standing(rank))


def test_two_calls_on_one_draft_give_the_same() -> None:
    assert _FIELDS == facts.fields(_NETWORK)


def test_paths_tell_nothing_but_handles_and_slots() -> None:
    for path, form, told in choice.commit_list(_FIELDS, _FRAMES):
        assert _PATH.fullmatch(path)
        commitment.make_fact(path, commitment.Form[form.upper()], told)


def test_every_form_of_every_field_is_committed_once() -> None:
    committed = choice.commit_list(_FIELDS, _FRAMES)
    assert len(committed) == len({(path, form) for path, form, _ in committed})
    for field in _FIELDS:
        for form, told in field.forms.items():
            place = field.marker_path if form == "marker" else field.path
            assert (place, form, told) in committed
    assert len(committed) <= max(commitment.SIZES)


def test_row_names_count_in_the_draft_and_are_unique() -> None:
    rows = [field.row for field in _FIELDS]
    assert len(rows) == len(set(rows))
    assert {"title[0]", "route[1].place", "P1.birthDate[0]", "network.name"} <= set(rows)


def test_title_summary_name_and_pseudonym_are_always_essential() -> None:
    essential = {f.row: f.data[0].essential for f in (*_FIELDS, *facts.fields(victim()))}
    assert essential["title[0]"] is Essential.EXACT
    assert essential["network.name"] is Essential.PRESENT
    assert essential["victim.pseudonym"] is Essential.PRESENT
    assert essential["P1.name[0]"] is Essential.NO


def test_an_officer_may_call_a_field_essential() -> None:
    told = Told(essential=frozenset({f"{handle(2)}/name"}))
    person = item(2, "Person", {"name": ["x"]}, frozenset({"suspect"}))
    found = facts.fields(notice("suspect", person, told=told))
    assert Essential.EXACT in {f.data[0].essential for f in found if f.row == "P1.name[0]"}


def test_a_victims_own_names_may_go_by_pseudonym_and_her_parents_not() -> None:
    found = victim(person={"name": ["A"], "motherName": ["B"], "gender": []})
    forms = {field.row: field.forms for field in facts.fields(found)}
    assert forms["P1.name[0]"]["pseudonym"] == "kqz3vxw2a7mnb4cd"
    assert "pseudonym" not in forms["P1.motherName[0]"]
    suspect = item(5, "Person", {"name": ["C"]}, frozenset({"suspect"}))
    forms = {field.row: field.forms for field in facts.fields(victim(suspect))}
    assert "pseudonym" not in forms["P2.name[0]"]


def test_the_source_half_of_a_grade_never_leaves() -> None:
    grade = next(field for field in _FIELDS if field.prop == "grade")
    assert grade.forms["exact"] == {"information": value.code("4x4", "2")}


def test_special_provenance_adds_kinds_and_removes_none() -> None:
    bank = ItemTold(source="bank", regime=("jit:AR-BR",), provenance=("intercept",))
    told = Told(source="police", regime=("synthetic",), items={handle(2): bank})
    account = item(2, "BankAccount", {"iban": ["GB82WEST12345698765432"]})
    found = facts.fields(notice("suspect", account, told=told))
    (datum,) = next(one.data for one in found if one.row == "BA1.iban[0]")
    assert datum.kinds == {"bank_record", "intercept"}
    assert datum.regimes == {"synthetic", "jit:AR-BR"}
    assert datum.sources == {"bank"}


def test_a_small_count_is_told_to_the_law_as_small() -> None:
    data = {field.row: field.data[0] for field in _FIELDS}
    assert data["victim.counts"].smallest_count == 3
    assert data["victim.counts"].geography == "country"
    assert data["network.members"].smallest_count is None
    unknown = item(2, "victim", {"counts": [value.unknown("suppressed")]})
    found = {one.row: one.data[0] for one in facts.fields(notice("modus", unknown))}
    assert found["victim.counts"].smallest_count is None


def test_what_is_printed_of_a_notice_holds_no_value() -> None:
    printed = f"{_NETWORK!r}{_FIELDS!r}{people.people(_NETWORK)!r}"
    chosen = {field.path: "exact" for field in _FIELDS}
    printed += repr(reading.read(choice.open_list(_FIELDS, _FRAMES, chosen)))
    for found in ("Quiroga", "Glicin", "5493878555012", "AF731ZQ", "FSA 4471"):
        assert found not in printed


def test_a_form_that_a_field_cannot_take_is_skipped_downwards() -> None:
    name = next(field for field in _FIELDS if field.row == "P1.name[0]")
    answer = {
        **_all(Rank.ALLOWED),
        Form.EXACT: Standing(Rank.HELD, frozenset({"judicial_ref"})),
    }
    assert choice.settle(name, {name.row: answer}) == "marker"
    assert choice.settle(name, {name.row: _all(Rank.ALLOWED)}) == "exact"
    assert choice.settle(name, {}) == ""


def test_a_view_of_everything_reads_back_and_shows_every_item() -> None:
    chosen = {field.path: "exact" for field in _FIELDS}
    items = reading.read(choice.open_list(_FIELDS, _FRAMES, chosen))
    assert {one.handle for one in items} == {one.handle for one in _NETWORK.items}
    shown = next(one for one in items if one.schema == "Vehicle")
    assert shown.properties["vx:make"][0].value == "Renault"


def test_a_view_of_nothing_opens_nothing() -> None:
    assert choice.open_list(_FIELDS, _FRAMES, {}) == ()


def test_many_withheld_values_get_one_marker() -> None:
    methods = [field for field in _FIELDS if field.row.startswith("control.methods")]
    opened = choice.open_list(_FIELDS, _FRAMES, {field.path: "marker" for field in methods})
    assert ["marker"] == [form for _, form, _ in opened if form != "exact"]


def test_a_hidden_person_leaves_no_reference_and_no_link() -> None:
    hidden = _NETWORK.persons[0].handle
    chosen = {field.path: "exact" for field in _FIELDS if field.handle != hidden}
    opened = choice.open_list(_FIELDS, _FRAMES, chosen)
    assert hidden not in str(opened)
    links = {one.handle for one in _NETWORK.of("Membership") if hidden in one.targets("member")}
    assert not links & {path.split("/")[0] for path, _, _ in opened}


@given(
    st.dictionaries(st.sampled_from([f.path for f in _FIELDS]), st.sampled_from(facts.LADDER))
)
def test_no_view_points_to_what_it_does_not_show(wanted: dict[str, str]) -> None:
    by_path = {field.path: field for field in _FIELDS}
    chosen = {path: form for path, form in wanted.items() if form in by_path[path].forms}
    opened = choice.open_list(_FIELDS, _FRAMES, chosen)
    visible = {path.split("/")[0] for path, _, _ in opened}
    for path, form, _ in opened:
        field = by_path.get(path)
        if field is not None and field.target and form != "marker":
            assert field.target in visible
    for frame in _FRAMES:
        if frame.handle in visible:
            assert set(frame.ends) <= visible
    committed = choice.commit_list(_FIELDS, _FRAMES)
    assert all(one in committed for one in opened)
    assert len(reading.read(opened)) == len(visible)


def test_a_group_of_persons_says_so() -> None:
    person = item(2, "Person", {"gender": []}, frozenset({"suspect"}))
    assert facts.frames(notice("suspect", person))[-1].value == {"schema": "Person"}
    group = replace(person, group=True)
    (*_, frame) = facts.frames(notice("suspect", group))
    assert frame.value == {"schema": "Person", "group": "yes"}
    found = notice("suspect", group)
    assert found == native.parse(native.to_bytes(found)).with_items(found.items)
    assert native.parse(native.to_bytes(found)).persons[0].group


def test_a_field_knows_its_subjects() -> None:
    assert {field.subjects for field in _FIELDS if field.row == "P1.name[0]"} == {
        (_NETWORK.persons[0].handle,)
    }


@pytest.mark.parametrize(
    "opened",
    [
        [("abcdefgh/name", "exact", "x")],
        [("abcdefgh", "exact", "x")],
        [("P1/name", "exact", "x")],
        [("abcdefgh/schema", "loud", {"schema": "Person"})],
        [("abcdefgh/schema", "exact", {"schema": "Weather"})],
        [("abcdefgh/schema", "exact", {"schema": "Person"}), ("abcdefgh/shoe", "exact", "x")],
    ],
)
def test_a_view_of_another_shape_is_refused(opened: list[choice.Opened]) -> None:
    with pytest.raises(MalformedError):
        reading.read(opened)


def test_the_law_is_told_of_everybody_a_field_names() -> None:
    told = Told(persons={handle(0): PersonTold("yes", "VE", "no", "no")})
    device = item(5, "vx:Device", {"imei": ["49015420323751"]})
    consent: Json = {
        "status": value.code("valija", "given"),
        "scope": ["victim_assistance"],
        "recipients": ["BR"],
        "until": "2027-01",
        "by": value.code("valija", "self"),
    }
    base = victim(device, section={"consent": [consent]}, role="victim")
    found = people.people(notice("victim", *base.items[1:], told=told))
    who = {person.id: person for person in found}
    assert who[handle(0)].feared_state == "VE"
    assert who[handle(0)].consent.scope == {"victim_assistance"}
    assert str(who[handle(0)].consent.until) == "2027-01-01"
    assert who[handle(5)].roles == {"unknown"}
    assert who[handle(5)].minor == "unknown"
    assert who[handle(5)].consent == Consent("unknown")


def test_without_a_section_nothing_is_known_of_a_consent() -> None:
    person = item(0, "Person", {"name": ["x"]}, frozenset({"victim"}))
    (found,) = people.people(notice("victim", person))
    assert found.consent == Consent("unknown")


def test_the_law_has_its_own_words_for_types() -> None:
    assert people.law_type(_NETWORK) == "network_alert"
    assert people.law_type(demo("suspect")) == "case_notice"
    assert people.law_type(victim()) == "victim_referral"
    assert people.law_type(_NETWORK, from_fiu=True) == "financial_intel"
