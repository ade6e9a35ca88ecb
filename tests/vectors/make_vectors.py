"""Make our own vectors again: `make vectors`.

What follows from keys and seeds comes out byte for byte as it stands; what chance has a part
in is kept from `own/drawn.json`, and drawn afresh only if that file is taken away.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.vectors import content_cases, log_cases
from tests.vectors.content_cases import Case
from tests.vectors.drawn import OWN, draw, kept


def main() -> None:
    """Write every file of `own`."""
    OWN.mkdir(exist_ok=True)
    drawn = OWN / "drawn.json"
    if not drawn.exists():
        drawn.write_text(_text(draw()), "utf-8")
    for name, text in texts().items():
        (OWN / name).write_text(text, "utf-8")


def texts() -> Mapping[str, str]:
    """Return every file of `own` but `drawn.json`, as it must stand."""
    drawn = kept()
    parts: dict[str, list[Case]] = {
        "canonical": list(content_cases.canonical_cases()),
        "fact": list(content_cases.fact_cases()),
        "commitment": list(content_cases.commitment_cases()),
        "view": list(content_cases.view_cases()),
        "padding": list(content_cases.padding_cases()),
        "head": list(log_cases.head_cases(drawn)),
        "item": list(log_cases.item_cases(drawn)),
        "tree": list(log_cases.tree_cases(drawn)),
        "recipients": list(log_cases.recipient_cases(drawn)),
        "signature": list(log_cases.signature_cases(drawn)),
        "checkpoint": list(log_cases.checkpoint_cases(drawn)),
        "seal": list(log_cases.seal_cases(drawn)),
        "keyfile": list(log_cases.keyfile_cases(drawn)),
    }
    return {f"{name}.json": _text(cases) for name, cases in parts.items()}


def _text(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
