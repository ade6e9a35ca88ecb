"""What the log's state and tree cost at 1,000,000 entries, without signatures.

Run as `python -m tests.bench.million [ENTRIES]`; it prints one JSON object. The parts are those
by which `python -m valija verify-log` folds and rebuilds: every head and label that counts, and
the growing edge of the tree. The entries are invented, and the signatures of so many would take
longer to make than a benchmark may.
"""

import json
import sys
import time
from hashlib import sha256

from tests.bench.figures import peak_mb
from valija.__main__ import main as _  # noqa: F401  # What the auditor's process holds besides.
from valija.clock import Minute
from valija.docket import Docket
from valija.frontier import Frontier
from valija.head import ENTRY_BYTES
from valija.ids import Desk, Digest, LabelId, LeafIndex, Member, Office
from valija.merkle import leaf_hash
from valija.verdict import HeadBook

ENTRIES = 1_000_000
_MINUTE = Minute(29_000_000)


def folded(count: int) -> float:
    """Let so many heads and labels count; return seconds of CPU."""
    docket, heads, began = Docket(), HeadBook(), time.process_time()
    sender, recipient = (Desk(Member(code), Office.POLICE) for code in ("AR", "BR"))
    for number in range(count):
        name = sha256(b"label %d" % number).digest()
        head, label = Digest(sha256(name).digest()), LabelId(name[:16])
        assert heads.leaf(head) is None
        assert not docket.has_id(sender, label)
        heads.count(head, LeafIndex(number))
        docket.add(Digest(name), sender, [recipient], _MINUTE)
        docket.add_id(sender, label)
    return time.process_time() - began


def planted(count: int) -> float:
    """Grow a tree of so many entries; return seconds of CPU."""
    frontier, began = Frontier(), time.process_time()
    for number in range(count):
        frontier.append(leaf_hash(number.to_bytes(ENTRY_BYTES)))
    frontier.root()
    return time.process_time() - began


def main() -> None:
    """Measure, and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    tree, fold = planted(count), folded(count)
    print(json.dumps({"entries": count, "tree": tree, "fold": fold, "peak": peak_mb()}))


if __name__ == "__main__":
    main()
