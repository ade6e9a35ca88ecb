"""What would newly be shared, over the whole space of labels, when every file of law changes.

Each file loses its last rule. The comparison is `python -m policies compare`, which draws its
diagrams anew in every process, so it is measured once.
"""

from collections.abc import Mapping

from policies.comparison import compare
from policies.folder import read_folder
from tests.bench.figures import Run, spent


def measure(run: Run) -> None:
    """Measure one comparison of the law that ships with that law, changed."""
    shipped = read_folder()
    changed = changed_everywhere(shipped)
    found = []
    took = spent(lambda: found.extend(compare(shipped, changed)))
    run.note(
        "comparison.files", sum(shipped[path] != changed[path] for path in shipped), "files"
    )
    run.note("comparison.widenings", len(found), "widenings")
    run.note("comparison.cpu", took.cpu, "s CPU")
    run.note("comparison.wall", took.wall, "s")


def changed_everywhere(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a folder of law in which every file of rules lacks its last rule."""
    return {p: _shorter(body) if p.endswith(".cedar") else body for p, body in files.items()}


def _shorter(body: bytes) -> bytes:
    parts = body.decode().rstrip("\n").split("\n\n")
    last = max(at for at, part in enumerate(parts) if part.rstrip().endswith(";"))
    return ("\n\n".join(parts[:last] + parts[last + 1 :]) + "\n").encode()
