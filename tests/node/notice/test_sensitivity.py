"""Computed categories, minority and subjects: docs/content.md, "Sensitivity"."""

import pytest

from node.notice import facts, minority, value
from node.notice.about import NOBODY, About, unite
from node.notice.item import law_roles
from node.notice.sensitivity import CATEGORIES, categories, of_roles
from node.notice.subject import Subjects, protected
from node.notice.value import Json
from tests.node.notice.invented import demo, handle, item, notice, victim

_CHILD = About(anybody=True, roles=frozenset({"suspect"}), minor="yes")
_ADULT = About(anybody=True, roles=frozenset({"suspect", "victim"}), minor="no")


@pytest.mark.parametrize(
    ("person", "section", "expected"),
    [
        ({"birthDate": ["2010-01-01"]}, {}, "yes"),
        ({"birthDate": ["1990"]}, {}, "no"),
        # 2008 may be 31 December 2008, which is 17 on the day of the notice.
        ({"birthDate": ["2008"]}, {}, "yes"),
        ({}, {}, "unknown"),
        ({}, {"majority": [value.code("valija", "Minor")]}, "yes"),
        ({}, {"majority": [value.code("valija", "Adult")]}, "no"),
        ({}, {"majority": [value.code("local", "x")]}, "unknown"),
        ({"birthDate": ["2010"]}, {"majority": [value.code("valija", "Adult")]}, "yes"),
        ({}, {"ageBand": [value.code("ctdc", "9-17")]}, "yes"),
        ({}, {"ageBand": [value.code("ctdc", "48+")]}, "no"),
        ({}, {"ageBand": [value.code("ctdc", "0-29")]}, "unknown"),
        ({}, {"ageWhenTrafficked": [16]}, "yes"),
        ({}, {"ageWhenTrafficked": [19]}, "no"),
        (
            {},
            {
                "consent": [
                    {
                        "status": value.code("valija", "given"),
                        "by": value.code("valija", "guardian"),
                    }
                ]
            },
            "yes",
        ),
    ],
)
def test_a_child_is_computed_from_what_is_recorded(
    person: dict[str, list[Json]], section: dict[str, list[Json]], expected: str
) -> None:
    found = victim(person=person, section=section)
    assert expected == minority.minor(found, found.victims[0])


def test_the_earlier_of_two_moments_counts() -> None:
    leg = item(2, "route.leg", {"from": ["2016-05"], "order": [1]})
    found = victim(leg, person={"birthDate": ["2000-01-01"]})
    assert minority.minor(found, found.victims[0]) == "yes"
    trip = item(3, "Trip", {"startDate": ["2016"], "involved": [handle(0)], "name": ["x"]})
    found = victim(trip, person={"birthDate": ["2000-01-01"]})
    assert minority.minor(found, found.victims[0]) == "yes"
    elsewhere = item(3, "Trip", {"startDate": ["2016"], "name": ["x"]})
    found = victim(elsewhere, person={"birthDate": ["2000-01-01"]})
    assert minority.minor(found, found.victims[0]) == "no"


def test_what_happens_to_children_only_makes_a_child_unless_an_age_says_no() -> None:
    labour = item(2, "exploitation", {"type": [value.code("htcds", "ChildLabour")]})
    offence = item(2, "offence", {"iccs": [value.code("iccs", "030222")]})
    for more in (labour, offence):
        found = victim(more)
        assert minority.minor(found, found.victims[0]) == "yes"
        found = victim(more, section={"majority": [value.code("valija", "Adult")]})
        assert minority.minor(found, found.victims[0]) == "no"


def test_a_group_with_a_child_in_it_is_a_childs_and_a_company_has_no_age() -> None:
    bands: list[Json] = [value.code("ctdc", "9-17"), value.code("ctdc", "48+")]
    group = item(2, "Person", {"vx:ageBand": bands}, frozenset({"suspect"}))
    company = item(3, "Company", {"name": ["Glicinas"]}, frozenset({"suspect"}))
    old = item(4, "Person", {"vx:ageBand": bands[1:]}, frozenset({"suspect"}))
    wide = item(
        5, "Person", {"vx:ageBand": [value.code("ctdc", "0-29")]}, frozenset({"suspect"})
    )
    found = victim(group, company, old, wide)
    flags = [minority.minor(found, one) for one in (group, company, old, wide)]
    assert ["yes", "no", "no", "unknown"] == flags
    assert minority.band("x") == "unknown"


