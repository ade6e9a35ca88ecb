"""An image without a container: the folders that a Dockerfile copies, and its command.

It reads the few instructions that our Dockerfiles use and lays their files out under a root of
its own. What only a container engine can do (wheels, users, volumes) it passes over.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_BUILT_ELSEWHERE = "wheels"
_PYTHON = "/opt/venv/bin/python"
_SETTINGS = "/etc/valija"
_STATE = "/var/lib/valija"
_PATIENCE_S = 60


@dataclass
class Image:
    """What a Dockerfile of ours makes, under a root on this machine."""

    root: Path
    copied: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @classmethod
    def lay_out(cls, dockerfile: Path, root: Path) -> "Image":
        """Copy and remove what a Dockerfile does, in its order."""
        image, folder, stage = cls(root), "/", ""
        for name, rest in _instructions(dockerfile.read_text(encoding="utf-8")):
            if name == "FROM":
                folder, stage = "/", rest.partition(" AS ")[2]
            elif name == "WORKDIR":
                folder = rest
            elif stage != _BUILT_ELSEWHERE:
                image._do(name, rest, folder)
        (root / _STATE[1:]).mkdir(parents=True)
        return image

    def _do(self, name: str, rest: str, folder: str) -> None:
        if name == "COPY" and not rest.startswith("--from="):
            *sources, target = rest.split()
            for source in sources:
                shutil.copytree(
                    ROOT / source,
                    self._at(folder, target),
                    ignore=shutil.ignore_patterns("__pycache__"),
                )
                self.copied.append(source.rstrip("/"))
        elif name == "RUN" and rest.startswith("rm "):
            self._at(folder, rest.removeprefix("rm ")).unlink()
        elif name == "ENV":
            self.variables |= dict(pair.split("=", 1) for pair in rest.split())
        elif name == "ENTRYPOINT":
            self.entrypoint = json.loads(rest)
        elif name == "CMD":
            self.words = json.loads(rest)

    def _at(self, folder: str, path: str) -> Path:
        return self.root / os.path.join(folder, path).strip("/")  # noqa: PTH118  # Of an image.

    def environment(self, **more: str) -> dict[str, str]:
        """Return what its processes see: its own variables, its paths on this machine."""
        paths = {"PYTHONPATH": str(self.root / self.variables["PYTHONPATH"][1:])}
        return {"PATH": os.environ["PATH"], **self.variables, **paths, **more}

    def command(self, settings: Path, words: Sequence[str] = ()) -> list[str]:
        """Return its command, the usual words unless others are given."""
        assert self.entrypoint[0] == _PYTHON
        whole = [*self.entrypoint[1:], *(words or self.words)]
        return [sys.executable, *(word.replace(_SETTINGS, str(settings)) for word in whole)]

    def run(self, settings: Path, *words: str, **variables: str) -> str:
        """Run its entry point with some words to the end, and return what it printed."""
        done = subprocess.run(
            self.command(settings, words),
            cwd=self.root / _STATE[1:],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    def import_error(self, module: str) -> str:
        """Return the name of the error that importing a module raises; empty: none."""
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            cwd=self.root / _STATE[1:],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
        return done.stderr.strip().rpartition("\n")[2].partition(":")[0]


@contextmanager
def running(
    command: Sequence[str], folder: Path, variables: dict[str, str], log: Path
) -> Iterator[Callable[[str], None]]:
    """Run a service until the block ends; it must stop by itself when it is told to.

    Yields a function that waits until the service has said something.
    """
    with log.open("wb") as file:
        service = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=file, stderr=subprocess.STDOUT
        )

    def says(word: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while word not in log.read_text(encoding="utf-8", errors="replace"):
            assert service.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < end, f"it never said {word!r}: {log.read_text()}"
            time.sleep(0.05)

    try:
        yield says
        service.send_signal(signal.SIGTERM)
        assert 0 == service.wait(_PATIENCE_S), log.read_text(encoding="utf-8")
    finally:
        service.kill()
        service.wait()


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and rest of each instruction, continued lines joined."""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest
