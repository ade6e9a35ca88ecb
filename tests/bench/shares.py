"""Where a broker's CPU goes: the share of each shared object, by the kernel's own sampler.

It promises shares of samples that were taken of the broker's process alone, while it admitted
the load with a signature a notice. What samples is `perf`; without it there is no figure.
Inside gRPC's one object TLS and transport are not told apart, so its BoringSSL is counted as
gRPC's and not among the cryptography.
"""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.exchange import Served
from tests.bench.figures import Run

_HERTZ = 499
_LONGEST_S = 60
_OBJECTS = {
    "crypto": ("_sodium", "libsodium", "_rust.abi3", "libcrypto", "libssl"),
    "cpython": ("libpython", "python3", "_asyncio", "_struct", "_pickle", "_socket"),
    "grpc": ("cygrpc",),
    "protobuf": ("_message.abi3", "_message.cpython", "_upb"),
    "kernel": ("[kernel", "[vdso", "[unknown]"),
    "sqlite": ("_sqlite3", "libsqlite3"),
    "libc": ("libc.so", "libc-", "ld-linux", "libpthread", "libm.so"),
}


@contextmanager
def sampled(run: Run, name: str, broker: Served) -> Iterator[None]:
    """Sample a broker until the block ends, and keep the shares, where perf is here."""
    if shutil.which("perf") is None:
        run.miss(name, "perf is not here (Debian: apt-get install linux-perf)")
        yield
        return
    data = broker.folder / "perf.data"
    words = ["perf", "record", "-e", "cpu-clock", "-F", str(_HERTZ), "-p", str(broker.pid)]
    words += ["-o", str(data), "--", "sleep", str(_LONGEST_S)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as perf:
        try:
            yield
        finally:
            perf.send_signal(signal.SIGINT)
            _, said = perf.communicate(timeout=30)
    if not data.exists() or not data.stat().st_size:
        run.miss(name, f"perf may not sample here: {_last_line(said)}")
        return
    found = shares(_report(data))
    if not any(found.values()):
        run.miss(name, "the load was too short for a sample")
        return
    for part, share in found.items():
        run.note(f"{name}.{part}", share, "% of CPU")


def shares(report: str) -> dict[str, float]:
    """Return the percentage of each part in a report by shared objects.

    Args:
        report: Lines of `percent%  object`, as perf writes them; comments begin with `#`.
    """
    found = dict.fromkeys([*_OBJECTS, "other"], 0.0)
    for line in report.splitlines():
        percent, _, name = line.strip().partition("%")
        if name and not line.startswith("#"):
            found[_part(name.strip())] += float(percent)
    return found


def _part(name: str) -> str:
    for part, starts in _OBJECTS.items():
        if name.startswith(starts):
            return part
    return "other"


def _report(data: Path) -> str:
    words = ["perf", "report", "-i", str(data), "--sort", "dso", "--stdio"]
    done = subprocess.run(words, check=True, capture_output=True, timeout=120)
    return done.stdout.decode()


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
