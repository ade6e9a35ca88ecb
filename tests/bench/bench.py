"""Measure Valija beside its peers, in one run on one machine: `make bench`.

Run as `python tests/bench/bench.py [--quick] [--entries N]`. It prints each part as it is
done, then the goals of docs/performance.md with what was measured, and writes all figures to
`bench-<day>.json` in the working directory. It asserts nothing, and what is not installed is
said to be not here. A whole run takes some minutes; every server in it is on 127.0.0.1 and
ends with it.
"""

import argparse
import asyncio
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

_ROOT = Path(__file__).parents[2]
sys.path[0] = str(_ROOT)  # Run as a file: our own parts are found from the root.

from broker.logs import configure  # noqa: E402  # The root comes first.
from deploy.kafka import jars  # noqa: E402  # As above.
from tests.bench import (  # noqa: E402  # As above.
    admission,
    comparison,
    delivery,
    journey,
    log,
    page,
    preflight,
    sealing,
)
from tests.bench.exchange import SQLITE, STATES, Continent, Served, on_kafka, served  # noqa: E402  # As above.
from tests.bench.figures import Run  # noqa: E402  # As above.
from tests.services.kafka import Kafka, running  # noqa: E402  # As above.

_ENTRIES = 20_000
_MILLION = 1_000_000
_QUICK = 0.01
_STATES = 6


def main() -> None:
    """Measure, print, and write; who is stopped early keeps what was measured by then."""
    options = _options()
    configure(level="CRITICAL")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # What runs here ends too.
    run, began = Run(_QUICK if options.quick else 1.0), time.perf_counter()
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  # It names the file.
    try:
        with tempfile.TemporaryDirectory(prefix="valija-bench-") as folder:
            measure(run, Path(folder), options.entries)
    finally:
        seconds = time.perf_counter() - began
        file = page.write(run, day, seconds, Path.cwd())
        _say(page.verdicts(run), page.count(run))
        _say(f"took {seconds:.0f} s; all figures: {file.name}")


def measure(run: Run, folder: Path, entries: int) -> None:
    """Measure every part, one after the other."""
    states = STATES[: run.count(len(STATES), _STATES)]
    _say(f"founding an exchange of {len(states)} states ...")
    world = Continent(states)
    steps: dict[str, Callable[[], None]] = {
        "sealing": lambda: asyncio.run(sealing.measure(run, world.others)),
        "gpg": lambda: sealing.measure_gpg(run, folder / "gpg", len(world.others)),
        "pre-flight": lambda: preflight.measure(run, world.states, folder / "preflight"),
        "comparing the law": lambda: comparison.measure(run),
        "admission and delivery": lambda: _measure_brokers(run, folder, world),
        "the journey between two nodes": lambda: journey.measure(run, folder / "journey"),
        "a long log": lambda: log.measure(run, folder, world, run.count(entries, 64)),
        "a million": lambda: log.measure_million(run, run.count(_MILLION, 1000)),
    }
    for name, step in steps.items():
        _say(f"{name} ...")
        known = set(run.figures) | set(run.absent)
        step()
        _say(page.table(run, known))


def _measure_brokers(run: Run, folder: Path, world: Continent) -> None:
    load = admission.load_of(run, world)
    admission.measure_verification(run, load)
    with served(folder / "sqlite", world, SQLITE) as broker:
        asyncio.run(_measure_broker(run, "sqlite", broker, load))
    with _kafka(run, folder / "kafka") as kafka:
        if kafka is None:
            return
        asyncio.run(admission.measure_bare(run, kafka, load))
        spool = on_kafka(kafka, f"valija.{token_hex(4)}")
        with served(folder / "on-kafka", world, spool) as broker:
            asyncio.run(_measure_broker(run, "kafka", broker, load))
    for name in admission.LOADS:
        part = f"admission.kafka.{name}"
        run.note_ratio(f"{part}.of_bare", f"{part}.rate", f"bare.{name}.rate")


async def _measure_broker(run: Run, engine: str, broker: Served, load: admission.Load) -> None:
    await admission.measure(run, engine, broker, load)
    await delivery.measure(run, engine, broker, load)


@contextmanager
def _kafka(run: Run, home: Path) -> Iterator[Kafka | None]:
    """Run a server for as long as the block lasts, where one can be run."""
    try:
        jars.fetch()
    except jars.MissingPartError as error:
        run.miss("kafka", f"Kafka is not here: {error}")
        yield None
        return
    home.mkdir()
    with running(home, 1) as kafka:
        yield kafka


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth, judging no goal")
    parser.add_argument("--entries", type=int, default=_ENTRIES, help="of the long log")
    return parser.parse_args()


def _say(*parts: str) -> None:
    for part in parts:
        print(part, flush=True)


if __name__ == "__main__":
    main()
