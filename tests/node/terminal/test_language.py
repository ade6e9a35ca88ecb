"""Which language an officer reads: as typed, else as the environment says, else English."""

from argparse import Namespace
from collections.abc import Mapping

import pytest

from node.gateway.words import LANGUAGES
from node.terminal import arguments
from node.terminal.language import language
from valija.errors import MalformedError

SPANISH = {"VALIJA_LANGUAGE": "es", "LC_ALL": "fr_HT.UTF-8", "LANG": "pt_BR"}


def typed(*words: str) -> Namespace:
    return arguments.parser().parse_args(["drafts", *words])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        (SPANISH, "es"),
        ({"LC_ALL": "fr_HT.UTF-8", "LANG": "es_PE.UTF-8"}, "fr"),
        ({"LC_ALL": "", "LC_MESSAGES": "pt_BR.UTF-8", "LANG": "es_PE.UTF-8"}, "pt"),
        ({"LANG": "es_PE.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "ES@euro"}, "es"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "qu_PE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "es_PE.UTF-8"}, "en"),  # The first that is set decides.
        ({"LANG": "español"}, "en"),
        ({"VALIJA_LANGUAGE": "", "LANG": "fr"}, "fr"),
    ],
)
def test_the_environment_says_what_is_read_where_nothing_is_typed(
    environment: Mapping[str, str], expected: str
) -> None:
    assert expected == language(typed(), environment)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_what_is_typed_goes_before_the_environment(spoken: str) -> None:
    assert spoken == language(typed("--language", spoken), SPANISH)
    assert spoken == language(typed("--language", spoken, "--json"), SPANISH)


def test_a_program_reads_what_the_command_line_says_wherever_it_runs() -> None:
    assert "en" == language(typed("--json"), SPANISH)
    assert "en" == language(typed("--json"), {"VALIJA_LANGUAGE": "qu"})


@pytest.mark.parametrize("named", ["qu", "ES", "es_PE", " es"])
def test_a_language_named_on_purpose_that_is_none_of_the_four_is_refused(named: str) -> None:
    with pytest.raises(MalformedError, match="one of es, en, pt, fr"):
        language(typed(), {"VALIJA_LANGUAGE": named})
