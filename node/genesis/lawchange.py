"""What changes when another law is brought: which bundle it is, and what it newly opens.

It promises that whoever signs or endorses a law compares it with the very law that it
replaces, by digest, and that a law which cannot be compared counts as opening all it allows:
the first one of a state, and one whose predecessor is not at hand. It reads no file;
`node.terminal` does. That a law which opens more waits for an endorsement, the log holds.

Source: docs/policy.md, section 11 (widening report); docs/envelope.md, section 1
(PolicyBundleStatement).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.bundle import names_of, parts_of, read_bundle
from policies.comparison import Change, compare
from policies.corpus import read_law
from valija.errors import AbsentError, VerificationError
from valija.ids import Digest
from valija.statement import BundleStatement

Files = Mapping[str, bytes]
_NOTHING: Files = {}
_TOLD = 8
_SHORT = 16


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folders of law that somebody has at hand.

    Attributes:
        new: Files of the law to bring, by path.
        old: Files of the law in force; None: not given.
        anew: The law in force cannot be shown: compare with none at all.
    """

    new: Files
    old: Files | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class LawChange:
    """One bundle beside the one that it replaces.

    Attributes:
        name: A state's code, or `treaty`.
        bundle: Digest of the law to bring.
        opens: Every way in which it lets more through; none: it only narrows.
    """

    name: str
    bundle: Digest
    opens: tuple[Change, ...]

    @property
    def widens(self) -> bool:
        """Whether it lets anything through that its predecessor does not."""
        return bool(self.opens)

    def told(self) -> list[str]:
        """Return what opens, a sentence each; of many the first eight, and how many follow."""
        more = len(self.opens) - _TOLD
        rest = [f"and {more} more; python -m policies compare shows all"] if more > 0 else []
        return [_sentence(one) for one in self.opens[:_TOLD]] + rest


def law_change(name: str, shelf: Shelf, replaced: BundleStatement | None) -> LawChange:
    """Return what bringing a law changes.

    Args:
        name: A state's code, or `treaty`.
        shelf: The laws at hand.
        replaced: The statement in force, or none.

    Raises:
        AbsentError: The folder has no such bundle, or the law in force is not at hand.
        MalformedError: A law does not read.
        VerificationError: The old folder is not the law in force.
    """
    if name not in names_of(shelf.new):
        raise AbsentError(f"there is no law of {name} in this folder: it can receive, not send")
    bundle = read_law(shelf.new).bundles[name].digest
    before = _before(name, shelf, replaced)
    return LawChange(name, bundle, compare(before, parts_of(name, shelf.new)))


def check_statement(statement: BundleStatement, change: LawChange) -> None:
    """Refuse to put one's name under a statement that is not what the folders show.

    Raises:
        VerificationError: It names another law, or hides that it opens more.
    """
    if statement.bundle != change.bundle:
        raise VerificationError(
            f"the statement brings the law {_named(statement.bundle)}, and this folder holds "
            f"{_named(change.bundle)}; nothing was signed"
        )
    if change.widens and not statement.widens:
        raise VerificationError(
            "the statement says that the law opens nothing, and it does; nothing was signed"
        )


def _before(name: str, shelf: Shelf, replaced: BundleStatement | None) -> Files:
    """Return what to compare with: nothing where no law stands, or it cannot be shown."""
    if shelf.anew:
        return _NOTHING
    if replaced is None:
        if shelf.old is None:
            return _NOTHING
        raise VerificationError(f"no law of {name} is in force: there is no old one to name")
    if shelf.old is None:
        raise AbsentError(
            f"the law {_named(replaced.bundle)} of {name} is in force: give its folder with "
            "--old, or --anew where it cannot be shown; nothing was signed"
        )
    held = read_bundle(name, shelf.old)[0].digest
    if held != replaced.bundle:
        raise VerificationError(
            f"the old folder holds the law {_named(held)} of {name}, and in force is "
            f"{_named(replaced.bundle)}; nothing was signed"
        )
    return parts_of(name, shelf.old)


def _sentence(change: Change) -> str:
    since = f" from {change.since}" if change.since else ""
    where = change.where[0] if change.where else "always"
    others = "; and elsewhere" if change.more or len(change.where) > 1 else ""
    return f"{change.side}{since}, {change.what}: {', '.join(change.actions)}: {where}{others}"


def _named(bundle: Digest) -> str:
    return bundle.hex()[:_SHORT]
