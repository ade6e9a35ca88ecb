"""Keep requirements.lock equal to pyproject.toml, free of any address, and hashed.

Without arguments it is a gate: it compiles the lock anew into memory with today's pins kept,
and compares. `--write` renews the file.
"""

import re
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements.lock")
ADDRESS = re.compile(r"https?://|--index-url|--extra-index-url|--find-links", re.IGNORECASE)
COMMAND = (
    ".venv/bin/uv",
    *(
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
    ),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--extra", "dev"),
    *("pyproject.toml", "--output-file"),
)


def pins(text: str) -> dict[str, str]:
    """Return name (with its marker) to version of every pinned line."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE)
    return dict(found)


def main(arguments: list[str]) -> int:
    """Write or check the lock; 0 when it holds."""
    if "--write" in arguments:
        return subprocess.run([*COMMAND, str(LOCK), "--upgrade"], check=False).returncode
    before = LOCK.read_text()
    if ADDRESS.search(before):
        print("requirements.lock names an address; run: make lock")
        return 1
    copy = Path(".venv/lock.check")
    copy.write_text(before)
    subprocess.run([*COMMAND, str(copy)], check=True)
    if pins(copy.read_text()) != pins(before):
        print("requirements.lock is not what pyproject.toml asks for; run: make lock")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
