"""The edge: a folder of laws, read into bytes.

It promises to read what the law consists of and nothing else: rule files, registry, rows,
words, golden cases and the schema beside the folder. It judges none of it;
`policies.corpus` does.

Source: policies/law/README.md, section Files.
"""

from collections.abc import Mapping
from pathlib import Path

from policies.bundle import SCHEMA
from policies.corpus import Law, read_law
from valija.errors import AbsentError

HOME = Path(__file__).parent / "law"
"""The law that comes with the program."""
_KINDS = ("*/*.cedar", "*/*.toml", "*.jsonl", "*.tsv")


def read_folder(directory: Path = HOME) -> Mapping[str, bytes]:
    """Return the files of a folder of laws, by path below it, and the program's schema.

    Raises:
        AbsentError: There is no such folder.
    """
    if not directory.is_dir():
        raise AbsentError("there is no folder of laws")
    found = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for kind in _KINDS
        for path in sorted(directory.glob(kind))
    }
    return {**found, SCHEMA: (Path(__file__).parent / SCHEMA).read_bytes()}


def load(directory: Path = HOME) -> Law:
    """Return the law written in a folder.

    Raises:
        AbsentError: There is no such folder.
        MalformedError: A rule or the registry has a fault; the text names file and line.
    """
    return read_law(read_folder(directory))
