"""Decisions leave a node whole, for an auditor, and each is taken again to the same answer."""

import asyncio
import os
import subprocess
import sys
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from node.assembly import load
from node.gateway.caller import Caller
from node.release.docket import Docket, Wanted
from node.store import decisions, received
from node.store.recorded import pack
from node.terminal.docket import take
from policies.binding import parse_index, unbound
from policies.folder import HOME
from policies.replay import replay
from tests.node.exchange import Exchange, until
from tests.node.gateway.counter import Counter, served
from tests.node.offices import (
    AUDITOR,
    BR,
    CO,
    DRAFTER,
    PROSECUTOR,
    Bureau,
    draft,
    open_bureau,
)
from valija import canonical
from valija.clock import Minute
from valija.errors import AbsentError, BarredError, DuplicateError, MalformedError, ProofError
from valija.ids import NoticeId, digest
from valija.wire.deliver import parse_delivery

ROOT = Path(__file__).parents[3]
SECRETS = ("Baltasar Quiroga Tintaya", "El Balta", "+5493878555012", "1979-06-21")


def read(path: object) -> bytes:
    return Path(str(path)).read_bytes()


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def names(folder: Path, pattern: str) -> list[str]:
    return [path.name for path in folder.glob(pattern)]


def wanted(out: Path, since: str = "", notice: str = "") -> Namespace:
    return Namespace(out=out, since=since, notice=notice)


async def taken(counter: Counter, account: str, typed: Namespace) -> Any:  # noqa: ANN401  # JSON.
    def call(caller: Caller) -> object:
        return take(caller, typed)

    return await counter.ask(account, call)


