"""The gateway over real TLS and gRPC: every call, and every way to be refused."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.gateway import SERVICE
from node.gateway.caller import ApproveRequest, SendRequest
from node.gateway.certificate import load_or_make
from node.gateway.door import MOST_BYTES
from node.people import local
from node.store import people
from tests.node.gateway.counter import Counter
from tests.node.offices import AR, DRAFTER, SEEN, Bureau, draft, text
from valija.errors import (
    AbsentError,
    BarredError,
    DuplicateError,
    LimitError,
    MalformedError,
    UnavailableError,
    ValijaError,
    VerificationError,
)

METHODS = (
    "PutDraft",
    "ListDrafts",
    "Preflight",
    "Send",
    "Approve",
    "ListHolds",
    "ListWords",
    "Withdraw",
    "ListOwed",
    "ListInbox",
    "Show",
    "Status",
    "TakeDecisions",
    "Import",
)
CANARY = "Baltasar Quiroga Tintaya"


async def test_a_notice_goes_through_every_call_of_release(counter: Counter) -> None:
    put = await counter.ask("r.quispe", lambda c: c.put_draft(text(draft())))
    name = str(put["id"])
    assert [] == put["blocking"]
    listed: Any = await counter.ask("r.quispe", lambda c: c.list_drafts())
    assert [name] == [row["id"] for row in listed["drafts"]]
    seen: Any = await counter.ask("m.sosa", lambda c: c.preflight(name, [], "", "es"))
    assert "BR/police" in {column["recipient"] for column in seen["columns"]}
    order = SendRequest(drafts=[name, name], recipients=["BR/police", "CO/police"])
    sent: Any = await counter.ask("r.quispe", lambda c: c.send(order))
    assert ["held", "held"] == [row["state"] for row in sent["states"]]
    assert all(row["conditions"] == ["approval:second_person"] for row in sent["states"])
    holds: Any = await counter.ask("m.sosa", lambda c: c.list_holds("pt"))
    assert {"r.quispe"} == {row["drafter"] for row in holds["holds"]}
    rule = "Regra de segurança da Valija: duas pessoas decidem (princípio dos quatro olhos)"
    assert {rule} == {row["article"] for row in holds["holds"]}
    word = ApproveRequest(
        hold=holds["holds"][0]["id"], condition=SEEN.condition, yes=True, reason=SEEN.words
    )
    with pytest.raises(BarredError):
        await counter.ask("r.quispe", lambda c: c.approve(word))
    done: Any = await counter.ask("m.sosa", lambda c: c.approve(word))
    assert ["ready", "ready"] == [row["state"] for row in done["states"]]
    told: Any = await counter.ask("a.audit", lambda c: c.status(name, "fr"))
    assert ["ready", "ready"] == [row["state"] for row in told["states"]]
    assert ["an invented trouble"] == told["troubles"]
    assert int(told["log_size"]) > 0
    acts = [act for _, act, _ in counter.bureau.acts(bytes.fromhex(name))]  # type: ignore[arg-type]
    assert ["drafted", "asked_law", "asked_law", "approved", "published"] == acts


async def test_an_empty_inbox_is_empty_and_an_unknown_id_is_absent(counter: Counter) -> None:
    found = await counter.ask("r.quispe", lambda c: c.list_inbox(0, 10, "en"))
    assert {"notices": [], "after": "0"} == found
    with pytest.raises(AbsentError):
        await counter.ask("r.quispe", lambda c: c.show("ab" * 32, "prosecution", "en"))
    with pytest.raises(MalformedError, match="purpose: opening a notice needs one"):
        await counter.ask("r.quispe", lambda c: c.show("ab" * 32, "", "en"))


STRANGERS: tuple[Any, ...] = (
    (),
    (("authorization", ""),),
    (("authorization", "Bearer x"),),
    (("authorization", "Bearer valija_" + "a" * 52),),
    (("authorization-bin", b"\xff"),),
)


async def test_no_call_is_answered_without_a_known_token(counter: Counter) -> None:
    for method in METHODS[:-1]:
        for metadata in STRANGERS:
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await counter.raw(method, b"", metadata)
            assert grpc.StatusCode.UNAUTHENTICATED is refusal.value.code()
            assert "no account has this token" == refusal.value.details()


async def test_an_import_without_a_token_reads_nothing(
    counter: Counter, tmp_path: Path
) -> None:
    file = tmp_path / "register.xlsx"
    file.write_bytes(b"x")
    with pytest.raises(VerificationError):
        await counter.ask("", lambda c: list(c.import_file(file, "", "en")), token="valija_x")


async def test_a_barred_account_opens_no_door(counter: Counter) -> None:
    bureau = counter.bureau
    bureau.write(lambda tx: people.bar(tx, "r.quispe", bureau.now))
    with pytest.raises(VerificationError, match="no account has this token"):
        await counter.ask("r.quispe", lambda c: c.list_drafts())


ROLES: tuple[Any, ...] = (
    ("a.audit", lambda c: c.put_draft(text(draft()))),
    ("m.sosa", lambda c: c.put_draft(text(draft()))),
    ("s.keys", lambda c: c.list_drafts()),
    ("s.keys", lambda c: c.list_holds("en")),
    ("s.keys", lambda c: c.status("", "en")),
    ("s.keys", lambda c: c.list_inbox(0, 1, "en")),
    ("a.audit", lambda c: c.show("ab" * 32, "prosecution", "en")),
    ("a.audit", lambda c: c.preflight("ab" * 16, [], "", "en")),
    ("m.sosa", lambda c: c.send(SendRequest(drafts=["ab" * 16], recipients=["BR/police"]))),
    ("r.quispe", lambda c: c.approve(ApproveRequest(hold="ab" * 16, reason="x"))),
)


async def test_a_role_does_only_what_it_may(counter: Counter) -> None:
    for account, call in ROLES:
        with pytest.raises(BarredError, match="may not"):
            await counter.ask(account, call)


async def test_another_desks_drafts_holds_and_states_are_not_there(counter: Counter) -> None:
    name = (await counter.bureau.ordered(AR.__class__.parse("BR/police"))).hex()
    (hold,) = counter.bureau.holds(bytes.fromhex(name))  # type: ignore[arg-type]
    word = ApproveRequest(hold=hold.id.hex(), condition=SEEN.condition, yes=True, reason="x")
    order = SendRequest(drafts=[name], recipients=["CO/police"])
    for call in (
        lambda c: c.preflight(name, [], "", "en"),
        lambda c: c.send(order),
        lambda c: c.approve(word),
        lambda c: c.status(name, "en"),
        lambda c: c.list_drafts(name),
    ):
        with pytest.raises(AbsentError):
            await counter.ask("j.other", call)
    assert {"holds": []} == await counter.ask("j.other", lambda c: c.list_holds("en"))


NONSENSE: tuple[Any, ...] = (
    (lambda c: c.preflight("zz", [], "", "en"), MalformedError),
    (lambda c: c.preflight("ab" * 16, ["BR"], "", "en"), MalformedError),
    (lambda c: c.preflight("ab" * 16, [], "fun", "en"), MalformedError),
    (lambda c: c.preflight("ab" * 16, [], "", "xx"), MalformedError),
    (lambda c: c.preflight("ab" * 16, [], "", "en"), AbsentError),
    (lambda c: c.put_draft(b"{"), MalformedError),
    (lambda c: c.put_draft(b"[" * 100_000), MalformedError),
    (lambda c: c.send(SendRequest()), LimitError),
    (lambda c: c.send(SendRequest(drafts=["ab" * 16] * 4097)), LimitError),
    (lambda c: c.send(SendRequest(drafts=["ab" * 16])), MalformedError),
    (
        lambda c: c.send(
            SendRequest(drafts=["ab" * 16], recipients=["BR/police"], now=True, awaited=["x"])
        ),
        MalformedError,
    ),
    (lambda c: c.show("ab", "prosecution", "en"), MalformedError),
    (lambda c: c.status("ab" * 16, "en"), AbsentError),
)


async def test_what_makes_no_sense_is_refused_in_its_own_words(counter: Counter) -> None:
    for call, error in NONSENSE:
        with pytest.raises(error) as refusal:
            await counter.ask("d.luna", call)
        assert str(refusal.value)


async def test_bytes_that_are_no_message_are_refused_by_every_call(counter: Counter) -> None:
    for method in METHODS[:-1]:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await counter.raw(method, b"\xff\xff\xff")
        assert grpc.StatusCode.INVALID_ARGUMENT is refusal.value.code()


async def test_a_request_that_is_too_large_is_refused(counter: Counter) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await counter.raw("PutDraft", bytes(MOST_BYTES + 1))
    assert grpc.StatusCode.RESOURCE_EXHAUSTED is refusal.value.code()


async def test_no_bytes_at_all_make_the_node_stumble(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, bytes]] = []

    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(METHODS[:-1]), st.binary(max_size=200))
    def gather(method: str, data: bytes) -> None:
        asked.append((method, data))

    await asyncio.to_thread(gather)
    credentials = grpc.ssl_channel_credentials(counter.certificate)
    token = counter.bureau.tokens["d.luna"]
    metadata = (("authorization", f"Bearer {token}"),)
    async with grpc.aio.secure_channel(counter.address, credentials) as channel:
        for method, data in asked:
            call: Any = channel.unary_unary(f"/{SERVICE}/{method}")
            with suppress(grpc.aio.AioRpcError):
                await call(data, metadata=metadata)
    assert "gateway_incident" not in capsys.readouterr().out


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(max_size=8), st.lists, max_leaves=20))
def test_no_json_makes_a_draft_stumble(value: object) -> None:
    from json import dumps  # noqa: PLC0415  # Of this test only.

    from node.notice import native  # noqa: PLC0415  # As above.

    with pytest.raises(MalformedError):
        native.parse(dumps({"valija": 1, "entities": value}).encode())


async def test_our_own_fault_shows_a_number_and_no_text(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(counter.bureau.approver, "waiting", broken)
    with pytest.raises(UnavailableError, match=r"incident [0-9a-f]{8}") as refusal:
        await counter.ask("m.sosa", lambda c: c.list_holds("en"))
    printed = capsys.readouterr()
    assert CANARY not in str(refusal.value) + printed.out + printed.err
    assert "gateway_incident" in printed.out + printed.err


async def test_what_is_in_a_draft_is_in_no_error_and_no_log_line(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    for record in (
        draft() | {CANARY: CANARY},
        draft() | {"type": CANARY},
        draft() | {"told": {"source": CANARY}},
        draft() | {"entities": [{"id": CANARY, "schema": CANARY}]},
    ):
        with pytest.raises(ValijaError) as refusal:
            await counter.ask("r.quispe", lambda c, r=record: c.put_draft(text(r)))
        assert CANARY not in str(refusal.value)
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err


async def test_health_and_reflection_answer_without_a_token(counter: Counter) -> None:
    credentials = grpc.ssl_channel_credentials(counter.certificate)
    async with grpc.aio.secure_channel(counter.address, credentials) as channel:
        doctor: Any = health_pb2_grpc.HealthStub(channel)
        said = await doctor.Check(health_pb2.HealthCheckRequest(service=SERVICE))
        assert health_pb2.HealthCheckResponse.SERVING == said.status
        mirror: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        ask = reflection_pb2.ServerReflectionRequest(list_services="")
        async for answer in mirror.ServerReflectionInfo(iter([ask])):
            names = {one.name for one in answer.list_services_response.service}
            assert SERVICE in names
            break


async def test_a_caller_trusts_only_the_pinned_certificate(
    counter: Counter, tmp_path: Path
) -> None:
    now = counter.bureau.node.parts.clock.now()
    other = load_or_make(tmp_path, b"other", now, "127.0.0.1")
    counter.certificate = other.certificate
    with pytest.raises(UnavailableError, match="is it running"):
        await counter.ask("r.quispe", lambda c: c.list_drafts())


async def test_a_name_is_given_once(bureau: Bureau) -> None:
    clock = bureau.node.parts.clock
    with pytest.raises(DuplicateError, match="never given twice"):
        bureau.write(lambda tx: local.enrol(tx, DRAFTER.account, "liaison", AR, clock))
