"""Words over the gateway: listed with their worth, taken back for good, and what is owed."""

from typing import Any

import pytest

from node.gateway.caller import ApproveRequest, SendRequest
from tests.node.gateway.counter import Counter
from tests.node.offices import SEEN, text
from tests.node.release.consenting import victim
from valija.errors import AbsentError, BarredError, DuplicateError, MalformedError

REASON = "Amarilis asked for it"


async def sealed(counter: Counter) -> str:
    """Bring a victim's notice into the outbox through the gateway."""
    put = await counter.ask("r.quispe", lambda c: c.put_draft(text(victim())))
    name = str(put["id"])
    order = SendRequest(drafts=[name], recipients=["BR/police"])
    await counter.ask("r.quispe", lambda c: c.send(order))
    holds: Any = await counter.ask("m.sosa", lambda c: c.list_holds("en"))
    word = ApproveRequest(
        hold=holds["holds"][0]["id"], condition=SEEN.condition, yes=True, reason=SEEN.words
    )
    await counter.ask("m.sosa", lambda c: c.approve(word))
    return name


async def words(counter: Counter, draft: str, lang: str = "en") -> dict[str, Any]:
    found: Any = await counter.ask("a.audit", lambda c: c.list_words(draft, lang))
    return {row["condition"]: row for row in found["words"]}


async def test_a_consent_is_taken_back_and_what_left_under_it_is_owed(
    counter: Counter,
) -> None:
    draft = await sealed(counter)
    await counter.bureau.node.outbox._submitter.sign()
    given = (await words(counter, draft, "es"))["consent_evidence"]
    assert ("r.quispe", "liaison", "counts", "Vale ahora.") == (
        given["by"],
        given["role"],
        given["worth"],
        given["sentence"],
    )
    assert (["BR"], ["criminal_investigation"]) == (given["recipients"], given["purposes"])
    said: Any = await counter.ask("r.quispe", lambda c: c.withdraw(given["id"], REASON, "pt"))
    assert ["ready"] == [row["state"] for row in said["states"]]
    (owed,) = said["owed"]
    assert (draft, "BR/police", 1, given["id"], "consent_evidence") == (
        owed["notice"],
        owed["recipient"],
        owed["version"],
        owed["word"],
        owed["condition"],
    )
    assert "Person.firstName exact" in owed["shown"]
    assert 64 == len(owed["label"])
    assert 0 < owed["sent"] <= owed["withdrawn"]
    listed: Any = await counter.ask("a.audit", lambda c: c.list_owed("", "fr"))
    assert (1, [draft]) == (listed["total"], [row["notice"] for row in listed["owed"]])
    assert "withdrawn" == (await words(counter, draft))["consent_evidence"]["worth"]


async def test_what_had_not_left_is_closed_and_says_so(counter: Counter) -> None:
    draft = await sealed(counter)
    given = (await words(counter, draft))[SEEN.condition]
    said: Any = await counter.ask("m.sosa", lambda c: c.withdraw(given["id"], REASON, "es"))
    (row,) = said["states"]
    assert "closed" == row["state"]
    assert row["sentence"].startswith("Aquello en que se basaba se retiró")
    assert [] == said["owed"]
    with pytest.raises(DuplicateError):
        await counter.ask("m.sosa", lambda c: c.withdraw(given["id"], REASON, "en"))


async def test_a_reason_passes_the_door_in_one_direction_only(counter: Counter) -> None:
    draft = await sealed(counter)
    given = (await words(counter, draft))["consent_evidence"]
    said: Any = await counter.ask("m.sosa", lambda c: c.withdraw(given["id"], REASON, "en"))
    listed: Any = await counter.ask("d.luna", lambda c: c.list_words(draft, "en"))
    owed: Any = await counter.ask("d.luna", lambda c: c.list_owed("", "en"))
    assert "Amarilis" not in str((said, listed, owed))
    assert SEEN.words not in str(listed)


async def test_who_may_not_and_what_makes_no_sense_is_refused(counter: Counter) -> None:
    draft = await sealed(counter)
    name = (await words(counter, draft))["consent_evidence"]["id"]
    for account, call, error in (
        ("a.audit", lambda c: c.withdraw(name, REASON, "en"), BarredError),
        ("s.keys", lambda c: c.list_words(draft, "en"), BarredError),
        ("s.keys", lambda c: c.list_owed("", "en"), BarredError),
        ("j.other", lambda c: c.withdraw(name, REASON, "en"), AbsentError),
        ("j.other", lambda c: c.list_words(draft, "en"), AbsentError),
        ("j.other", lambda c: c.list_owed(draft, "en"), AbsentError),
        ("m.sosa", lambda c: c.withdraw(name, " ", "en"), MalformedError),
        ("m.sosa", lambda c: c.withdraw("ab", REASON, "en"), MalformedError),
        ("m.sosa", lambda c: c.withdraw("ab" * 16, REASON, "en"), AbsentError),
        ("m.sosa", lambda c: c.list_owed("zz", "en"), MalformedError),
        ("m.sosa", lambda c: c.list_words(draft, "xx"), MalformedError),
    ):
        with pytest.raises(error):
            await counter.ask(account, call)
    assert "counts" == (await words(counter, draft))["consent_evidence"]["worth"]
