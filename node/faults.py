"""What brokers of ours were found at, for the people who look after a node.

It promises a sentence for each broker that is at fault now, by its address, and that the
sentence goes once that broker is at work again, unless it was caught in a lie. A fault is what
this node saw or heard; it proves nothing to others, and stops nothing: `node.client` asks the
next broker.

Source: docs/coordination.md (failure of the exchange itself is never a state of a notice).
"""

from enum import Enum

from valija.address import Address


class Fault(Enum):
    """What a broker may be at fault with; its value is what to say and to do."""

    VOIDED = (
        "logged what this node sent so that it counts for nothing; it was sent to another "
        "broker; tell whoever runs it, and the auditor"
    )
    SILENT = (
        "took what this node asked and did not answer, or held back what is in the log; "
        "another is asked; see whether it runs"
    )
    HALTED = (
        "says that its log has two histories, and shows none: nothing is believed or sent "
        "there; ask whoever runs it"
    )


class Faults:
    """The brokers at fault now, each by the stream on which it was seen."""

    def __init__(self) -> None:
        self._at: dict[tuple[Address, str], Fault] = {}

    def note(self, broker: Address, path: str, fault: Fault) -> None:
        """A broker was found at fault on a stream of this path."""
        self._at[broker, path] = fault

    def clear(self, broker: Address, path: str) -> None:
        """A broker is at work on such a stream; what it voided stays said."""
        if self._at.get((broker, path)) is not Fault.VOIDED:
            self._at.pop((broker, path), None)

    def sentences(self) -> list[str]:
        """Return a sentence a broker and fault, in the order they were found."""
        found = ((broker, fault) for (broker, _), fault in self._at.items())
        return [
            f"the broker at {broker} {fault.value}" for broker, fault in dict.fromkeys(found)
        ]
