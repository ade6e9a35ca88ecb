"""The first `node.toml` of a node, written from what `init` was told.

It promises that the file it writes is one that `node.config` reads, and that an existing one
is never overwritten.

Source: docs/guides/join.md.
"""

import json
import os
from argparse import Namespace
from pathlib import Path

from valija.errors import DuplicateError, MalformedError

NAME = "node.toml"


def write(folder: Path, typed: Namespace) -> Path:
    """Write the settings, and return their path.

    Raises:
        DuplicateError: There are settings already.
        MalformedError: The folder cannot be written.
    """
    path = folder / NAME
    values = {
        "member": typed.member,
        "desks": [f"{typed.member}/{name}" for name in typed.desk],
        "anchor": _from(folder, typed.anchor),
        "store": typed.store,
        "keys": "keys",
        "passphrase_file": _from(folder, typed.passphrase_file),
        "policies": _from(folder, typed.policies),
        "gateway": typed.gateway,
        "broker": typed.broker,
    }
    if typed.metrics:
        values["metrics"] = typed.metrics
    # A JSON text or list of texts is also one of TOML.
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as cause:
        raise DuplicateError(f"{path}: there are settings already; nothing was made") from cause
    except OSError as cause:
        raise MalformedError(f"{folder}: this folder cannot be written") from cause
    return path


def _from(folder: Path, path: Path) -> str:
    """Return a path as `node.toml` names it: from its own folder."""
    return os.path.relpath(path.absolute(), folder.absolute())
