"""Policies of logs and witnesses."""

from collections.abc import Sequence

import pytest

from valija.errors import MalformedError, ProofError
from valija.note import KeyType, NoteKey
from valija.quorum import parse_policy
from valija.signature import LogSecret, WitnessSecret

KEYS = [
    NoteKey(f"w{at}.example", KeyType.MLDSA44, WitnessSecret(bytes([at] * 32)).public)
    for at in range(5)
]
VKEYS = [key.to_text() for key in KEYS]
LOG = NoteKey("log.example", KeyType.ED25519, LogSecret(bytes(64)).public[1312:])
ALL = "".join(f"witness w{at} {vkey}\n" for at, vkey in enumerate(VKEYS))
NESTED = ALL + "group x 2 w0 w1 w2\ngroup y any w3 w4\ngroup both all x y\nquorum both\n"


def test_no_quorum_lets_every_checkpoint_pass() -> None:
    parse_policy("quorum none").require(())


def test_a_policy_is_read_with_comments_blanks_and_addresses() -> None:
    policy = parse_policy(
        f"# of the exchange\n\n\t log {LOG.to_text()} https://log.example\n"
        f"witness  w0\t{VKEYS[0]} https://w0.example \nquorum w0"
    )
    assert (LOG,) == policy.logs
    assert {"w0": KEYS[0]} == policy.witnesses
    policy.require([KEYS[0]])
    with pytest.raises(ProofError):
        policy.require([KEYS[1]])


@pytest.mark.parametrize("present", [(0, 1, 3), (1, 2, 4), (0, 1, 2, 3, 4)])
def test_a_nested_quorum_is_met(present: Sequence[int]) -> None:
    parse_policy(NESTED).require([KEYS[at] for at in present])


@pytest.mark.parametrize("present", [(), (0, 1, 2), (0, 3, 4), (3,), (0, 0, 3)])
def test_a_nested_quorum_is_not_met_by_fewer(present: Sequence[int]) -> None:
    with pytest.raises(ProofError):
        parse_policy(NESTED).require([KEYS[at] for at in present])


def test_no_witness_stands_for_another_of_its_name() -> None:
    policy = parse_policy(f"witness w {VKEYS[0]}\nquorum w\n")
    with pytest.raises(ProofError):
        policy.require([NoteKey("w", KeyType.MLDSA44, KEYS[1].public)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum",
        "quorum none\nquorum none",
        "quorum w0",
        "quorum none\0",
        "quorum none\r\n",
        "unknown line\nquorum none",
        f"witness none {VKEYS[0]}\nquorum none",
        f"witness w0 {VKEYS[0]}\nwitness w0 {VKEYS[1]}\nquorum none",
        f"witness w0 {VKEYS[0]}\nwitness w1 {VKEYS[0]}\nquorum none",
        f"witness w0 {LOG.to_text()}\nquorum none",
        f"log {VKEYS[0]}\nlog {VKEYS[0]}\nquorum none",
        "log vkey\nquorum none",
        ALL + "group g 0 w0\nquorum g",
        ALL + "group g 2 w0\nquorum g",
        ALL + "group g some w0 w1\nquorum g",
        ALL + "group g any\nquorum g",
        ALL + "group g 2 w0 w0\nquorum g",
        ALL + "group g any none\nquorum g",
        ALL + "group g any later\ngroup later any w0\nquorum g",
        ALL + "group g any w0\ngroup h any w0\nquorum h",
        "quorum g\n" + ALL + "group g any w0\n",
        "# " + "x" * 300_000 + "\nquorum none",
    ],
)
def test_a_policy_that_cannot_be_read_lets_nothing_pass(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_policy(text)
