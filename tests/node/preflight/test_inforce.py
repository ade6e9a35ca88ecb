"""A node decides under the law that the log names, or not at all."""

from dataclasses import dataclass
from typing import cast

import pytest

from node.preflight.inforce import require_in_force
from policies.corpus import Law
from valija.clock import Day, Minute
from valija.directory import Directory
from valija.errors import BarredError, VerificationError
from valija.ids import ZERO_DIGEST, Digest, Member, digest
from valija.statement import BundleStatement

OURS, OTHER = digest(b"our law"), digest(b"another law")
NOW = Minute(1000)


@dataclass
class Bundle:
    """A bundle of which only the digest matters."""

    digest: Digest


@dataclass
class Shelf:
    """The law of a folder."""

    bundles: dict[str, Bundle]


@dataclass
class Log:
    """What the log names."""

    named: dict[str, Digest]

    def bundle(self, member: Member, minute: Minute) -> BundleStatement:
        assert minute == NOW
        if member not in self.named:
            raise VerificationError("no bundle is in force")
        return BundleStatement(member, self.named[member], Day(0), ZERO_DIGEST, widens=False)


def ask(shelf: dict[str, Digest], named: dict[str, Digest]) -> None:
    law = Shelf({name: Bundle(found) for name, found in shelf.items()})
    log = cast("Directory", Log(named))
    require_in_force(cast("Law", law), log, Member("AR"), NOW)


def test_the_law_that_the_log_names_decides() -> None:
    ask({"AR": OURS, "treaty": OTHER}, {"AR": OURS, "@treaty": OTHER})


def test_a_law_of_which_the_log_says_nothing_yet_decides() -> None:
    ask({"AR": OURS, "treaty": OTHER}, {})


@pytest.mark.parametrize(
    ("shelf", "named", "part"),
    [
        ({"AR": OTHER, "treaty": OURS}, {"AR": OURS, "@treaty": OURS}, "AR"),
        ({"AR": OURS, "treaty": OTHER}, {"AR": OURS, "@treaty": OURS}, "treaty"),
        ({"treaty": OURS}, {"AR": OURS}, "AR"),
    ],
)
def test_another_law_than_the_log_names_decides_nothing(
    shelf: dict[str, Digest], named: dict[str, Digest], part: str
) -> None:
    with pytest.raises(BarredError, match=f"the law of {part}"):
        ask(shelf, named)
