"""A draft of the demo asked about by one state, without a store: for tests of the matrix."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from node.convert import htcds
from node.notice import native
from node.notice.notice import Notice
from node.preflight.draft import Draft
from node.preflight.instruments import Instrument
from node.preflight.question import Setting
from node.preflight.ruling import Ruling, rule
from node.release.preview import Column, column_of
from node.release.profile import parse_profile
from node.release.reader import Reader
from policies.corpus import Law
from policies.facts import Agreement, Reference, Risk
from policies.folder import HOME, load
from valija.clock import minute_of
from valija.ids import Desk, Digest

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
NOW = minute_of(datetime(2026, 11, 24, 12, tzinfo=UTC))
SECOND = Reference("approval:second_person")
KINDS = ("untoc", "tip", "iacmacm", "bilateral_mou")


@cache
def law() -> Law:
    return load(HOME)


def notice(name: str, **changes: object) -> Notice:
    record = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return native.parse(json.dumps(record | changes).encode())


@cache
def victims(folder: Path) -> tuple[Notice, ...]:
    """Return what the demo's own register becomes, row by row."""
    file = folder / "register.xlsx"
    _script().write(file)
    words = (DEMO / "register.toml").read_text(encoding="utf-8")
    profile = parse_profile(words.replace("RETENTION", "2027-11-23"), "2026-11-24")
    rows = htcds.read(file, profile.settings, None)
    return tuple(row.draft for row in rows if row.draft is not None)


def ruling(
    found: Notice, sender: str, recipient: str, references: Sequence[Reference] = ()
) -> Ruling:
    ours, theirs = Desk.parse(sender), Desk.parse(recipient)
    states = frozenset({ours.member, theirs.member})
    agreements = tuple(Agreement(id=kind, type=kind, parties=states) for kind in KINDS)
    setting = Setting(
        sender=ours,
        minute=NOW,
        purpose="",
        agreements={theirs: agreements},
        risks={theirs: Risk("none", "no", "no")},
        references=tuple(references),
    )
    instruments = [Instrument(Digest(bytes(32)), one) for one in agreements]
    return rule(law(), Draft.of(found), setting, instruments, theirs)


def column(
    found: Notice,
    sender: str,
    recipient: str,
    references: Sequence[Reference] = (),
    language: str = "en",
) -> Column:
    reader = Reader(law().words, language)
    return column_of(ruling(found, sender, recipient, references), Draft.of(found), reader)


def _script() -> ModuleType:
    spec = spec_from_file_location("register", DEMO / "register.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault("register", module)
    spec.loader.exec_module(module)
    return module
