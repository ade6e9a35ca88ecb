"""Our errors as gRPC statuses, for a caller of the gateway, and back.

It promises one status an error, the one that says what the caller can do, with a sentence and
no personal data. What is not one of our errors is our bug: the caller gets an incident number
and no text.

Source: docs/style.md, section Errors.
"""

from secrets import token_hex

import grpc

from valija.errors import (
    AbsentError,
    BarredError,
    DuplicateError,
    HeldError,
    LimitError,
    MalformedError,
    SplitViewError,
    UnavailableError,
    ValijaError,
    VerificationError,
)

LATER = "; the same call may work later"
"""How a node that answers says so; a caller tells by it who spoke."""
_LONGEST = 1500
"""Characters of a sentence: a status travels in a header of 8 KiB, percent-encoded."""
_STATUS: tuple[tuple[type[ValijaError], grpc.StatusCode], ...] = (
    (SplitViewError, grpc.StatusCode.DATA_LOSS),
    (VerificationError, grpc.StatusCode.UNAUTHENTICATED),
    (MalformedError, grpc.StatusCode.INVALID_ARGUMENT),
    (BarredError, grpc.StatusCode.PERMISSION_DENIED),
    (HeldError, grpc.StatusCode.FAILED_PRECONDITION),
    (AbsentError, grpc.StatusCode.NOT_FOUND),
    (DuplicateError, grpc.StatusCode.ALREADY_EXISTS),
    (LimitError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (UnavailableError, grpc.StatusCode.UNAVAILABLE),
)


def status_of(error: ValijaError) -> tuple[grpc.StatusCode, str]:
    """Return the status and the sentence for one of our errors."""
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status, _sentence(error)
    return grpc.StatusCode.INTERNAL, incident()[1]


def incident() -> tuple[str, str]:
    """Return a fresh incident number and the only sentence that a caller gets with it."""
    number = token_hex(4)
    unknown = "whether this call was done is not known: look at `status` before you repeat it"
    return number, f"something failed in the node; {unknown}; incident {number}"


def error_of(status: grpc.StatusCode, sentence: str) -> ValijaError:
    """Return the error that a status stands for, on the caller's side."""
    for kind, known in _STATUS[1:]:
        if status is known:
            return kind(sentence)
    return UnavailableError(sentence or "the node did not answer")


def _sentence(error: ValijaError) -> str:
    extra = ""
    if isinstance(error, HeldError) and error.conditions:
        extra = "; waits for: " + ", ".join(error.conditions)
    if isinstance(error, BarredError) and error.citations:
        extra = "; " + "; ".join(error.citations)
    if isinstance(error, UnavailableError):
        extra = LATER
    said = f"{error}{extra}"
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
