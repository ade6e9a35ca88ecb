"""Ways of widening the law that look like nothing: each is named, so that two must sign it."""

from collections.abc import Mapping

import pytest

from policies.comparison import Change, compare
from policies.folder import read_folder

_REGISTRY = "treaty/registry.toml"
_DUTY = """
@id("AR-26364-8.pub") @effect("duty") @duty("no_publication")
@legal_basis("Ley 26.364 art. 8") @confidence("high") @basis("knowledge only")
permit (principal, action == Action::"impose_notice", resource);
"""
_KEEP = """
@id("AR-25326-23.days") @effect("keep") @keep("days:30")
@legal_basis("Ley 25.326 art. 23") @confidence("high") @basis("knowledge only")
permit (principal, action == Action::"impose_notice", resource);
"""


@pytest.fixture(scope="module", name="law")
def _law() -> Mapping[str, bytes]:
    return read_folder()


def edited(
    law: Mapping[str, bytes], path: str, rule: str, old: str, new: str
) -> dict[str, bytes]:
    """Return the law with one phrase of one rule changed."""
    text = law[path].decode()
    start = text.index(f'@id("{rule}")')
    end = text.index(";", start)
    assert old in text[start:end]
    body = text[:start] + text[start:end].replace(old, new) + text[end:]
    return {**law, path: body.encode()}


def told(changes: tuple[Change, ...]) -> set[tuple[str, str]]:
    return {(change.bundle, change.what) for change in changes}


@pytest.mark.parametrize(
    ("rule", "guard"),
    [
        ("TIP-6-5", ' &&\n  !(resource in Class::"incriminating")'),
        ("TIP-8", ' && !(resource in [Class::"incriminating", Class::"special"])'),
        ("TIP-6-3", ' && !(resource in Class::"incriminating")'),
    ],
)
def test_a_guard_against_where_a_datum_comes_from_does_not_fall_unseen(
    law: Mapping[str, bytes], rule: str, guard: str
) -> None:
    found = compare(law, edited(law, "treaty/send.cedar", rule, guard, ""))
    assert ("treaty", "ever") in told(found)
    assert any("from " in where for change in found for where in change.where)


@pytest.mark.parametrize("member", ["AR", "GT"])
def test_a_receiving_law_that_goes_is_the_widest_change_of_all(
    law: Mapping[str, bytes], member: str
) -> None:
    without = {path: body for path, body in law.items() if path != f"{member}/receive.cedar"}
    assert {(member, "ever")} == told(compare(law, without))
    assert () == compare(without, law)


def test_a_bundle_that_goes_takes_its_receiving_law_with_it(law: Mapping[str, bytes]) -> None:
    without = {path: body for path, body in law.items() if not path.startswith("GT/")}
    assert {("GT", "ever")} == told(compare(law, without))


@pytest.mark.parametrize(("rule", "what"), [(_DUTY, "without"), (_KEEP, "kept longer")])
def test_what_binds_a_whole_notice_at_its_recipient_does_not_fall_unseen(
    law: Mapping[str, bytes], rule: str, what: str
) -> None:
    path = "AR/receive.cedar"
    before = {**law, path: law[path] + rule.encode()}
    assert {("AR", what)} == told(compare(before, law))
    assert () == compare(law, before)


def test_what_binds_who_keeps_does_not_become_what_binds_who_discloses(
    law: Mapping[str, bytes],
) -> None:
    changed = edited(
        law, "AR/receive.cedar", "AR-25326-23.review", "impose_field", "impose_disclosure"
    )
    assert {("AR", "kept longer")} == told(compare(law, changed))


def test_a_treaty_that_a_state_leaves_takes_its_duties_along(law: Mapping[str, bytes]) -> None:
    lines = law[_REGISTRY].decode().splitlines(keepends=True)
    kept = [one for one in lines if not ('"ccc"' in one and 'state = "CL"' in one)]
    assert len(kept) == len(lines) - 1
    found = compare(law, {**law, _REGISTRY: "".join(kept).encode()})
    assert {("treaty", "row gone")} == told(found)
