"""Why something was not done: the node's sentence is never lost, and read where it can be."""

import ast
import re
from pathlib import Path

import pytest

from node.__main__ import UNREADABLE, main
from node.gateway.status import LATER, error_of, incident, status_of
from node.gateway.words import LANGUAGES
from node.people.person import Person, PersonRole, Verb
from node.terminal.reader import PHRASES, Reader
from node.terminal.refusal import fault, finding, told
from policies.conditions import CONDITIONS
from valija import errors
from valija.errors import (
    AbsentError,
    BarredError,
    HeldError,
    MalformedError,
    SignatureError,
    SplitViewError,
    UnavailableError,
    ValijaError,
)
from valija.ids import Desk

ROOT = Path(__file__).parents[3]
OFFICERS = ("officer", "docket", "language")
ROWS = [line.split("\t") for line in PHRASES.read_text("utf-8").splitlines()[1:]]
FAULTS = [row[1] for row in ROWS if row[0] == "Fault"]
TRANSLATED = [one for one in LANGUAGES if one != "en"]
PLACE = re.compile(r"\{\w+\}")


def seen(error: ValijaError) -> ValijaError:
    """Return an error as a caller of the gateway gets it."""
    return error_of(*status_of(error))


def test_in_english_the_sentence_stands_alone_as_the_node_said_it() -> None:
    for sentence in ("no such draft", "anything else", "x; waits for: judicial_ref"):
        assert sentence == told(AbsentError(sentence), Reader("en"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_without_a_translation_stands_as_it_was_said(language: str) -> None:
    said = told(BarredError("something that nobody translated"), Reader(language))
    frame, why = said.split("\n")
    assert "something that nobody translated" in why
    assert "something" not in frame


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_kind_of_error_has_a_frame(language: str) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    frames = set()
    for kind in kinds:
        if issubclass(kind, ValijaError) and kind is not ValijaError:
            frame, _ = told(kind("a sentence"), Reader(language)).split("\n")
            assert frame
            frames.add(frame)
    assert 8 == len(frames)  # Those under VerificationError share its.


def test_a_refusal_says_what_it_is_why_and_what_each_condition_is() -> None:
    error = seen(HeldError("our own law has not let it in yet", ("judicial_ref", "route:fiu")))
    frame, why, first, second = told(error, Reader("es")).split("\n  ")
    assert frame.startswith("en espera")
    assert "nuestra propia ley aún no lo deja entrar; espera: judicial_ref, route:fiu" == why
    assert f"judicial_ref: {Reader('es').meaning('judicial_ref')}" == first
    assert f"route:fiu: {Reader('es').meaning('route:fiu')}" == second


def test_what_a_law_forbids_is_told_with_its_articles_in_the_language() -> None:
    barred = BarredError("our own law does not let it be kept", ("UNTOC art. 27", "R. 2"))
    said = fault(str(seen(barred)), Reader("es"))
    cited = Reader("es").cite("UNTOC art. 27")
    assert f"nuestra propia ley no permite conservarlo; {cited}; R. 2" == said


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("role", PersonRole)
def test_a_role_that_may_not_is_told_which_role_and_what(
    role: PersonRole, language: str
) -> None:
    person = Person("Q", role, Desk.parse("AR/police"))
    for verb in Verb:
        try:
            person.require(verb)
        except BarredError as error:
            said = fault(str(error), Reader(language))
            assert said
            assert Reader(language).word("Account", role) in said


def test_what_may_work_later_and_an_incident_are_told_in_the_language() -> None:
    reader = Reader("pt")
    _, sentence = incident()
    assert sentence.rpartition(" ")[2] in fault(sentence, reader)
    later = seen(
        UnavailableError("the draft changed meanwhile; nothing was sent; look at it again")
    )
    assert str(later).endswith(LATER)
    assert fault(str(later), reader).startswith("o rascunho mudou")


def test_a_split_view_is_framed_as_what_could_not_be_proved() -> None:
    reader = Reader("fr")
    frames = [
        told(kind("x"), reader).split("\n")[0] for kind in (SplitViewError, SignatureError)
    ]
    assert frames[0] == frames[1]


def test_what_stops_a_draft_is_told_by_its_row() -> None:
    reader = Reader("es")
    said = finding("role_missing at P1", reader)
    assert said.startswith("P1: ")
    assert said.endswith("(role_missing)")
    assert finding("pap_missing at the notice", reader).startswith("el aviso: ")
    assert "what nobody knows" == finding("what nobody knows", reader)
    whole = "draft ab may not go as it stands: role_missing at P1; nothing was sent"
    assert said in fault(whole, reader)


def _source() -> str:
    """Return the program's text, its broken sentences joined."""
    folders = ("node", "policies", "valija")
    paths = [path for name in folders for path in (ROOT / name).rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in paths)
    return re.sub(r'"\s*\n\s*f?"', "", text)


def test_every_sentence_that_is_translated_is_one_that_the_program_says() -> None:
    source = _source()
    for sentence in FAULTS:
        for part in PLACE.split(sentence):
            for piece in part.split("; "):
                assert piece.strip(" ,;:") in source, sentence


def _raised(name: str) -> list[str]:
    """Return every sentence that a module raises, its values as numbers."""
    tree = ast.parse((ROOT / "node" / "terminal" / f"{name}.py").read_text("utf-8"))
    calls = [
        node.exc
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
    ]
    return [_text(call.args[0]) for call in calls]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    return str(node.value) if isinstance(node, ast.Constant) else "1"


@pytest.mark.parametrize("name", OFFICERS)
def test_what_the_terminal_itself_refuses_it_refuses_in_four_languages(name: str) -> None:
    sentences = _raised(name)
    assert sentences
    for sentence in sentences:
        for language in TRANSLATED:
            assert fault(sentence, Reader(language)), sentence


def test_a_condition_is_never_a_word_of_a_sentence() -> None:
    assert all(re.search(r"[_:]", name) for name in CONDITIONS)


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALIJA_LANGUAGE", "es")


@pytest.mark.usefixtures("spanish")
def test_an_officers_verb_refuses_in_the_language_and_a_keepers_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(tmp_path / "none.toml")]
    assert UNREADABLE == main(["inbox", *config])
    assert "este archivo no se puede leer" in capsys.readouterr().err
    assert UNREADABLE == main(["inbox", *config, "--language", "en"])
    assert "python -m node: none.toml: this file cannot be read\n" == capsys.readouterr().err
    assert UNREADABLE == main(["inbox", *config, "--json"])
    assert "python -m node: none.toml: this file cannot be read\n" == capsys.readouterr().err
    assert UNREADABLE == main(["person", "list", *config])
    assert "python -m node: none.toml: this file cannot be read\n" == capsys.readouterr().err


def test_whoever_named_a_language_that_nobody_speaks_here_is_answered_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VALIJA_LANGUAGE", "qu")
    assert UNREADABLE == main(["inbox", "--config", str(tmp_path / "none.toml")])
    assert "this file cannot be read" in capsys.readouterr().err


def test_a_malformed_word_of_the_officer_is_told_by_its_name() -> None:
    said = fault("hold: 32 hexadecimal digits", Reader("es"))
    assert said.startswith("espera: un identificador tiene 32 cifras")
    assert "not done" in Reader("en").word("Frame", MalformedError.__name__)
