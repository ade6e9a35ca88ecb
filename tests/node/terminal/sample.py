"""An answer of each officer's verb, in capitals and digits, so that what is ours stands out."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from node.terminal import account, render, wordlist
from node.terminal.matrix import matrix
from node.terminal.opened import notice

NOTICE, LABEL, HOLD, WORD = "A1" * 16, "B2" * 32, "C3" * 16, "D4" * 16
DESK = "AR/POLICE"
Show: TypeAlias = Callable[..., None]
_STATE: Mapping[str, Any] = {
    "notice": NOTICE,
    "recipient": DESK,
    "state": "held",
    "sentence": "S1",
    "ground": "law",
    "citations": ["ART. 1"],
    "conditions": ["X:1"],
}
_OWED: Mapping[str, Any] = {
    "notice": NOTICE,
    "recipient": DESK,
    "version": 1,
    "label": LABEL,
    "sent": 0,
    "state": "opened",
    "sentence": "S1",
    "shown": ["Person.firstName exact", "Person.lastName exact", "victim.status marker"],
    "word": WORD,
    "condition": "X:1",
    "withdrawn": 0,
}
_WORD: Mapping[str, Any] = {
    "id": WORD,
    "condition": "X:1",
    "by": "Q",
    "role": "supervisor",
    "since": 0,
    "until": 9,
    "recipients": [DESK],
    "purposes": ["P:1"],
    "worth": "counts",
    "sentence": "S1",
}
_HOLD: Mapping[str, Any] = {
    "id": HOLD,
    "draft": NOTICE,
    "recipient": DESK,
    "condition": "X:1",
    "sentence": "S1",
    "article": "ART. 1",
    "drafter": "Q",
    "since": 0,
}
_RECEIVED: Mapping[str, Any] = {
    "id": LABEL,
    "type": "",
    "originator": DESK,
    "version": 1,
    "purpose": "P:1",
    "logged": 0,
    "leaf_index": 1,
    "state": "delivered",
    "sentence": "S1",
}
_CITED: Mapping[str, Any] = {"rule": "R-1", "effect": "bar", "article": "ART. 1"}
_COLUMN: Mapping[str, Any] = {
    "recipient": DESK,
    "standing": "held",
    "sentence": "S1",
    "conditions": ["X:1"],
    "duties": ["no_onward", "use_only:prosecution"],
    "retention_days": 30,
    "cells": [
        {"field": "P1", "form": form, "conditions": ["X:1"], "citations": [_CITED]}
        for form in ("exact", "general", "pseudonym", "marker", "omitted")
    ],
    "intake": {
        "outcome": "held",
        "sentence": "S1",
        "conditions": ["X:1"],
        "duties": ["no_onward"],
        "citations": [_CITED],
    },
}
_OPENED: Mapping[str, Any] = {
    "handling": ["H1", "H3:T"],
    "duties": ["intel_only"],
    "basis": ["ART. 1"],
    "retain_until": 20_000,
    "items": [
        {
            "handle": "H4",
            "schema": "Person",
            "facts": [
                {"property": "firstName", "form": "exact", "value": '"N"'},
                {"property": "vx:role", "form": "exact", "value": '"victim"'},
                {"property": "deathDate", "form": "exact", "value": '{"unknown":"suppressed"}'},
                {"property": "gender", "form": "marker", "value": '"withheld"'},
            ],
        }
    ],
}
_TALLY: Mapping[str, Any] = {
    "read": 2,
    "ready": 1,
    "attention": 0,
    "refused": 1,
    "cells": {"mapped": 3, "text": 1},
}
_NOTES = [
    {"row": 2, "column": "C", "refused": True, "sentence": "S1", "code": "K"},
    {"row": 3, "column": "", "refused": False, "sentence": "S1", "code": "K"},
]
_DRAFT = {"id": NOTICE, "type": "victim", "changed": 0, "author": "Q"}
_DOCKET = {"records": "F", "index": "F.I", "decisions": 1, "lines": 2, "next": "C F"}
SAMPLES: list[tuple[Show, Any]] = [
    (render.drafts, {"drafts": [_DRAFT], "after": NOTICE}),
    (render.drafts, {"drafts": []}),
    (render.draft, {"id": NOTICE, "blocking": ["K"]}),
    (render.states, {"states": [_STATE]}),
    (render.states, {"states": []}),
    (render.holds, {"holds": [_HOLD]}),
    (render.holds, {"holds": []}),
    (render.inbox, {"notices": [_RECEIVED, {**_RECEIVED, "type": "network"}], "after": "7"}),
    (render.inbox, {"notices": [], "after": "0"}),
    (render.status, {"states": [_STATE], "log_size": 1, "log_read": 1, "troubles": []}),
    (render.status, {"states": [], "log_size": 1, "log_read": 1, "troubles": ["T"]}),
    (render.decisions, _DOCKET),
    (account.tally, _TALLY),
    (account.notes, _NOTES),
    (
        matrix,
        {
            "columns": [_COLUMN] * 4,
            "unstated": [{"fact": "charges", "where": "", "who": "officer"}],
        },
    ),
    (notice, _OPENED),
    (wordlist.words, {"words": [_WORD]}),
    (wordlist.words, {"words": []}),
    (wordlist.withdrawn, {"states": [_STATE], "owed": [_OWED]}),
    (wordlist.owed, {"owed": [_OWED], "total": 9}),
    (wordlist.owed, {"owed": [], "total": 0}),
]
"""What shows an answer, and an answer."""
