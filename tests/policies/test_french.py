"""French as it is printed: spaces before marks, and `que` before a vowel."""

import pytest

from policies.french import FAST, set_in_french


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("voie: autre que entraide", "voie_: autre qu'entraide"),
        ("rien ; <br>peu", "rien_; <br>peu"),
        ("« sans indication »", "«_sans indication_»"),
        ("autre que parquet", "autre que parquet"),
        ("quelque chose", "quelque chose"),
        ("[droit](treaty.fr.md)", "[droit](treaty.fr.md)"),
        ("| --- |", "| --- |"),
    ],
)
def test_marks_stand_off_and_que_loses_its_vowel(written: str, printed: str) -> None:
    assert printed.replace("_", FAST) == set_in_french(written)
    assert printed.replace("_", " ") == set_in_french(written, " ")


def test_what_is_set_is_not_set_twice() -> None:
    once = set_in_french("voie: « autre » ; que Opole")
    assert once == set_in_french(once)
