"""Decisions taken out of a node into two files: the records, and what binds them to labels.

It promises that the first file holds the exact records, one a line, as `python -m policies
replay` reads them; that the second says for each line under which digest a label carries it,
with the salt; and that both appear whole under names that were free, or not at all.

Source: docs/policy.md, section 13; deploy/runbook.md, "Decisions for an auditor".
"""

import os
from argparse import Namespace
from base64 import b64decode
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import BinaryIO

from node.gateway.caller import Caller, Record
from valija import canonical
from valija.clock import MINUTES_A_DAY, day_from
from valija.errors import DuplicateError, MalformedError

INDEX = ".index"
"""What the second file's name has beside the first one's."""


def take(caller: Caller, typed: Namespace) -> Record:
    """Write the decisions asked for, and return how many there are and where they lie.

    Raises:
        DuplicateError: There is such a file already.
        MalformedError: A file cannot be written, or the day is none.
        ValijaError: What the node refused; then there are no files.
    """
    files: tuple[Path, Path] = (typed.out, typed.out.with_name(typed.out.name + INDEX))
    answers = caller.take_decisions(_minute(typed.since), typed.notice)
    try:
        decisions, records = _write(files, answers)
    except FileExistsError as cause:
        raise DuplicateError(f"{typed.out}: there is such a file already") from cause
    except OSError as cause:
        raise MalformedError(f"{typed.out}: this file cannot be written") from cause
    return {
        "records": str(files[0]),
        "index": str(files[1]),
        "decisions": decisions,
        "lines": records,
        "next": f"python -m policies replay {files[0]} --index {files[1]}",
    }


def _write(files: tuple[Path, Path], answers: Iterable[Record]) -> tuple[int, int]:
    """Write both files beside their names, and give them these once they are whole."""
    parts = [file.with_name(file.name + ".part") for file in files]
    for file in files:
        if file.exists():
            raise FileExistsError
    seen, count = set(), 0
    try:
        with ExitStack() as stack:
            records, index = (stack.enter_context(_private(part)) for part in parts)
            for one in answers:
                records.write(b64decode(str(one["record"])) + b"\n")
                index.write(_bound(one))
                seen.add(one["decision"])
                count += 1
        _name(parts, files)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return len(seen), count


def _name(parts: Iterable[Path], files: Iterable[Path]) -> None:
    """Give whole files their names, both or neither; it never takes the place of a file."""
    named: list[Path] = []
    try:
        for part, file in zip(parts, files, strict=True):
            os.link(part, file)
            named.append(file)
    except OSError:
        for file in named:
            file.unlink()
        raise


def _private(path: Path) -> BinaryIO:
    """Open a fresh file that nobody else may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _bound(one: Record) -> bytes:
    bound: dict[str, canonical.Value] = {
        "decision": str(one["decision"]),
        "salt": b64decode(str(one["salt"])).hex(),
        "name": str(one["name"]),
        "notice": str(one["notice"]),
        "made": int(str(one["made"])),
    }
    return canonical.to_bytes(bound) + b"\n"


def _minute(since: str) -> int:
    if not since:
        return 0
    try:
        return day_from(date.fromisoformat(since)) * MINUTES_A_DAY
    except ValueError as cause:
        raise MalformedError("since: a day written YYYY-MM-DD") from cause
