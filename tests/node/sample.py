"""A decided notice of invented content, as pre-flight would hand it to the outbox."""

from collections.abc import Sequence
from secrets import token_bytes

from node.decided import Decided, Share
from tests.node.exchange import Exchange, machine_clock
from valija.clock import Day, Minute, day_of, minute_of
from valija.commitment import Fact, Form, make_fact
from valija.ids import Desk, Digest, NoticeId
from valija.terms import Terms

NAME = "Red inventada del Alto Ensayo"
_NOTICE, _NETWORK = "noticeaa", "networka"


def facts(name: str = NAME) -> tuple[Fact, ...]:
    """Everything that the sample commits: two items, three fields, one of them in two forms."""
    return (
        make_fact(f"{_NOTICE}/schema", Form.EXACT, {"schema": "notice"}),
        make_fact(f"{_NOTICE}/title/slotaaaa", Form.EXACT, {"lang": "es", "text": name}),
        make_fact(f"{_NETWORK}/schema", Form.EXACT, {"schema": "network"}),
        make_fact(f"{_NETWORK}/name/slotbbbb", Form.EXACT, name),
        make_fact(f"{_NETWORK}/territories/slotcccc", Form.EXACT, "Rosario"),
        make_fact(f"{_NETWORK}/territories/slotcccc", Form.GENERAL, "AR"),
    )


def whole(name: str = NAME) -> tuple[Fact, ...]:
    return facts(name)[:5]


def part(name: str = NAME) -> tuple[Fact, ...]:
    """A view that hides the network's name and generalises its territory."""
    found = facts(name)
    return (*found[:3], found[5])


def terms(now: Minute, purpose: str = "criminal_investigation") -> Terms:
    return Terms(
        type="network",
        purpose=purpose,
        handling=("tlp:amber",),
        basis=("Trafficking Protocol, art. 10",),
        duties=("no_onward",),
        subjects=(),
        retain_until=Day(day_of(now) + 180),
    )


def decided(
    exchange: Exchange,
    views: dict[Desk, Sequence[Fact]],
    *,
    revision: int = 1,
    notice: bytes = b"",
    purpose: str = "criminal_investigation",
) -> Decided:
    """Return a notice of AR with one share a recipient, each with its own view."""
    now = minute_of(exchange.now)
    bound = terms(now, purpose)
    return Decided(
        notice=NoticeId(notice or token_bytes(16)),
        revision=revision,
        type="network",
        originator=exchange.state("AR").desk,
        facts=facts(),
        shares=tuple(
            Share(recipient, tuple(view), bound, exchange.agreement)
            for recipient, view in views.items()
        ),
        record=token_bytes(24) + b'{"decided":"by nobody"}',
        expires=Day(day_of(now) + 20),
    )


def decided_by(sender: Desk, recipient: Desk, agreement: Digest, notice: str) -> Decided:
    """Return the whole sample for one recipient, by a process that knows no exchange."""
    now = minute_of(machine_clock().now())
    return Decided(
        notice=NoticeId(bytes.fromhex(notice)),
        revision=1,
        type="network",
        originator=sender,
        facts=facts(),
        shares=(Share(recipient, whole(), terms(now), agreement),),
        record=token_bytes(24) + b'{"decided":"by nobody"}',
        expires=Day(day_of(now) + 20),
    )
