"""Registers' files at the gateway: taken whole or refused whole."""

from pathlib import Path
from typing import Any

import grpc
import pytest

from node.gateway import SERVICE
from node.store import journal
from tests.node.convert.invented import workbook
from tests.node.convert.test_hostile_workbook import changed
from tests.node.gateway.counter import Counter
from valija.errors import LimitError, MalformedError
from valija.v1 import gateway_pb2 as v1


def _register(folder: Path) -> tuple[Path, str]:
    from tests.node.preflight.matrices import DEMO, victims  # noqa: PLC0415  # Of imports only.

    victims(folder)
    words = (DEMO / "register.toml").read_text(encoding="utf-8")
    return folder / "register.xlsx", words.replace("RETENTION", "2027-11-23")


async def test_a_register_becomes_drafts_and_the_same_file_again_changes_none(
    counter: Counter, tmp_path: Path
) -> None:
    file, profile = _register(tmp_path)
    first: Any = await counter.ask(
        "r.quispe", lambda c: list(c.import_file(file, profile, "es"))
    )
    last = first[-1]
    assert last["done"]
    assert last["read"] == last["ready"] + last["attention"] + last["refused"] == 12
    listed: Any = await counter.ask("r.quispe", lambda c: c.list_drafts(limit=5))
    rest: Any = await counter.ask("r.quispe", lambda c: c.list_drafts(listed["after"]))
    names = {row["id"] for row in [*listed["drafts"], *rest["drafts"]]}
    assert last["ready"] + last["attention"] == len(names)
    await counter.ask("r.quispe", lambda c: list(c.import_file(file, profile, "es")))
    again: Any = await counter.ask("r.quispe", lambda c: c.list_drafts())
    assert names == {row["id"] for row in again["drafts"]}
    rows = counter.bureau.read(lambda tx: journal.page(tx, 0, 100))
    imported = [row for row in rows if row.act == "imported"]
    assert {"r.quispe"} == {row.who for row in imported}
    assert all(len(row.object) == 64 for row in imported)


async def test_two_desks_that_hold_one_file_share_no_draft(
    counter: Counter, tmp_path: Path
) -> None:
    file, profile = _register(tmp_path)
    await counter.ask("r.quispe", lambda c: list(c.import_file(file, profile, "en")))
    await counter.ask("j.other", lambda c: list(c.import_file(file, profile, "en")))
    ours: Any = await counter.ask("r.quispe", lambda c: c.list_drafts())
    theirs: Any = await counter.ask("j.other", lambda c: c.list_drafts())
    assert len(ours["drafts"]) == len(theirs["drafts"]) > 0
    assert {row["id"] for row in ours["drafts"]}.isdisjoint(
        row["id"] for row in theirs["drafts"]
    )


HOSTILE: tuple[Any, ...] = (
    (b"PK\x03\x04 not a workbook", None),
    (b"", None),
    (b"\x00" * 4096, None),
    (b"PK", "layout = 'other'"),
    (b"PK", "= not TOML"),
    (b"PK", "a = " + "[" * 5000),
    (b"PK", "x = 1\n" * 20_000),
)


async def test_a_hostile_file_is_refused_whole_and_leaves_no_draft(
    counter: Counter, tmp_path: Path
) -> None:
    _, words = _register(tmp_path)
    file = tmp_path / "hostile.xlsx"
    for data, profile in HOSTILE:
        file.write_bytes(data)
        told = profile or words
        with pytest.raises(MalformedError):
            await counter.ask(
                "r.quispe", lambda c, told=told: list(c.import_file(file, told, "en"))
            )
    assert {"drafts": [], "after": ""} == await counter.ask(
        "r.quispe", lambda c: c.list_drafts()
    )


async def test_a_file_that_fails_in_its_last_row_leaves_no_draft_of_the_first(
    counter: Counter, tmp_path: Path
) -> None:
    _, words = _register(tmp_path)
    head = ("prs_FirstName", "prs_SecondName", "vic_TraffickingStatus")
    row = ("Amarilis", "Tupayachi", "ActualVictimOfTrafficking")
    whole = workbook(tmp_path / "whole.xlsx", [head, *[row] * 600])
    nowhere = b'<c r="D601" t="s"><v>9</v></c></row></sheetData>'
    broken = changed(whole, lambda data: data.replace(b"</row></sheetData>", nowhere))
    with pytest.raises(MalformedError, match="unreadable"):
        await counter.ask("r.quispe", lambda c: list(c.import_file(broken, words, "en")))
    assert {"drafts": [], "after": ""} == await counter.ask(
        "r.quispe", lambda c: c.list_drafts()
    )
    told: Any = await counter.ask("r.quispe", lambda c: list(c.import_file(whole, words, "en")))
    assert 600 == told[-1]["read"]


async def test_a_file_over_the_limit_is_refused_before_it_is_read(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.gateway.drafting.MAX_BYTES", 1000)
    file = tmp_path / "large.xlsx"
    file.write_bytes(bytes(2000))
    with pytest.raises(LimitError, match="nothing was kept"):
        await counter.ask("r.quispe", lambda c: list(c.import_file(file, "", "en")))


async def test_a_file_that_never_comes_to_its_end_keeps_nobody_else_waiting(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.gateway.drafting._PATIENCE_S", 0.2)
    file, profile = _register(tmp_path)
    metadata = (("authorization", f"Bearer {counter.bureau.tokens['r.quispe']}"),)
    credentials = grpc.ssl_channel_credentials(counter.certificate)
    async with grpc.aio.secure_channel(counter.address, credentials) as channel:
        slow: Any = channel.stream_stream(f"/{SERVICE}/Import")(metadata=metadata)
        await slow.write(v1.ImportRequest(profile=profile, part=b"PK").SerializeToString())
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await slow.read()
    assert grpc.StatusCode.UNAVAILABLE is refusal.value.code()
    assert "nothing was kept" in str(refusal.value.details())
    monkeypatch.undo()
    told: Any = await counter.ask(
        "r.quispe", lambda c: list(c.import_file(file, profile, "es"))
    )
    assert told[-1]["done"]
