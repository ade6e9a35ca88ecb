"""All of CTDC's dev slice through the line on a real Kafka: rows, notices, bytes, nothing lost.

    python tests/bench/register.py [--rows N] [--second-person] [--json FILE]

Prints figures, and writes them as JSON. It measures and checks; it needs the records beside
the repository (`../shared/data/ctdc`) and what `make kafka` needs.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

# Run as a file, Python puts this folder on the path; the modules stand at the root.
sys.path[0] = str(Path(__file__).parents[2])

from deploy.demo.exchange import Exchange  # noqa: E402  # The path comes first.
from node.notice import minority  # noqa: E402  # As above.
from node.store import received  # noqa: E402  # As above.
from tests.e2e import register, stored  # noqa: E402  # As above.
from tests.e2e.plain_reader import read_topic  # noqa: E402  # As above.
from tests.e2e.states import STATES  # noqa: E402  # As above.
from tests.e2e.topics import make_exchange  # noqa: E402  # As above.
from tests.services.kafka import Kafka, running  # noqa: E402  # As above.

Told = dict[str, object]


def main() -> int:
    """Measure, and return 0 only if nothing was lost or out of order."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="at most so many")
    parser.add_argument("--second-person", action="store_true", help="all waits for her word")
    parser.add_argument("--json", type=Path, help="where the figures go as well")
    options = parser.parse_args()
    if not register.FILE.exists():
        print("CTDC's records are not here: ../shared/data/ctdc")  # A program.
        return 2
    with tempfile.TemporaryDirectory(prefix="valija-register-") as folder:
        told = measure(Path(folder), options)
    print(json.dumps(told, indent=2))  # As above.
    if options.json:
        options.json.write_text(json.dumps(told))
    return 0 if told["lost"] == told["out of order"] == told["not verified"] == 0 else 1


def measure(home: Path, options: argparse.Namespace) -> Told:
    """Run it once in a folder."""
    data = register.some_rows(register.FILE.read_bytes(), options.rows)
    file = home / "rows.csv"
    file.write_bytes(data)
    words = [sys.executable, "-m", "tests.e2e.cheap_founding", str(home / "first-day")]
    subprocess.run(words, cwd=sys.path[0], check=True)
    with running(home / "kafka", 1) as kafka:
        spool = make_exchange(kafka)
        with Exchange.make(
            home / "run", STATES, kept=home / "first-day", brokers=2, kafka=spool
        ) as exchange:
            exchange.append_genesis()
            exchange.start_broker()
            exchange.start_nodes()
            figures = register.publish(exchange, file, second_person=options.second_person)
            exchange.stop()
            return _told(exchange, figures, kafka, spool.exchange) | {
                "majority": dict(register.majorities(register.rows_of(data))),
                "second person": options.second_person,
            }


def _told(exchange: Exchange, figures: register.Figures, kafka: Kafka, name: str) -> Told:
    arrived = {desk: stored.arrivals(exchange, desk) for desk in register.RECIPIENTS}
    drafts = stored.notices(exchange, register.SENDER)
    content = read_topic(kafka, f"{name}.content")
    log = read_topic(kafka, f"{name}.log")
    seconds = figures.seconds
    work = seconds["law, seal, sign"] + seconds["until all arrived"]
    return asdict(figures) | {
        "majority in the drafts": dict(
            Counter(minority.minor(notice, notice.victims[0]) for notice in drafts)
        ),
        "rows a second, import": figures.rows / seconds["import"],
        "notices a second to three states, law to inbox": figures.notices / work,
        "lost": sum(figures.drafts - len(one) for one in arrived.values()),
        "out of order": sum(map(_out_of_order, arrived.values())),
        "not verified": sum(stored.aside(exchange, desk) for desk in register.RECIPIENTS),
        "states at recipients": {
            desk: dict(Counter(one.state for one in found)) for desk, found in arrived.items()
        },
        "bytes of sealed content in Kafka": sum(len(one.value) for one in content),
        "bytes of the log in Kafka": sum(len(one.value) for one in log),
        "log entries": len(log),
        "offsets equal leaf indexes": [one.offset for one in log] == [*range(len(log))],
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
    }


def _out_of_order(arrived: tuple[received.Arrival, ...]) -> int:
    """Return how many arrivals do not bear the number that comes next."""
    return sum(one.pair_sequence != place for place, one in enumerate(arrived, 1))


if __name__ == "__main__":
    sys.exit(main())