def test_roles_give_categories_and_no_role_gives_the_victims() -> None:
    assert of_roles(frozenset()) == {"victim"}
    assert of_roles(frozenset({"accused", "witness"})) == {"suspect", "witness"}
    assert of_roles(frozenset({"informant"})) == {"technique"}
    assert law_roles(frozenset({"accused"})) == {"suspect"}
    assert law_roles(frozenset()) == {"unknown"}


def test_categories_are_a_set_of_property_roles_and_age() -> None:
    person, leg = item(0, "Person"), item(1, "route.leg")
    assert categories(person, "birthPlace", "suspect", _CHILD) == {
        "suspect", "minor", "location",
    }  # fmt: skip
    assert categories(person, "name", "victim", _ADULT) == {"suspect", "victim"}
    assert categories(leg, "country", "network", NOBODY) == {"general"}
    assert categories(leg, "place", "victim", _ADULT) == {"victim", "location"}
    assert categories(item(2, "Address"), "full", "modus", NOBODY) == {"location"}
    assert categories(item(2, "Company"), "name", "network", NOBODY) == {"general"}
    assert categories(person, "shoeSize", "network", NOBODY) == set(CATEGORIES)
    assert categories(item(3, "Weather"), "name", "network", NOBODY) == set(CATEGORIES)


def test_several_subjects_are_read_in_the_most_protective_way() -> None:
    suspect, child = (frozenset({"suspect"}), "no"), (frozenset({"victim"}), "unknown")
    both = unite([suspect, child])
    assert both.roles == {"suspect", "victim"}
    assert both.minor == "unknown"
    assert unite([]) == NOBODY


def test_things_take_the_roles_of_their_holders_and_links_of_both_ends() -> None:
    found = demo("network")
    subjects = Subjects(found)
    person = found.persons[0]
    assert subjects.of(found.of("Vehicle")[0].handle) == (person.handle,)
    assert subjects.roles(found.of("BankAccount")[0].handle) == {"suspect"}
    assert len(subjects.of(found.of("Directorship")[0].handle)) == 2
    assert subjects.of(found.of("Address")[0].handle) == ()
    assert subjects.of(found.of("network")[0].handle) == ()
    assert subjects.of("aaaaaaaa") == ()


def test_a_thing_of_nobody_is_of_somebody_unknown() -> None:
    phone = item(2, "vx:Device", {"imei": ["49015420323751"]})
    home = item(3, "Address", {"street": ["Pasaje 1"]})
    found = notice("suspect", phone, home, item(4, "Event", {"name": ["x"]}))
    subjects = Subjects(found)
    assert subjects.of(phone.handle) == (phone.handle,)
    assert subjects.of(home.handle) == (home.handle,)
    assert subjects.of(handle(4)) == ()
    kinds = {field.row: field.data[0].kind for field in facts.fields(found)}
    assert kinds["D1.imei[0]"] == "contact"
    assert kinds["EV1.name[0]"] == "routes"


def test_an_address_is_of_those_who_live_or_travel_there() -> None:
    home, stop = item(2, "Address", {"city": ["Orán"]}), item(3, "Address", {"city": ["Salta"]})
    trip = item(4, "Trip", {"involved": [handle(0)], "endLocation": [handle(3)]})
    found = victim(home, stop, trip, person={"addressEntity": [handle(2)]})
    subjects = Subjects(found)
    assert subjects.of(handle(2)) == (handle(0),)
    assert subjects.of(handle(3)) == (handle(0),)
    assert subjects.everybody() == (handle(0),)


def test_a_company_without_a_role_is_nobodys_secret_and_a_person_always_is() -> None:
    company, person = item(2, "Company", {"name": ["x"]}), item(3, "Person", {"name": ["y"]})
    subjects = Subjects(notice("suspect", company, person))
    assert subjects.of(company.handle) == ()
    assert subjects.of(person.handle) == (person.handle,)
    assert protected(person)
    assert not protected(item(4, "Person", roles=frozenset({"suspect"})))
