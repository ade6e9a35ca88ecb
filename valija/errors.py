"""Every error that Valija raises, sorted by what the caller can do about it.

It promises that no text in an error holds personal data: errors name places, sizes and
clauses, never values. It does not map errors to gRPC; the doors do (`broker.service`,
`node.gateway`, `node.client`).

Source: docs/style.md, section Errors.
"""


class ValijaError(Exception):
    """The base of all; only the outermost door catches it."""


class MalformedError(ValijaError):
    """The bytes do not parse, and never will: do not send them again."""


class VerificationError(ValijaError):
    """The bytes parse, and prove false."""


class SignatureError(VerificationError):
    """A signature is missing, false, or by a key that may not speak here."""


class ProofError(VerificationError):
    """A Merkle path, a commitment or a digest does not lead where it must."""


class OpeningError(VerificationError):
    """It does not open with our key; why is never told, and it never leaves the node."""


class SplitViewError(VerificationError):
    """Two heads for one log: alarm, stop, never retry."""


class BarredError(ValijaError):
    """The law says never.

    Attributes:
        citations: Instruments and articles that decided.
    """

    def __init__(self, sentence: str, citations: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.citations = citations


class HeldError(ValijaError):
    """Conditions of the law are not met yet.

    Attributes:
        conditions: Names of the unmet conditions, from the closed list of `policies`.
    """

    def __init__(self, sentence: str, conditions: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.conditions = conditions


class AbsentError(ValijaError):
    """Not there, or not for you: the two are not told apart."""


class DuplicateError(ValijaError):
    """Already logged.

    Attributes:
        leaf_index: Where the first one stands in the log; None where only we hold it.
    """

    def __init__(self, sentence: str, leaf_index: int | None = None) -> None:
        super().__init__(sentence)
        self.leaf_index = leaf_index


class LimitError(ValijaError):
    """A size, a rate or a budget is spent.

    Attributes:
        until: Minute since 1970 UTC from which the same call may work; 0 for never.
    """

    def __init__(self, sentence: str, until: int = 0) -> None:
        super().__init__(sentence)
        self.until = until


class UnavailableError(ValijaError):
    """The same call may work later."""
