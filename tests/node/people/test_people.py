"""Accounts, tokens and roles."""

import pytest

from node.people import local
from node.people.person import Person, PersonRole, Verb
from node.people.token import digest_of, mint
from node.store import people
from tests.node.offices import AR, CHIEF, DRAFTER, EVERYBODY, Bureau
from valija.errors import AbsentError, BarredError, MalformedError, SignatureError


def test_tokens_are_long_and_never_the_same() -> None:
    found = {mint() for _ in range(100)}
    assert (100, {59}) == (len(found), {len(one) for one in found})
    assert 32 == len(digest_of(found.pop()))


_OFFICER = {"draft", "ask_law", "send", "withdraw", "read_lists", "open_notice"}


@pytest.mark.parametrize("token", ["", "valija_", "x" * 59, "valija_" + "ñ" * 52])
def test_what_has_not_the_form_of_a_token_is_nobodys(token: str) -> None:
    with pytest.raises(SignatureError, match="no account has this token"):
        digest_of(token)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (PersonRole.SUPERVISOR, {"approve"} | (_OFFICER - {"draft", "send"})),
        (PersonRole.AUDITOR, {"read_lists", "read_journal", "take_decisions"}),
        (PersonRole.SECURITY, {"manage_people"}),
        (PersonRole.LIAISON, _OFFICER),
    ],
)
def test_a_role_does_this_and_nothing_else(role: PersonRole, may: set[str]) -> None:
    person = Person("a", role, AR)
    for verb in Verb:
        if verb in may:
            person.require(verb)
        else:
            with pytest.raises(BarredError):
                person.require(verb)


def test_nobody_is_his_own_second_person() -> None:
    CHIEF.require_second(DRAFTER.account)
    with pytest.raises(BarredError, match="a second person must"):
        CHIEF.require_second(CHIEF.account)


async def test_a_token_names_one_account_until_it_is_barred(bureau: Bureau) -> None:
    clock, token = bureau.node.parts.clock, bureau.tokens["m.sosa"]
    assert CHIEF == bureau.read(lambda tx: local.recognise(tx, token, clock))
    bureau.write(lambda tx: people.bar(tx, "m.sosa", bureau.now))
    ended = bureau.read(lambda tx: people.by_name(tx, "m.sosa"))
    bureau.write(lambda tx: people.bar(tx, "m.sosa", bureau.now + 5))
    assert ended == bureau.read(lambda tx: people.by_name(tx, "m.sosa"))
    with pytest.raises(SignatureError, match="no account has this token"):
        bureau.read(lambda tx: local.recognise(tx, token, clock))
    with pytest.raises(SignatureError, match="no account has this token"):
        bureau.read(lambda tx: local.recognise(tx, mint(), clock))
    with pytest.raises(AbsentError):
        bureau.write(lambda tx: people.bar(tx, "nobody", bureau.now))
    assert len(EVERYBODY) == len(bureau.read(people.listing))
    for account, role in (("node", "liaison"), ("A b", "liaison"), ("new", "king")):
        with pytest.raises(MalformedError):
            bureau.write(
                lambda tx, name=account, as_=role: local.enrol(tx, name, as_, AR, clock)
            )
