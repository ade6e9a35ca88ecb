"""The examples of docs/files.md are read by the code that they speak of."""

import json
import re
from dataclasses import fields as members
from pathlib import Path

from node.journal import ACTS
from node.notice import native
from node.notice.facts import FRAME, WITHHELD, fields, frames
from policies.agreement import parse_agreement
from policies.bundle import manifest
from policies.casefile import parse_case
from policies.folder import load
from policies.golden import differences
from valija.anchor import FORMAT, MAX_ANCHOR, Anchor
from valija.envelope import MAX_RECIPIENTS
from valija.head import MAX_ITEMS
from valija.note import MAX_NOTE_BYTES
from valija.receipt import GROUNDS, ROLES, Event
from valija.statement import REVOCATION_REASONS, WITHDRAWAL_REASONS
from valija.tile import parse_path
from valija.wire import content, deliver, envelope, label, log, receipt, statement, strict

ROOT = Path(__file__).parents[2]
_PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
_DRAFT, _ANCHOR, _MANIFEST = re.findall(r"```json\n(.*?)```", _PAGE, re.DOTALL)


def _words(row: str) -> set[str]:
    (line,) = [line for line in _PAGE.splitlines() if line.startswith(f"| {row} |")]
    return set(re.findall(r"`([^`]+)`", line.split("|")[2]))


def test_the_draft_of_the_page_is_read() -> None:
    notice = native.parse(_DRAFT.encode())

    assert "suspect" == notice.type
    assert "prosecutor" == notice.told.source
    assert {"birthDate", "vx:role", "name"} <= {field.prop for field in fields(notice)}
    assert all(frame.path.endswith(f"/{FRAME}") for frame in frames(notice))


def test_the_facts_of_the_page_are_those_of_its_draft() -> None:
    told = {field.prop: field for field in fields(native.parse(_DRAFT.encode()))}

    assert {"exact": "1979-06", "general": "1979"}.items() <= told["birthDate"].forms.items()
    assert 2 == len(told["birthDate"].path.split("/"))
    assert 3 == len(told["vx:role"].path.split("/"))
    assert WITHHELD == told["name"].forms["marker"]
    assert f'"{WITHHELD}"' in _PAGE


def test_the_anchor_of_the_page_has_the_keys_of_an_anchor() -> None:
    told = json.loads(_ANCHOR)

    assert FORMAT == told["format"]
    assert len(members(Anchor)) == len(told)
    assert {"quorum", "keys"} == set(told["council"])


def test_the_manifest_of_the_page_has_the_keys_of_a_manifest() -> None:
    assert set(json.loads(manifest({}))) == set(json.loads(_MANIFEST))


def test_the_closed_lists_of_the_page_are_those_of_the_code() -> None:
    assert GROUNDS[Event.REFUSED] == _words("Receipt.ground, REFUSED")
    assert GROUNDS[Event.REJECTED] == _words("Receipt.ground, REJECTED")
    assert ROLES == _words("Receipt.role, OPENED")
    assert REVOCATION_REASONS == _words("KeyStatement.reason")
    assert WITHDRAWAL_REASONS == _words("Endorsement.reason")


def test_the_paths_and_acts_of_the_page_exist() -> None:
    assert (0, 1067, 7) == (
        (tile := parse_path("tile/0/x001/067.p/7")).level,
        tile.index,
        tile.width,
    )
    assert "`tile/0/x001/067.p/7`" in _PAGE
    said = _PAGE.split("(`node/journal.py`): ")[1].split(", …")[0].split(", ")
    assert {word.strip() for word in said} <= ACTS


def test_the_bounds_of_the_page_are_those_of_the_code() -> None:
    mib, kib = 1 << 20, 1 << 10
    rows = {
        "a message of Submit; of Deliver": (
            f"{strict.MAX_MESSAGE // mib} MiB;"
            f" {deliver.MAX_DELIVER // mib} MiB, {deliver.MAX_DELIVERIES:,} deliveries"
        ),
        "label; receipt; other statement": (
            f"{label.MAX_LABEL // kib} KiB; {receipt.MAX_RECEIPT} bytes;"
            f" {statement.MAX_STATEMENT // kib} KiB"
        ),
        "terms; content, as padded": (
            f"{envelope.MAX_TERMS // kib} KiB; {content.MAX_CONTENT // mib} MiB"
        ),
        "items of a batch; recipients of an envelope": f"{MAX_ITEMS}; {MAX_RECIPIENTS}",
        "log record": f"{log.MAX_RECORD // mib} MiB",
        "anchor; checkpoint note": f"{MAX_ANCHOR // mib} MiB; {MAX_NOTE_BYTES // kib} KiB",
        "a text on the wire; desks in one list": (
            f"{strict.MAX_TEXT} characters; {strict.MAX_DESKS}"
        ),
    }
    for what, most in rows.items():
        assert f"| {what} | {most} |" in _PAGE


def test_terms_of_an_agreement_with_every_key_of_the_page_are_understood() -> None:
    rows = _PAGE.split("| key of `terms` | values |")[1].split("\n\n")[0]
    keys = [
        key
        for line in rows.splitlines()[2:]
        for key in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    terms: dict[str, object] = {key: ["*"] for key in keys}
    terms |= {"id": "UNTOC", "type": "treaty", "parties": ["AR", "BR"], "channel": "formal"}
    terms |= {"in_force_from": "2004-02-28", "in_force_to": None, "covers_SIT": False}
    terms |= {"evidence_use": "yes", "onward": "listed", "retention_max_days": None}

    assert set(keys) == set(terms)
    assert frozenset({"no_onward"}) == parse_agreement(terms).duties


def test_the_cases_that_a_reader_tries_first_are_answered_as_they_say() -> None:
    law = load()
    for line in (ROOT / "deploy" / "demo" / "cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        assert () == differences(case["expected"], law.decide(parse_case(case))), case["id"]
