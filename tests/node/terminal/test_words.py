"""The terminal's words: four languages, nothing printed that is not one, every id whole."""

import ast
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from rich.console import Console

from node.convert.outcome import CELLS, STATES
from node.gateway.words import LANGUAGES
from node.notice.facts import LADDER
from node.notice.handling import H_CODES, PAP, TLP
from node.notice.item import ROLES
from node.notice.schema import TYPES, schemas
from node.notice.table import toml_table
from node.notice.unsaid import _OF_CASE, _OF_PERSON, OFFICER, PROSECUTOR, REGISTER
from node.notice.value import UNKNOWN_REASONS
from node.people.person import PersonRole, Verb
from node.release.attested import Worth
from node.release.expectation import SENTENCES as OUTCOMES
from node.release.reader import OMITTED, RANK_WORDS
from node.states import SENTENCES
from node.store.received import EXPIRED, HELD, REFUSED, UNUSABLE
from node.terminal import reader as reading
from node.terminal.reader import PHRASES, Reader, law_words, phrases
from policies import conditions
from policies.vocabulary import LISTS
from policies.words import Words
from tests.node.terminal.sample import DESK, HOLD, LABEL, NOTICE, SAMPLES, WORD, Show
from valija.receipt import GROUNDS

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "node" / "terminal"
RENDERERS = ("account", "entry", "matrix", "opened", "refusal", "render", "value", "wordlist")
STYLES = {"bold", "red", "dim", "cyan", "green", "yellow", "magenta", "fold"}
ROWS = [line.split("\t") for line in PHRASES.read_text("utf-8").splitlines()[1:]]
PLACE = re.compile(r"\{(\w*)\}")
PROPERTIES = {
    name.removeprefix("vx:") for shape in schemas().values() for name in shape.properties
} | {part for parts in toml_table("schemas")["records"].values() for part in parts}


