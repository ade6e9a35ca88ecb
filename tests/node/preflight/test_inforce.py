"""A node sends and takes in under the law that the log names, or not at all."""

import re
from dataclasses import dataclass
from typing import cast

import pytest

from node.preflight.inforce import require_in_force, require_intake, troubles
from policies.corpus import Law
from valija.clock import Day, Minute
from valija.directory import Directory
from valija.errors import BarredError, UnavailableError, VerificationError
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


def ask(shelf: dict[str, Digest], named: dict[str, Digest]) -> list[str]:
    """Ask on both sides, which must say the same, and return the troubles."""
    law = cast("Law", Shelf({name: Bundle(found) for name, found in shelf.items()}))
    log = cast("Directory", Log(named))
    said = troubles(law, log, Member("AR"), NOW)
    for require, error in (
        (require_in_force, BarredError),
        (require_intake, UnavailableError),
    ):
        if said:
            with pytest.raises(error, match=re.escape(said[0].partition(";")[0])):
                require(law, log, Member("AR"), NOW)
        else:
            require(law, log, Member("AR"), NOW)
    return said


def test_the_law_that_the_log_names_decides() -> None:
    assert [] == ask({"AR": OURS, "treaty": OTHER}, {"AR": OURS, "@treaty": OTHER})


def test_a_state_without_a_law_of_its_own_receives_under_the_treaty_layer() -> None:
    assert [] == ask({"BR": OURS, "treaty": OTHER}, {"@treaty": OTHER})


@pytest.mark.parametrize(
    ("shelf", "named", "parts"),
    [
        ({"AR": OTHER, "treaty": OURS}, {"AR": OURS, "@treaty": OURS}, ["AR"]),
        ({"AR": OURS, "treaty": OTHER}, {"AR": OURS, "@treaty": OURS}, ["treaty"]),
        ({"treaty": OURS}, {"AR": OURS, "@treaty": OURS}, ["AR"]),
        ({"AR": OURS}, {"AR": OURS, "@treaty": OURS}, ["treaty"]),
        ({"AR": OTHER, "treaty": OTHER}, {"AR": OURS, "@treaty": OURS}, ["AR", "treaty"]),
    ],
)
def test_another_law_than_the_log_names_decides_nothing(
    shelf: dict[str, Digest], named: dict[str, Digest], parts: list[str]
) -> None:
    said = ask(shelf, named)
    assert len(parts) == len(said)
    for part, one in zip(parts, said, strict=True):
        assert f"the law of {part} in this node's folder is not the one in force" in one
        assert "install the law that the log names" in one


@pytest.mark.parametrize(
    ("shelf", "named", "parts"),
    [
        ({"AR": OURS, "treaty": OTHER}, {}, ["AR", "treaty"]),
        ({"AR": OURS, "treaty": OTHER}, {"AR": OURS}, ["treaty"]),
        ({"AR": OURS, "treaty": OTHER}, {"@treaty": OTHER}, ["AR"]),
        ({}, {}, ["treaty"]),
    ],
)
def test_where_the_log_names_no_law_none_decides(
    shelf: dict[str, Digest], named: dict[str, Digest], parts: list[str]
) -> None:
    said = ask(shelf, named)
    assert len(parts) == len(said)
    for part, one in zip(parts, said, strict=True):
        assert f"no law of {part} is in force in the log" in one