def replayed(records: Path, index: Path | None = None, seed: str = "0") -> tuple[int, str]:
    """Take a file's decisions again in a process of its own."""
    words = ["replay", str(records), *(["--index", str(index)] if index else [])]
    done = subprocess.run(  # Our own interpreter and module.
        [sys.executable, "-m", "policies", *words],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def tampered(line: bytes, old: bytes, new: bytes) -> bytes:
    assert old in line
    return canonical.to_bytes(canonical.parse(line.replace(old, new, 1)))


async def decided(bureau: Bureau) -> tuple[NoticeId, NoticeId]:
    """One notice that goes to one state and waits for another; one that is refused."""
    first = await bureau.kept()
    await bureau.order(first, BR, awaited=frozenset())
    await bureau.order(first, CO)
    outside = draft()
    outside["handling"]["purpose"] = "immigration_enforcement"
    second = await bureau.kept(outside)
    await bureau.order(second, BR)
    return first, second


async def test_releases_and_refusals_leave_and_replay_alike_in_fresh_processes(
    counter: Counter, tmp_path: Path
) -> None:
    first, second = await decided(counter.bureau)
    codes = [await counter.bureau.codes(one) for one in (first, second)]
    assert [{BR: "ready", CO: "held"}, {BR: "barred"}] == codes
    said = await taken(counter, "a.audit", wanted(tmp_path / "all"))
    records, index = Path(said["records"]), Path(said["index"])
    lines = read(records).splitlines()
    assert (3, 3) == (said["decisions"], len(lines))
    assert 0o600 == mode(records)
    outputs = {await asyncio.to_thread(replayed, records, index, seed) for seed in "123"}
    ((code, told),) = outputs
    assert 0 == code, told
    assert [f"{digest(line).hex()} decides alike" for line in lines] == told.splitlines()

    standings = {
        one.decision.hex(): one.rank
        for notice in (first, second)
        for one in counter.bureau.read(lambda tx, n=notice: decisions.standings(tx, n))
    }
    bound = parse_index(read(index))
    assert {"allowed", "held", "never"} == {standings[one.decision] for one in bound}
    assert {"BR/police", "CO/police"} == {one.name for one in bound}


async def test_what_leaves_holds_no_content(counter: Counter, tmp_path: Path) -> None:
    await decided(counter.bureau)
    said = await taken(counter, "a.audit", wanted(tmp_path / "all"))
    whole = b"".join(read(said[key]) for key in ("records", "index")).decode()
    assert "P1.name[0]" in whole
    for secret in SECRETS:
        assert secret in str(draft())
        assert secret not in whole


async def test_a_tampered_record_is_named_and_so_is_one_that_replays_well(
    counter: Counter, tmp_path: Path
) -> None:
    await decided(counter.bureau)
    said = await taken(counter, "a.audit", wanted(tmp_path / "all"))
    records, index = Path(said["records"]), Path(said["index"])
    lines = read(records).splitlines()

    lied = tampered(lines[2], b'"rank":"NEVER"', b'"rank":"ALLOWED"')
    write(records, b"\n".join([*lines[:2], lied]))
    code, told = await asyncio.to_thread(replayed, records)
    assert (1, 2) == (code, told.count("decides alike"))
    assert " was " in told.splitlines()[2]

    # Another decision of the same node in its place decides alike, and is not what was made.
    write(records, b"\n".join([lines[0], lines[0], lines[2]]))
    assert 0 == (await asyncio.to_thread(replayed, records))[0]
    code, told = await asyncio.to_thread(replayed, records, index)
    assert 1 == code
    assert "not what the digest in the label covers" in told.splitlines()[1]
    assert [0, 2] == [
        place for place, line in enumerate(told.splitlines()) if "decides alike" in line
    ]
    write(records, b"\n".join(lines[:2]))  # One is left out.
    code, told = await asyncio.to_thread(replayed, records, index)
    assert 2 == code
    assert "2 records, and 3 lines" in told


async def test_one_notice_or_what_is_new_leaves_alone_and_each_time_is_in_the_journal(
    counter: Counter, tmp_path: Path
) -> None:
    first, second = await decided(counter.bureau)
    said = await taken(counter, "a.audit", wanted(tmp_path / "1", notice=second.hex()))
    assert {second.hex()} == {
        str(canonical.parse(line)["notice"])  # type: ignore[call-overload,index]  # An object.
        for line in read(said["index"]).splitlines()
    }
    whole = await taken(counter, "a.audit", wanted(tmp_path / "2", since="2020-01-01"))
    assert 3 == whole["lines"]
    with pytest.raises(AbsentError, match="no decision was recorded"):
        await taken(counter, "a.audit", wanted(tmp_path / "3", since="2999-01-01"))
    assert not names(tmp_path, "3*")
    acts = counter.bureau.acts(second)
    assert [("a.audit", "exported", "")] == [one for one in acts if one[1] == "exported"]
    assert not [one for one in counter.bureau.acts(first) if one[1] == "exported"]


async def test_no_file_is_written_over_and_no_half_of_one_is_left(
    counter: Counter, tmp_path: Path
) -> None:
    await decided(counter.bureau)
    for name in ("all", "all.index"):
        (tmp_path / name).write_bytes(b"another's")
        with pytest.raises(DuplicateError):
            await taken(counter, "a.audit", wanted(tmp_path / "all"))
        assert [name] == names(tmp_path, "all*")
        (tmp_path / name).unlink()
    with pytest.raises(MalformedError):
        await taken(counter, "a.audit", wanted(tmp_path / "none" / "all"))
    with pytest.raises(MalformedError, match="YYYY-MM-DD"):
        await taken(counter, "a.audit", wanted(tmp_path / "all", since="yesterday"))


@pytest.mark.parametrize("account", ["r.quispe", "m.sosa", "d.luna", "s.keys", "j.other"])
async def test_only_an_auditor_takes_decisions_out(
    counter: Counter, tmp_path: Path, account: str
) -> None:
    await decided(counter.bureau)
    with pytest.raises(BarredError, match="may not take decisions"):
        await taken(counter, account, wanted(tmp_path / "all"))
    assert not names(tmp_path, "all*")


async def test_a_record_that_was_altered_in_the_store_does_not_leave(bureau: Bureau) -> None:
    await decided(bureau)
    docket = Docket(bureau.node.parts.database, bureau.node.journal)

    async def all_of(person: Any) -> int:  # noqa: ANN401  # Any account.
        return len([one async for one in docket.take(person, Wanted(Minute(0)))])

    assert 3 == await all_of(AUDITOR)
    for person in (DRAFTER, PROSECUTOR):
        with pytest.raises(BarredError):
            await all_of(person)
    forged, plain = pack({"BR/police": b"{}"}), decisions.page

    def altered(*asked: Any) -> tuple[decisions.Kept, ...]:  # noqa: ANN401  # As `page`.
        return tuple(
            decisions.Kept(one.digest, one.notice, one.made, forged) for one in plain(*asked)
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("node.store.decisions.page", altered)
        with pytest.raises(ProofError, match="not what its digest says"):
            await all_of(AUDITOR)


async def test_sender_and_recipient_each_replay_their_own_and_the_label_binds_the_senders(
    learned: Exchange, tmp_path: Path
) -> None:
    exchange = learned.moved(tmp_path)
    async with (
        exchange.broker(),
        open_bureau(exchange) as bureau,
        exchange.node("BR") as brazil,
        served(bureau) as counter,
    ):
        serving = asyncio.ensure_future(bureau.node.serve())
        notice = await bureau.kept()
        await bureau.order(notice, BR, awaited=frozenset())
        await until(
            lambda: brazil.parts.database.read_now(
                lambda tx: received.in_state(tx, BR, received.KEPT)
            ),
            40,
        )
        (arrival,) = brazil.parts.database.read_now(
            lambda tx: received.in_state(tx, BR, received.KEPT)
        )
        said = await taken(counter, "a.audit", wanted(tmp_path / "sent"))
        (bound,) = parse_index(read(said["index"]))
        label: Any = parse_delivery(arrival.delivery).logged.item.body
        assert label.decision.hex() == bound.decision

        auditor = type(AUDITOR)("a.lima", AUDITOR.role, BR)
        docket = Docket(brazil.parts.database, brazil.journal)
        ((kept, own),) = [one async for one in docket.take(auditor, Wanted(Minute(0)))]
        assert (arrival.decision, arrival.notice) == (kept.digest, kept.notice)
        assert {"terms", "content"} == set(own.decisions)
        law = load(HOME)
        assert [(), ()] == [replay(law, one).differences for one in own.decisions.values()]
        assert not any(
            unbound(
                list(own.decisions.values()),
                [
                    *parse_index(
                        b"\n".join(_line(kept, own.salt, name) for name in own.decisions)
                    )
                ],
            )
        )
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def _line(kept: decisions.Kept, salt: bytes, name: str) -> bytes:
    return canonical.to_bytes({"decision": kept.digest.hex(), "salt": salt.hex(), "name": name})
