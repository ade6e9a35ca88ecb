"""What brokers of ours were found at, for the people who look after a node.

It promises a sentence for each broker that is at fault now, by its address, and that the
sentence goes once that broker is at work again. A fault is what this node saw or heard; it
proves nothing to others, and stops nothing: `node.client` asks the next broker.

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
    HALTED = (
        "says that its log has two histories, and shows none: nothing is believed or sent "
        "there; ask whoever runs it"
    )


class Faults:
    """The brokers at fault now."""

    def __init__(self) -> None:
        self._at: dict[Address, Fault] = {}

    def note(self, broker: Address, fault: Fault) -> None:
        """A broker was found at fault."""
        self._at[broker] = fault

    def clear(self, broker: Address) -> None:
        """A broker is at work."""
        self._at.pop(broker, None)

    def sentences(self) -> list[str]:
        """Return a sentence a broker at fault, in the order they were found."""
        return [f"the broker at {broker} {fault.value}" for broker, fault in self._at.items()]
