"""Callers of the gateway who count too far or name too much: refused, and nothing kept."""

import asyncio
from contextlib import suppress
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.gateway import SERVICE
from node.gateway.certificate import load_or_make
from node.gateway.door import Door
from node.terminal.monitor import serve_monitor
from tests.node.gateway.counter import Counter
from tests.node.offices import draft, text
from valija.address import Address
from valija.errors import UnavailableError
from valija.v1 import gateway_pb2 as v1

MOST_32, MOST_64 = 2**32 - 1, 2**64 - 1
NOBODY = "ab" * 16
REQUESTS: tuple[tuple[str, Any, grpc.StatusCode], ...] = (
    ("ListInbox", v1.ListInboxRequest(after=MOST_64), grpc.StatusCode.INVALID_ARGUMENT),
    ("ListInbox", v1.ListInboxRequest(after=2**63), grpc.StatusCode.INVALID_ARGUMENT),
    ("ListDrafts", v1.ListDraftsRequest(after="\0"), grpc.StatusCode.INVALID_ARGUMENT),
    ("ListDrafts", v1.ListDraftsRequest(after="ab " * 16), grpc.StatusCode.INVALID_ARGUMENT),
    (
        "Preflight",
        v1.PreflightRequest(draft=NOBODY, recipients=["BR/police"] * 257),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    (
        "Preflight",
        v1.PreflightRequest(draft=NOBODY, recipients=["B/R/police"]),
        grpc.StatusCode.INVALID_ARGUMENT,
    ),
    (
        "Send",
        v1.SendRequest(drafts=[NOBODY], recipients=["BR/police"] * 100_000),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ),
    (
        "Send",
        v1.SendRequest(drafts=[NOBODY], recipients=["../BR/police"]),
        grpc.StatusCode.INVALID_ARGUMENT,
    ),
    (
        "Approve",
        v1.ApproveRequest(hold=NOBODY, condition="x", reason="x", until=MOST_32),
        grpc.StatusCode.NOT_FOUND,
    ),
    ("Show", v1.ShowRequest(id="\x1b[2J", purpose="x"), grpc.StatusCode.INVALID_ARGUMENT),
    ("Status", v1.StatusRequest(notice="../../" + "a" * 26), grpc.StatusCode.INVALID_ARGUMENT),
    ("ListWords", v1.ListWordsRequest(draft="\0" * 32), grpc.StatusCode.INVALID_ARGUMENT),
    ("ListOwed", v1.ListOwedRequest(notice="ab" * 17), grpc.StatusCode.INVALID_ARGUMENT),
    (
        "Withdraw",
        v1.WithdrawRequest(word="\u0660" * 32, reason="x"),
        grpc.StatusCode.INVALID_ARGUMENT,
    ),
    ("Withdraw", v1.WithdrawRequest(word=NOBODY, reason="x"), grpc.StatusCode.NOT_FOUND),
    ("PutDraft", v1.PutDraftRequest(notice=b"[" * 100_000), grpc.StatusCode.INVALID_ARGUMENT),
    ("PutDraft", v1.PutDraftRequest(notice=b'{"a":NaN}'), grpc.StatusCode.INVALID_ARGUMENT),
)


async def test_a_word_or_number_out_of_all_bounds_is_refused_and_keeps_nothing(
    counter: Counter,
) -> None:
    for method, request, code in REQUESTS:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await counter.raw(method, request.SerializeToString())
        assert code is refusal.value.code(), method
        assert str(refusal.value.details()).isprintable()
    assert {"drafts": [], "after": ""} == await counter.ask("d.luna", lambda c: c.list_drafts())
    put = await counter.ask("r.quispe", lambda c: c.put_draft(text(draft())))
    assert 32 == len(str(put["id"]))


async def test_a_page_as_long_as_can_be_asked_for_is_a_page(counter: Counter) -> None:
    await counter.ask("r.quispe", lambda c: c.put_draft(text(draft())))
    for limit in (MOST_32, 0):
        data = v1.ListDraftsRequest(limit=limit).SerializeToString()
        told = v1.ListDraftsResponse.FromString(await counter.raw("ListDrafts", data))
        assert 1 == len(told.drafts)
        asked = v1.ListInboxRequest(limit=limit, after=2**63 - 1).SerializeToString()
        page = v1.ListInboxResponse.FromString(await counter.raw("ListInbox", asked))
        assert [] == list(page.notices)


SHAPES: dict[str, Any] = {
    "ListDrafts": st.builds(
        v1.ListDraftsRequest, after=st.text(max_size=40), limit=st.integers(0, MOST_32)
    ),
    "Preflight": st.builds(
        v1.PreflightRequest,
        draft=st.text(max_size=40),
        recipients=st.lists(st.text(max_size=12), max_size=3),
        purpose=st.text(max_size=12),
        language=st.sampled_from(["", "es", "xx", "\0"]),
    ),
    "Send": st.builds(
        v1.SendRequest,
        drafts=st.lists(st.text(max_size=40), max_size=3),
        recipients=st.lists(st.text(max_size=12), max_size=3),
        purpose=st.text(max_size=12),
        awaited=st.lists(st.text(max_size=12), max_size=2),
        urgent=st.booleans(),
        now=st.booleans(),
    ),
    "Approve": st.builds(
        v1.ApproveRequest,
        hold=st.text(max_size=40),
        condition=st.text(max_size=20),
        yes=st.booleans(),
        reason=st.text(max_size=20),
        until=st.integers(0, MOST_32),
    ),
    "ListInbox": st.builds(
        v1.ListInboxRequest, after=st.integers(0, MOST_64), limit=st.integers(0, MOST_32)
    ),
    "Show": st.builds(v1.ShowRequest, id=st.text(max_size=70), purpose=st.text(max_size=12)),
    "Status": st.builds(v1.StatusRequest, notice=st.text(max_size=40)),
    "ListWords": st.builds(v1.ListWordsRequest, draft=st.text(max_size=40)),
    "ListOwed": st.builds(v1.ListOwedRequest, notice=st.text(max_size=40)),
    "Withdraw": st.builds(
        v1.WithdrawRequest, word=st.text(max_size=40), reason=st.text(max_size=20)
    ),
}


async def test_no_words_at_all_make_the_node_stumble(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, bytes]] = []

    @settings(
        max_examples=150,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(data=st.data())
    def gather(data: st.DataObject) -> None:
        method = data.draw(st.sampled_from(sorted(SHAPES)))
        asked.append((method, data.draw(SHAPES[method]).SerializeToString()))

    await asyncio.to_thread(gather)
    credentials = grpc.ssl_channel_credentials(counter.certificate)
    metadata = (("authorization", f"Bearer {counter.bureau.tokens['d.luna']}"),)
    async with grpc.aio.secure_channel(counter.address, credentials) as channel:
        for method, request in asked:
            call: Any = channel.unary_unary(f"/{SERVICE}/{method}")
            with suppress(grpc.aio.AioRpcError):
                await call(request, metadata=metadata)
    assert "gateway_incident" not in capsys.readouterr().out
    assert {"drafts": [], "after": ""} == await counter.ask("d.luna", lambda c: c.list_drafts())


async def test_two_nodes_do_not_share_an_address(counter: Counter) -> None:
    taken = Address.parse(counter.address)
    node = counter.bureau.node
    door = Door(node.parts.database, node.parts.clock, counter.calls)
    now, secret = node.parts.clock.now(), b"an invented passphrase"
    pair = load_or_make(node.config.keys, secret, now, "127.0.0.1")
    with pytest.raises(UnavailableError, match="address"):
        async with door.open(str(taken), pair.key, pair.certificate):
            pass
    with pytest.raises(UnavailableError, match="address"):
        async with serve_monitor(taken, node.parts.metrics, list):
            pass
