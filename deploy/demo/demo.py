"""`make demo`: three states, a broker and an auditor on this machine, and one true story.

    python deploy/demo/demo.py [--once] [--kafka]

`--once` checks and ends, with 0 only if every check held; without it the exchange stays up
until Ctrl-C (an hour at most) and the commands to try are printed. `--kafka` uses Apache Kafka
instead of a SQLite file. Everything it makes is below `.demo/`.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

# Run as a file, Python puts this folder on the path; the modules stand at the root.
sys.path[0] = str(Path(__file__).parents[2])

from rich.console import Console  # noqa: E402  # The path comes first.

from deploy.demo.exchange import Exchange, KafkaSpool  # noqa: E402  # As above.
from deploy.demo.founding import State, found  # noqa: E402  # As above.
from deploy.demo.process import ROOT  # noqa: E402  # As above.
from deploy.demo.story import Story  # noqa: E402  # As above.
from deploy.demo.teller import Teller  # noqa: E402  # As above.

HOME = ROOT / ".demo"
STATES = (
    State(
        "AR",
        "Argentina",
        ("police", "protection"),
        (
            ("quispe", "liaison", "police"),
            ("sosa", "supervisor", "police"),
            ("ledesma", "liaison", "protection"),
            ("rivas", "supervisor", "protection"),
        ),
    ),
    State(
        "BR",
        "Brasil",
        ("police", "protection"),
        (("lima", "liaison", "police"), ("nunes", "liaison", "protection")),
    ),
    State(
        "MX",
        "México",
        ("police", "protection"),
        (("ocampo", "liaison", "police"), ("tzec", "liaison", "protection")),
    ),
)
_STAYS_SECONDS = 3600
_KEPT_DAYS = 30
_SOURCES = (
    "valija",
    "policies/law",
    "node/genesis",
    "broker/genesis.py",
    "deploy/demo/founding.py",
)


def main() -> int:
    """Run the demo, and return the exit code."""
    parser = argparse.ArgumentParser(description="Three states, one broker, one auditor.")
    parser.add_argument("--once", action="store_true", help="check, and end")
    parser.add_argument("--kafka", action="store_true", help="on Apache Kafka")
    typed = parser.parse_args()
    console = Console(highlight=False)
    begun = time.monotonic()
    kept = _genesis(console)
    run = HOME / "run"
    shutil.rmtree(run, ignore_errors=True)
    with _kafka(console) if typed.kafka else nullcontext() as spool:
        exchange = Exchange.make(run, STATES, kept=kept, kafka=spool)
        with exchange:
            teller = Teller(exchange, console)
            Story(teller).tell()
            took = time.monotonic() - begun
            console.print(
                f"\n{len(teller.checks)} checks in {took:.0f} s, {teller.failed} failed."
            )
            if not typed.once and not teller.failed:
                _stay(exchange, console)
    return 1 if teller.failed else 0


def _genesis(console: Console) -> Path:
    """Return the folder of a genesis for these very formats and laws; make it if need be."""
    mark = hashlib.sha256()
    for source in _SOURCES:
        place = ROOT / source
        for path in sorted(place.rglob("*") if place.is_dir() else [place]):
            if path.is_file() and "__pycache__" not in path.parts:
                mark.update(path.read_bytes())
    kept = HOME / f"genesis-{mark.hexdigest()[:16]}"
    fresh = kept.exists() and time.time() - kept.stat().st_mtime < _KEPT_DAYS * 86400  # noqa: TID251  # A file's age.
    if not fresh:
        for old in HOME.glob("genesis-*"):
            shutil.rmtree(old)
        console.print(
            "First run: the council, three states and their keys are made (a minute)."
        )
        unfinished = HOME / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        found(unfinished, STATES)
        unfinished.rename(kept)
    return kept


@contextmanager
def _kafka(console: Console) -> Iterator[KafkaSpool]:
    """Run one Kafka server for as long as the context lasts."""
    home = HOME / "kafka"
    shutil.rmtree(home, ignore_errors=True)
    console.print("Apache Kafka starts, with TLS and access rules.")
    words = ("--brokers", "1", "--port", "0", "--seconds", str(_STAYS_SECONDS + 600), "--json")
    facts = json.loads(_script("start", home, *words))
    folder = Path(facts["certificates"])
    try:
        identities = (folder / "b1.pem", folder / "b2.pem")
        yield KafkaSpool(tuple(facts["bootstrap"].split(",")), folder / "ca.pem", identities)
    finally:
        _script("stop", home)


def _script(verb: str, home: Path, *words: str) -> str:
    command = [sys.executable, str(ROOT / "deploy/kafka/kafka.py"), verb, "--home", str(home)]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Kafka: {done.stderr.strip()}")
    return done.stdout


def _stay(exchange: Exchange, console: Console) -> None:
    """Print what to try, and stay up until Ctrl-C or for an hour."""
    home = exchange.home.relative_to(ROOT)
    python = f"PYTHONPATH=. VALIJA_PASSPHRASE_FILE={home}/passphrase .venv/bin/python -m"
    office = f"--config {home}/AR/node.toml --token-file {home}/AR/quispe.token"
    log = exchange.listens("exchange/b1.toml", "publish")
    console.print(
        "\n[bold]It stays up for an hour; Ctrl-C ends it. Try, in another terminal:[/bold]"
    )
    audit = f"--anchor {home}/anchor.json --identity {home}/auditor/auditor.pem --follow"
    for line in (
        f"{python} node drafts {office}",
        f"{python} node preflight DRAFT --to BR/police --language es {office}",
        f"{python} node inbox --config {home}/BR/node.toml --token-file {home}/BR/lima.token",
        f"{python} valija verify-log https://127.0.0.1:{log} {audit}",
        f"{python} policies decide CASES.jsonl",
    ):
        console.print(f"  {line}", soft_wrap=True, markup=False)
    try:
        time.sleep(_STAYS_SECONDS)
    except KeyboardInterrupt:
        console.print("Stopping.")


if __name__ == "__main__":
    sys.exit(main())
