"""Help and wrong usage: the same verbs and options in every language, each text translated."""

import argparse
from collections.abc import Iterator

import pytest

from node.__main__ import main
from node.gateway.words import LANGUAGES
from node.terminal import arguments
from node.terminal.arguments import OFFICERS
from node.terminal.reader import PHRASES, Reader, phrases
from node.terminal.refusal import usage
from node.terminal.usage import Parser, before_parsing

TRANSLATED = [one for one in LANGUAGES if one != "en"]
SECTIONS = ("usage:", "positional arguments", "options")


def verbs(parser: Parser) -> dict[str, Parser]:
    (found,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


def texts(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Return every line that a parser says to people, but its examples."""
    said = [parser.description, parser.epilog, *(one.help for one in parser._actions)]
    for text in said:
        for line in (text or "").splitlines():
            if line.strip() and not line.strip().startswith("python -m node"):
                yield line.strip()


def all_texts() -> set[str]:
    whole = arguments.parser()
    every = verbs(whole)
    found = {*SECTIONS, *texts(whole), *(str(one.description) for one in every.values())}
    return found.union(*(texts(every[name]) for name in OFFICERS))


def test_every_text_of_an_officers_help_is_translated_and_no_other() -> None:
    plain = {"node.toml"}
    rows = [line.split("\t") for line in PHRASES.read_text("utf-8").splitlines()]
    assert all_texts() - plain == {row[1] for row in rows if row[0] == "Help"}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("verb", OFFICERS)
def test_a_help_names_the_same_options_in_every_language(verb: str, language: str) -> None:
    english = verbs(arguments.parser())[verb].format_help()
    said = verbs(arguments.parser(language))[verb].format_help()
    for text in texts(verbs(arguments.parser())[verb]):
        if phrases().has("Help", text):
            told = Reader(language).word("Help", text)
            assert " ".join(told.split()) in " ".join(said.split())
    options = [word for word in english.split() if word.startswith("-")]
    assert set(options) <= set(said.split())


def test_english_is_what_it_was() -> None:
    plain, english = verbs(arguments.parser()), verbs(arguments.parser("en"))
    for verb in OFFICERS:
        assert plain[verb].format_help() == english[verb].format_help()
        assert plain[verb].format_help().startswith("usage: python -m node")


def test_a_keepers_help_is_english() -> None:
    said = verbs(arguments.parser("es"))["person"].format_help()
    assert said.startswith("usage:")
    assert "exit codes:" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_usage_is_2_in_every_language(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VALIJA_LANGUAGE", language)
    for words in (["send", "ab"], ["fly"], ["inbox", "--limit"], ["drafts", "--limit", "x"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert 2 == ended.value.code
        said = capsys.readouterr().err
        assert "python -m node" in said
        english = ("required", "invalid", "expected", "choose")
        assert ("en" == language) == any(map(said.__contains__, english)), said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["inbox"], "es"),
        (["inbox", "--language", "fr"], "fr"),
        (["inbox", "--language=pt"], "pt"),
        (["inbox", "--language", "pt", "--language=fr"], "fr"),
        (["inbox", "--language"], "es"),
        (["inbox", "--language", "qu"], "es"),
        (["inbox", "--json"], "en"),
        (["inbox", "--json", "--language", "fr"], "fr"),
    ],
    ids=range(8),
)
def test_a_help_speaks_what_the_verb_would_speak(words: list[str], expected: str) -> None:
    assert expected == before_parsing(words, {"VALIJA_LANGUAGE": "es"})


def test_a_help_speaks_english_where_the_environment_names_another_language() -> None:
    assert "en" == before_parsing(["inbox"], {"VALIJA_LANGUAGE": "qu"})


def test_what_argparse_says_that_nobody_translated_stands_as_it_came() -> None:
    assert "something else" == usage("something else", Reader("es"))
