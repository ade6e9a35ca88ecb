"""Keep the locks equal to pyproject.toml, free of any address, and hashed.

requirements.lock is everything; deploy/auditor.lock, broker.lock and node.lock are what each
image installs, with the same versions. Without arguments it is a gate: it compiles each lock
anew with today's pins kept, and compares. `--write` renews all.
"""

import re
import subprocess
import sys
from pathlib import Path

ALL = Path("requirements.lock")
EXTRAS = {
    ALL: ("broker", "node", "dev"),
    Path("deploy/auditor.lock"): (),
    Path("deploy/broker.lock"): ("broker",),
    Path("deploy/node.lock"): ("node",),
}
ADDRESS = re.compile(r"https?://|--index-url|--extra-index-url|--find-links", re.IGNORECASE)


def command(lock: Path, into: Path, *more: str) -> list[str]:
    """Return the call that compiles one lock into a file."""
    words = [".venv/bin/uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    words += ["--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links"]
    words += ["--no-header", "pyproject.toml", "--output-file", str(into), *more]
    for extra in EXTRAS[lock]:
        words += ["--extra", extra]
    return words if lock == ALL else [*words, "--constraint", str(ALL)]


def pins(text: str) -> dict[str, str]:
    """Return package name to version of every pinned line."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE))


def check(lock: Path) -> str:
    """Return what is wrong with one lock; empty when it holds."""
    before = lock.read_text()
    if ADDRESS.search(before):
        return f"{lock} names an address; run: make lock"
    fresh = Path(".venv/lock.check")
    fresh.write_text(before)
    subprocess.run(command(lock, fresh), check=True)
    if pins(fresh.read_text()) != pins(before):
        return f"{lock} is not what pyproject.toml asks for; run: make lock"
    return ""


def main(arguments: list[str]) -> int:
    """Write or check the locks; 0 when all hold."""
    if "--write" in arguments:
        for lock in EXTRAS:
            renew = ("--upgrade",) if lock == ALL else ()
            subprocess.run(command(lock, lock, *renew), check=True)
        return 0
    wrong = [sentence for lock in EXTRAS if (sentence := check(lock))]
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