def printed(show: Show, record: object, language: str, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    show(console, record, Reader(language))
    return out.getvalue()


def test_a_phrase_has_the_same_places_in_every_language() -> None:
    for row in ROWS:
        assert 6 == len(row), row
        assert all(text == text.strip() and text for text in row), row
        assert 1 == len({frozenset(PLACE.findall(text)) for text in row[2:]}), row


CODES: Mapping[str, Iterable[str]] = {
    "Notice": TYPES,
    "Became": SENTENCES,
    "Arrived": ("delivered", "opened", HELD, REFUSED, UNUSABLE, EXPIRED),
    "Ground": frozenset[str]().union(*GROUNDS.values()),
    "Standing": RANK_WORDS.values(),
    "Form": (*LADDER, OMITTED),
    "Intake": OUTCOMES,
    "Worth": map(str, Worth),
    "Account": map(str, PersonRole),
    "Verb": (verb.replace("_", " ") for verb in Verb if verb != Verb.MANAGE_PEOPLE),
    "Fact": (*_OF_PERSON, *_OF_CASE, "source", "channel"),
    "Stater": (OFFICER, PROSECUTOR, REGISTER),
    "Row": (*STATES, "read"),
    "Cell": CELLS,
    "Handling": [*H_CODES, *(f"tlp:{x}" for x in TLP), *(f"pap:{x}" for x in PAP)],
    "Unknown": UNKNOWN_REASONS,
    "Schema": schemas(),
    "Property": {*PROPERTIES, "role"},
}


@pytest.mark.parametrize("list_name", CODES)
def test_a_list_of_ours_has_a_word_for_every_code_and_for_no_other(list_name: str) -> None:
    assert set(CODES[list_name]) == {row[1] for row in ROWS if row[0] == list_name}


@pytest.mark.parametrize("list_name", ["Duty", "Purpose", "NoticeType"])
def test_the_law_has_a_word_for_what_it_lends_to_the_terminal(list_name: str) -> None:
    for code in set(LISTS[list_name]) - {"unknown"}:
        assert law_words().has(list_name, code), code


def test_every_role_in_a_notice_has_a_word() -> None:
    for role in ROLES:
        assert phrases().has("Role", role) or law_words().has("Role", role), role


def _literals(name: str) -> Iterator[str]:
    """Return every text of a renderer in which a letter stands, but docstrings."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    said = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    told = {id(node.value) for node in said if isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in told and any(map(str.isalpha, text)):
            yield text


def _fields() -> set[str]:
    """Return every field of the gateway's messages, and every key of an import's answer."""
    proto = (ROOT / "proto" / "valija" / "v1" / "gateway.proto").read_text("utf-8")
    return set(re.findall(r"(\w+) = \d+;", proto))


NO_WORDS = {
    "account": set(),
    "entry": set(),
    "matrix": {"duty", "bar", "permit", "ENG-"},  # Effects and names of rules, compared.
    "opened": set(),
    "refusal": {
        "findings",  # A place in a sentence of the node.
        "verb",
        "waits for: ",  # How the gateway says it.
        " at ",
        "the notice",
        "utf-8",
        r"\\\{(\w+)\\\}",  # Patterns.
        r"(?P<\1>.+)",
        r"(?<![\w:])(?:",
        r")(?![\w:])",
    },
    "render": {"held", "lines", "records", "index"},  # A state, compared; keys of an answer.
    "value": {"lang", "code:", "ref", "schemas", "labels", "code", "scheme", "unknown"},
    "wordlist": set(),
}


@pytest.mark.parametrize("name", RENDERERS)
def test_no_renderer_holds_a_text_that_is_not_a_phrase_or_a_key(name: str) -> None:
    known = {row[1] for row in ROWS} | {row[0] for row in ROWS} | set(LISTS)
    known |= _fields() | STYLES | NO_WORDS[name]
    assert set() == {text for text in _literals(name) if text not in known}


def test_every_phrase_is_said_somewhere() -> None:
    said = {
        text for name in (*RENDERERS, "reader", "officer", "usage") for text in _literals(name)
    }
    assert set() == {row[1] for row in ROWS if row[0] == "text"} - said


@pytest.mark.parametrize("place", range(len(SAMPLES)))
def test_whatever_is_printed_comes_from_the_table(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def veiled(path: Path) -> Words:
        """Return a table in which every letter of every language is a bullet."""
        lines = path.read_text("utf-8").splitlines()
        cells = [line.split("\t") for line in lines]
        for row in cells[1:]:
            row[2:] = ["".join(map(_veil, re.split(r"(\{\w+\})", text))) for text in row[2:]]
        return Words("\n".join("\t".join(row) for row in cells).encode())

    ours, laws = veiled(PHRASES), veiled(ROOT / "policies" / "law" / "words.tsv")
    monkeypatch.setattr(reading, "phrases", lambda: ours)
    monkeypatch.setattr(reading, "law_words", lambda: laws)
    show, record = SAMPLES[place]
    seen = printed(show, record, "es")
    assert seen.strip()
    assert "" == "".join(one for one in seen if one.islower())


def _veil(text: str) -> str:
    return text if text.startswith("{") else re.sub(r"[^\W\d_]", "•", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_id_stands_whole_on_one_line(language: str, width: int) -> None:
    found = set()
    for show, record in SAMPLES:
        lines = printed(show, record, language, width).splitlines()
        ids = {name for name in (NOTICE, LABEL, HOLD, WORD) if name in str(record)}
        found |= ids
        for name in ids:
            assert any(name in line for line in lines), (show, name)
    assert {NOTICE, LABEL, HOLD, WORD} == found


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_but_one_to_be_copied_is_wider_than_the_screen(width: int) -> None:
    copied = ("--after", "--condition", NOTICE, LABEL, HOLD, WORD)
    for language in LANGUAGES:
        for show, record in SAMPLES:
            for line in printed(show, record, language, width).splitlines():
                assert len(line.rstrip()) <= width or any(map(line.__contains__, copied)), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_of_every_verb_is_told_in_the_language_and_says_no_code(language: str) -> None:
    seen = "\n".join(printed(show, record, language, 200) for show, record in SAMPLES)
    assert DESK in seen
    for code in ("no_onward", "intel_only", "not_sought", "firstName", "deathDate"):
        assert code not in seen


def test_what_has_no_word_is_shown_as_it_came() -> None:
    reader = Reader("es")
    assert "somebody_else" == reader.word("Became", "somebody_else")
    assert "a_duty:of a stranger" == reader.duties(["a_duty:of a stranger"])
    assert "" == reader.meaning("strange | approval:second_person")
    assert "strange" == reader.kind("strange")
    assert "X9" == reader.handling("X9")
    assert "no row at all!" == reader.field("no row at all!")
    assert "strange" == reader.named("Purpose", "strange")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("P1.birthDate[0]", "fecha de nacimiento"),
        ("route[2].place", "lugar"),
        ("title[0]", "título"),
        ("A1.vx:kind[0]", "clase"),
        ("Person.vx:role", "papel"),
        ("network.name", "nombre"),
    ],
)
def test_a_row_of_a_draft_is_told_by_its_property(row: str, said: str) -> None:
    assert said == Reader("es").field(row)


def test_a_condition_and_a_duty_are_told_with_who_and_what_for() -> None:
    reader = Reader("fr")
    either = "approval:second_person | judicial_ref"
    said = reader.meaning(either)
    assert conditions.what(either, "fr") in said
    assert conditions.who(either, "fr") in said
    purpose = reader.word("Purpose", "criminal_investigation")
    assert purpose in reader.duties(["use_only:criminal_investigation"])


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_table_is_cut_at_its_edge(width: int) -> None:
    for show, record in SAMPLES:
        for line in printed(show, record, "fr", width).splitlines():
            assert line.startswith("│") == line.rstrip().endswith("│"), line
            assert line.startswith("┃") == line.rstrip().endswith("┃"), line
