"""What a role may do, and who may be the second person."""

import pytest

from node.people.person import Person, PersonRole, Verb
from valija.errors import BarredError
from valija.ids import Desk

_OFFICER = {"draft", "ask_law", "send", "withdraw", "read_lists", "open_notice"}
_MAY = {
    PersonRole.LIAISON: _OFFICER,
    PersonRole.SUPERVISOR: {"approve", "ask_law", "withdraw", "read_lists", "open_notice"},
    PersonRole.PROSECUTOR: _OFFICER | {"approve"},
    PersonRole.AUDITOR: {"read_lists", "read_journal", "take_decisions"},
    PersonRole.SECURITY: {"manage_people"},
}


def _person(role: PersonRole, account: str = "m.sosa") -> Person:
    return Person(account, role, Desk.parse("AR/police"))


def test_every_role_is_listed() -> None:
    assert set(PersonRole) == set(_MAY)


@pytest.mark.parametrize("role", PersonRole)
@pytest.mark.parametrize("verb", Verb)
def test_a_role_does_what_it_may_and_nothing_else(role: PersonRole, verb: Verb) -> None:
    if verb in _MAY[role]:
        _person(role).require(verb)
    else:
        with pytest.raises(BarredError, match=f"a {role} may not"):
            _person(role).require(verb)


def test_a_second_person_is_another_one() -> None:
    _person(PersonRole.SUPERVISOR).require_second("r.quispe")
    with pytest.raises(BarredError, match="nobody approves what he drafted"):
        _person(PersonRole.PROSECUTOR, "r.quispe").require_second("r.quispe")


def test_a_second_person_has_a_role_that_approves() -> None:
    with pytest.raises(BarredError, match="may not approve"):
        _person(PersonRole.LIAISON).require_second("r.quispe")
