"""What officers see: exit codes, help with examples, and nothing received that acts."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from node.__main__ import main
from node.terminal import account, arguments, render, wordlist
from node.terminal.matrix import matrix
from node.terminal.opened import notice
from node.terminal.reader import Reader
from node.terminal.screen import clean, clean_json

HOSTILE = "[red]x[/red] :smile: \x1b[2J\x1b]0;owned\x07 \u202egnp.exe \x9b1A"
VERBS = tuple(arguments._EXAMPLES)


def printed(show: object, record: object, language: str = "en") -> str:
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system="truecolor")
    show(console, record, Reader(language))  # type: ignore[operator]
    return out.getvalue()


def state(**more: object) -> dict[str, object]:
    row = {
        "notice": "ab" * 16,
        "recipient": "BR/police",
        "state": "held",
        "sentence": "waits",
        "ground": "",
        "citations": ["ENG-SECOND: four eyes"],
        "conditions": ["approval:second_person"],
    }
    return row | more


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_with_an_example_and_the_exit_codes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    said = capsys.readouterr().out
    assert 0 == ended.value.code
    assert f"python -m node {verb}" in said
    assert "exit codes:" in said
    assert "--json" in said


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["send", "ab"],
        ["send", "ab", "--to", "BR/police", "--now", "--wait-for", "x"],
    ],
)
def test_wrong_usage_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert 2 == ended.value.code
    assert "usage:" in capsys.readouterr().err


def test_settings_that_cannot_be_read_are_2_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main(["inbox", "--config", str(tmp_path / "none.toml")])
    said = capsys.readouterr().err
    assert said.startswith("python -m node: ")
    assert 1 == said.count("\n")


@pytest.mark.parametrize("hidden", ["\x1b", "\x9b", "\x07", "\u202e", "\u2028", "\ue000"])
def test_a_character_that_acts_is_shown_by_its_number(hidden: str) -> None:
    assert f"a<U+{ord(hidden):04X}>b" == clean(f"a{hidden}b")
    assert (
        json.loads(clean_json(json.dumps(f"a{hidden}b", ensure_ascii=False))) == f"a{hidden}b"
    )
    assert hidden not in clean_json(json.dumps(hidden, ensure_ascii=False))


def test_what_is_received_can_do_nothing_to_a_terminal() -> None:
    opened = {
        "handling": [HOSTILE],
        "duties": [HOSTILE],
        "basis": [HOSTILE],
        "retain_until": 20_000,
        "items": [
            {
                "handle": HOSTILE,
                "schema": HOSTILE,
                "facts": [{"property": HOSTILE, "form": HOSTILE, "value": HOSTILE}],
            }
        ],
    }
    arrived = {
        "id": "ab" * 32,
        "type": HOSTILE,
        "originator": HOSTILE,
        "version": 1,
        "logged": 0,
        "leaf_index": 1,
        "state": HOSTILE,
        "sentence": HOSTILE,
        "purpose": HOSTILE,
    }
    waits = {
        "id": "ab" * 16,
        "draft": "cd" * 16,
        "recipient": HOSTILE,
        "condition": HOSTILE,
        "sentence": HOSTILE,
        "article": HOSTILE,
        "drafter": HOSTILE,
        "since": 0,
    }
    word = dict.fromkeys(("condition", "by", "role", "worth", "sentence"), HOSTILE)
    word |= {"id": "ab" * 16, "since": 0, "until": 9, "recipients": [HOSTILE]}
    debt = dict.fromkeys(("recipient", "state", "condition"), HOSTILE)
    debt |= {"notice": "ab" * 16, "version": 1, "label": "cd" * 32, "sent": 0}
    debt |= {"word": "ef" * 16, "withdrawn": 1, "shown": [HOSTILE], "sentence": HOSTILE}
    drafted = {"id": "ab" * 16, "type": HOSTILE, "changed": 0, "author": HOSTILE}
    for show, record in (
        (notice, opened),
        (render.inbox, {"notices": [arrived], "after": "3"}),
        (render.holds, {"holds": [waits]}),
        (render.states, {"states": [state(sentence=HOSTILE, ground=HOSTILE)]}),
        (wordlist.words, {"words": [word]}),
        (wordlist.owed, {"owed": [debt], "total": 2}),
        (wordlist.withdrawn, {"states": [state(sentence=HOSTILE)], "owed": [debt]}),
        (render.drafts, {"drafts": [drafted]}),
        (render.draft, {"id": HOSTILE, "blocking": [HOSTILE]}),
        (render.status, {"states": [], "log_size": 3, "log_read": 3, "troubles": [HOSTILE]}),
    ):
        seen = printed(show, record)
        assert "\x1b[2J" not in seen
        assert "\x1b]0" not in seen
        assert not {"\x9b", "\u202e", "\x07"} & set(seen)
        assert "[red]" in seen
        assert "\U0001f604" not in seen


def test_what_is_owed_is_counted_and_its_absence_is_said() -> None:
    assert "No word was given" in printed(wordlist.words, {"words": []})
    assert "Nothing that left is owed" in printed(wordlist.owed, {"owed": [], "total": 0})


def test_an_id_is_printed_whole_so_that_it_can_be_typed_again() -> None:
    assert "ab" * 16 in printed(render.states, {"states": [state()]}).replace("\n", "")
    assert "draft " + "cd" * 16 in printed(render.draft, {"id": "cd" * 16, "blocking": []})


def test_a_matrix_says_form_article_and_what_opens_more() -> None:
    citation = {"rule": "ENG-SECOND", "effect": "marker", "article": "art. [1] " + "x" * 80}
    cell = {
        "field": "P1.birthDate[0]",
        "form": "marker",
        "citations": [citation],
        "conditions": ["approval:second_person"],
    }
    column = {
        "recipient": "BR/police",
        "standing": "held",
        "sentence": "why",
        "conditions": ["judicial_ref"],
        "duties": ["no_onward"],
        "retention_days": 30,
        "cells": [cell],
        "intake": {
            "outcome": "held",
            "sentence": "The recipient's law would set conditions before it is kept.",
            "conditions": ["route:fiu"],
            "duties": ["notify_before_use"],
            "citations": [
                {"rule": "FATF-40.store", "effect": "bar", "article": "FATF R.40 [x]"},
                {"rule": "TIP-10-3.store", "effect": "permit", "article": "art. 10"},
            ],
        },
    }
    said = {"fact": "charges", "where": "", "who": "the prosecutor"}
    seen = printed(matrix, {"columns": [column], "unstated": [said]})
    for part in (
        "marker",
        "art. [1]",
        "birth date",
        "more with approval:second_person",
        "approval:second_person: the approval of a second person (",
        "waits for judicial_ref",
        "ends everywhere after 30 days",
        "charges of the notice: the prosecutor can state it",
        f"duties that travel: {Reader('en').duties(['no_onward'])}",
        "there: held. The recipient's law would set conditions",
        "it would wait for route:fiu",
        f"its own duties: {Reader('en').duties(['notify_before_use'])}",
        "FATF-40.store: FATF R.40 [x]",
    ):
        assert part in seen


def test_empty_lists_say_so_and_long_ones_how_to_go_on() -> None:
    assert "no draft" in printed(render.drafts, {"drafts": [], "after": ""})
    assert "Nothing waits" in printed(render.holds, {"holds": []})
    assert "Nothing has arrived" in printed(render.inbox, {"notices": [], "after": "0"})
    assert "--after 7" in printed(render.inbox, {"notices": [], "after": "7"})
    assert "--after ab" in printed(render.drafts, {"drafts": [], "after": "ab"})
    assert "the node is well" in printed(
        render.status, {"log_size": 1, "log_read": 1, "troubles": []}
    )


def test_an_import_is_told_with_every_refused_row() -> None:
    last = {"read": 2, "ready": 1, "attention": 0, "refused": 1, "cells": {"mapped": 3}}
    assert "read 2, ready 1" in printed(account.tally, last)
    note = {"row": 2, "column": "Age", "refused": True, "sentence": "no age", "code": "age"}
    assert "refused: row 2, Age: no age (age)" in printed(account.notes, [note])


def test_json_is_one_line_and_the_same_record() -> None:
    out = io.StringIO()
    record = {"a": HOSTILE, "b": ["ñ", 1]}
    render.print_answer(Console(file=out), record, as_json=True)
    assert record == json.loads(out.getvalue())
    assert 1 == out.getvalue().count("\n")
    assert "ñ" in out.getvalue()


def test_a_cell_names_the_law_that_gave_its_form_before_our_own_rules() -> None:
    def cited(rule: str, effect: str) -> dict[str, object]:
        return {"rule": rule, "effect": effect, "article": "art. 1"}

    found = [cited("ENG-SECOND", "marker"), cited("AR-26364-6", "marker"), cited("X", "permit")]
    cell = {"field": "P1.name[0]", "form": "marker", "citations": found, "conditions": []}
    exact = cell | {"form": "exact", "citations": [found[0], found[2], cited("D", "duty")]}
    column = {"recipient": "BR/police", "standing": "allowed", "sentence": "", "intake": None}
    column |= {"conditions": [], "duties": [], "retention_days": 0, "cells": [cell, exact]}
    seen = printed(matrix, {"columns": [column], "unstated": []})
    assert "AR-26364-6: art. 1" in seen
    assert "X: art. 1" in seen
    assert "ENG-SECOND" not in seen
