"""Whether the law in this node's folder is the law that the log says is in force.

It promises that a node whose files were changed, or were not renewed, decides nothing, neither
what it sends nor what it takes in: the treaty layer and the bundle of its own state must be
those that the log names, and where the log names none, none decides. There is no stage at
which this is too much to ask: before a node has read the log it knows no desk to send to and
has received nothing. A state that has no law of its own, in its folder and in the log, may
receive under the treaty layer; that it sends nothing, `policies.corpus` says.

Source: docs/policy.md, sections 8 and 13; docs/envelope.md, section 1 (PolicyBundleStatement).
"""

from collections.abc import Iterator

from policies.bundle import TREATY as LAYER
from policies.corpus import Law
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import BarredError, UnavailableError, VerificationError
from valija.ids import Digest, Member
from valija.statement import TREATY

_REMEDY = "install the law that the log names, or bring this one"
_SHORT = 16


def require_in_force(law: Law, directory: Directory, member: Member, minute: Minute) -> None:
    """Let a node decide what it sends, or say which part of its law is not in force.

    Raises:
        BarredError: The member's bundle or the treaty layer is not the one in force in the
            log, or none is.
    """
    for wrong in _faults(law, directory, member, minute):
        raise BarredError(f"{wrong}; nothing was sent: {_REMEDY}")


def require_intake(law: Law, directory: Directory, member: Member, minute: Minute) -> None:
    """Let a node decide what it keeps, or say why what arrives has to wait.

    Raises:
        UnavailableError: As for `require_in_force`; once the right law is installed, the same
            notice is taken in.
    """
    for wrong in _faults(law, directory, member, minute):
        raise UnavailableError(f"{wrong}; what arrives waits, and nothing is lost: {_REMEDY}")


def troubles(law: Law, directory: Directory, member: Member, minute: Minute) -> list[str]:
    """Return a sentence for each part of the law that is not in force; none: all are."""
    found = _faults(law, directory, member, minute)
    return [f"{one}; nothing is sent, and what arrives waits: {_REMEDY}" for one in found]


def fault_of(law: Law, directory: Directory, member: Member, minute: Minute) -> str:
    """Return why another state's law cannot be foreseen here; empty where it can."""
    return next(_faults(law, directory, member, minute), "")


def _faults(law: Law, directory: Directory, member: Member, minute: Minute) -> Iterator[str]:
    for name, line in ((str(member), member), (LAYER, TREATY)):
        logged, bundle = _logged(directory, line, minute), law.bundles.get(name)
        if logged is None and (bundle is not None or line == TREATY):
            yield f"no law of {name} is in force in the log, as far as this node has read it"
        elif logged is not None and (bundle is None or bundle.digest != logged):
            yield (
                f"the law of {name} in this node's folder is not the one in force in the log, "
                f"{logged.hex()[:_SHORT]}"
            )


def _logged(directory: Directory, line: Member, minute: Minute) -> Digest | None:
    try:
        return directory.bundle(line, minute).bundle
    except VerificationError:
        return None
