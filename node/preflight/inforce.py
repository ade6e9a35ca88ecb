"""Whether the law in this node's folder is the law that the log says is in force.

It promises that a node whose files were changed, or were not renewed, decides nothing: the
bundle of its own state and the treaty layer must be those that the log names. Where the log
names none yet, there is nothing to compare with; `bundle` brings it (docs/guides/join.md).

Source: docs/policy.md, section 13; docs/envelope.md, section 1 (PolicyBundleStatement).
"""

from collections.abc import Iterator

from policies.corpus import Law
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import BarredError, VerificationError
from valija.ids import Digest, Member

_TREATY = Member("@treaty")
_LAYER = "treaty"


def require_in_force(law: Law, directory: Directory, member: Member, minute: Minute) -> None:
    """Let a node decide under its law, or say which part is not the one in force.

    Raises:
        BarredError: The member's bundle or the treaty layer is another than the log names.
    """
    for name, logged in _logged(directory, member, minute):
        bundle = law.bundles.get(name)
        if bundle is None or bundle.digest != logged:
            raise BarredError(
                f"the law of {name} in this node's folder is not the one in force in the log, "
                f"{logged.hex()[:16]}; nothing was sent: install that bundle, or bring this one"
            )


def _logged(
    directory: Directory, member: Member, minute: Minute
) -> Iterator[tuple[str, Digest]]:
    """Yield the layers that the log names, with the digest of each."""
    for name, line in ((str(member), member), (_LAYER, _TREATY)):
        try:
            statement = directory.bundle(line, minute)
        except VerificationError:
            continue
        yield name, statement.bundle
