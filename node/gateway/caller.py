"""The caller's side of the gateway: what the terminal and scripts use.

It promises that a status becomes the error it stands for, and that answers are plain records,
so that `--json` prints what the node said and nothing else. It renders nothing;
`node.terminal` does.

Source: proto/valija/v1/gateway.proto.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, cast

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from node.gateway import SERVICE
from node.gateway.status import LATER, error_of
from valija.v1 import gateway_pb2 as v1

Record = dict[str, object]
SendRequest, ApproveRequest = v1.SendRequest, v1.ApproveRequest
"""What callers fill in for the two calls that have many parts."""
_Said = TypeVar("_Said", bound=Message)
_PART = 256 * 1024
_SECONDS = 600
_NOBODY = (
    "the node does not answer: is it running (`serve`)? Whether it did what this call asked is "
    "not known, and nothing that it did is lost: look at `status` before you repeat it"
)


class Caller:
    """One channel to a node's gateway, with one account's token."""

    def __init__(self, address: str, certificate: bytes, token: str) -> None:
        """Open a channel.

        Args:
            address: `host:port`.
            certificate: PEM of the gateway's certificate, the only one that is trusted.
            token: Of the account.
        """
        credentials = grpc.ssl_channel_credentials(certificate)
        self._channel = grpc.secure_channel(address, credentials)
        self._metadata = (("authorization", f"Bearer {token}"),)

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def put_draft(self, notice: bytes) -> Record:
        """Keep a notice in native JSON as a draft."""
        request = v1.PutDraftRequest(notice=notice)
        return self._call("PutDraft", request, v1.PutDraftResponse)

    def list_drafts(self, after: str = "", limit: int = 0) -> Record:
        """Return a page of drafts."""
        request = v1.ListDraftsRequest(after=after, limit=limit)
        return self._call("ListDrafts", request, v1.ListDraftsResponse)

    def preflight(self, draft: str, recipients: list[str], purpose: str, lang: str) -> Record:
        """Return what the law says of a draft."""
        request = v1.PreflightRequest(
            draft=draft, recipients=recipients, purpose=purpose, language=lang
        )
        return self._call("Preflight", request, v1.PreflightResponse)

    def send(self, request: v1.SendRequest) -> Record:
        """Release drafts."""
        return self._call("Send", request, v1.SendResponse)

    def approve(self, request: v1.ApproveRequest) -> Record:
        """Give or refuse what a hold waits for."""
        return self._call("Approve", request, v1.ApproveResponse)

    def list_holds(self, lang: str) -> Record:
        """Return what waits."""
        request = v1.ListHoldsRequest(language=lang)
        return self._call("ListHolds", request, v1.ListHoldsResponse)

    def list_words(self, draft: str, lang: str) -> Record:
        """Return the words given about a draft."""
        request = v1.ListWordsRequest(draft=draft, language=lang)
        return self._call("ListWords", request, v1.ListWordsResponse)

    def withdraw(self, word: str, reason: str, lang: str) -> Record:
        """Take a word back."""
        request = v1.WithdrawRequest(word=word, reason=reason, language=lang)
        return self._call("Withdraw", request, v1.WithdrawResponse)

    def list_owed(self, notice: str, lang: str) -> Record:
        """Return what is owed a recall."""
        request = v1.ListOwedRequest(notice=notice, language=lang)
        return self._call("ListOwed", request, v1.ListOwedResponse)

    def list_inbox(self, after: int, limit: int, lang: str) -> Record:
        """Return a page of the inbox."""
        request = v1.ListInboxRequest(after=after, limit=limit, language=lang)
        return self._call("ListInbox", request, v1.ListInboxResponse)

    def show(self, name: str, purpose: str, lang: str) -> Record:
        """Open a received notice."""
        request = v1.ShowRequest(id=name, purpose=purpose, language=lang)
        return self._call("Show", request, v1.ShowResponse)

    def status(self, notice: str, lang: str) -> Record:
        """Return what became of a notice, and how the node fares."""
        request = v1.StatusRequest(notice=notice, language=lang)
        return self._call("Status", request, v1.StatusResponse)

    def take_decisions(self, since: int, notice: str) -> Iterator[Record]:
        """Yield the decisions made since a minute, about one notice or all, one a record."""
        call: grpc.UnaryStreamMultiCallable[v1.TakeDecisionsRequest, v1.TakeDecisionsResponse]
        call = self._channel.unary_stream(
            f"/{SERVICE}/TakeDecisions",
            request_serializer=v1.TakeDecisionsRequest.SerializeToString,
            response_deserializer=v1.TakeDecisionsResponse.FromString,
        )
        request = v1.TakeDecisionsRequest(since=since, notice=notice)
        try:
            for one in call(request, metadata=self._metadata, timeout=_SECONDS):
                yield _record(one)
        except grpc.RpcError as cause:
            raise _error(cause) from cause

    def import_file(self, path: Path, profile: str, lang: str) -> Iterator[Record]:
        """Import a register's file; yields progress, and at last the tally."""

        def parts() -> Iterator[bytes]:
            yield v1.ImportRequest(profile=profile, language=lang).SerializeToString()
            with path.open("rb") as file:
                while part := file.read(_PART):
                    yield v1.ImportRequest(part=part).SerializeToString()

        call: grpc.StreamStreamMultiCallable[bytes, v1.ImportResponse]
        call = self._channel.stream_stream(
            f"/{SERVICE}/Import", response_deserializer=v1.ImportResponse.FromString
        )
        try:
            for one in call(parts(), metadata=self._metadata, timeout=_SECONDS):
                yield _record(one)
        except grpc.RpcError as cause:
            raise _error(cause) from cause

    def _call(self, method: str, request: Message, answer: type[_Said]) -> Record:
        call = self._channel.unary_unary(
            f"/{SERVICE}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        try:
            return _record(call(request, metadata=self._metadata, timeout=_SECONDS))
        except grpc.RpcError as cause:
            raise _error(cause) from cause


def _record(message: Message) -> Record:
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _error(cause: grpc.RpcError) -> Exception:
    # What a call raises is also a grpc.Call; the library's types do not say so.
    call = cast("grpc.Call", cause)
    code, said = call.code(), str(call.details() or "")
    if code is grpc.StatusCode.UNAVAILABLE and not said.endswith(LATER):
        # What the library says names sockets, not what to do.
        said = _NOBODY
    return error_of(code, said)
