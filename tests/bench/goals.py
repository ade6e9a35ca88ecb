"""The goals of docs/performance.md, and whether a run met them.

It promises that a goal is judged by a figure of this run alone, and that one without a figure
is said to be not measured: nothing is extrapolated, and nothing is taken from another day. A
run that does only a part of the work judges no goal.
"""

from dataclasses import dataclass
from enum import Enum

from tests.bench.figures import Run

_MILLION = 1_000_000


class Verdict(Enum):
    """What a run says of a goal."""

    MET = "met"
    NOT_YET = "not yet met"
    UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table of goals.

    Attributes:
        what: As docs/performance.md says it.
        figure: Name of the figure that decides; empty: no benchmark measures it here.
        limit: In the figure's unit.
        at_least: Larger is better; otherwise smaller is.
        over: Judged only when the log has this many entries; 0: always.
        why: Why nothing measures it.
    """

    what: str
    figure: str = ""
    limit: float = 0
    at_least: bool = False
    over: int = 0
    why: str = ""

    def judge(self, run: Run) -> Verdict:
        """Return the verdict of a run."""
        found = run.figures.get(self.figure)
        if found is None or run.share < 1 or not self._is_large_enough(run):
            return Verdict.UNMEASURED
        holds = found.value >= self.limit if self.at_least else found.value <= self.limit
        return Verdict.MET if holds else Verdict.NOT_YET

    def _is_large_enough(self, run: Run) -> bool:
        if not self.over:
            return True
        log = run.figures.get("log.entries")
        return log is not None and log.value >= self.over


def _at_most(what: str, figure: str, limit: float, over: int = 0) -> Goal:
    return Goal(what, figure, limit, over=over)


def _at_least(what: str, figure: str, limit: float) -> Goal:
    return Goal(what, figure, limit, at_least=True)


def _admission() -> list[Goal]:
    found = []
    names = {"single": "a signature a notice", "batched": "64 notices a signature"}
    for engine in ("sqlite", "kafka"):
        for load, words in names.items():
            what = f"broker CPU a notice / signatures it must verify, {engine}, {words}"
            found.append(_at_most(what, f"admission.{engine}.{load}.cpu_of_verifying", 2.0))
        crypto, python = "libsodium and OpenSSL", "CPython"
        share = f"shares.{engine}"
        found.append(_at_least(f"% of broker CPU in {crypto}, {engine}", f"{share}.crypto", 45))
        found.append(_at_most(f"% of broker CPU in {python}, {engine}", f"{share}.cpython", 12))
    for load, words in names.items():
        what = f"admission / bare Kafka producer, same bytes, {words}"
        found.append(_at_least(what, f"admission.kafka.{load}.of_bare", 0.4))
    return found


def _times() -> list[Goal]:
    return [
        _at_most("one durable notice, idle, embedded spool, p50 ms", "alone.sqlite.p50", 5),
        _at_most("one durable notice, idle, embedded spool, p99 ms", "alone.sqlite.p99", 25),
        _at_most("one durable notice, idle, Kafka, p50 ms", "alone.kafka.p50", 10),
        _at_most("one durable notice, idle, Kafka, p99 ms", "alone.kafka.p99", 50),
        _at_most("outbox to stored and verified, 50/s, p50 ms", "journey.stored.p50", 30),
        _at_most("outbox to stored and verified, 50/s, p99 ms", "journey.stored.p99", 150),
        _at_least(
            "deliveries to 34 streams a second, embedded spool", "delivery.sqlite.rate", 50_000
        ),
        _at_least("deliveries to 34 streams a second, Kafka", "delivery.kafka.rate", 50_000),
        _at_least("seal for 34, each alone / gpg to 34", "seal.alone.of_gpg", 20),
        _at_least("seal for 34 with batch signature / gpg to 34", "seal.batched.of_gpg", 3),
        _at_most("pre-flight matrix 30 x 34, new profile, p95 ms", "preflight.new.p95", 150),
        _at_most("pre-flight matrix 30 x 34, seen profile, p95 ms", "preflight.seen.p95", 5),
    ]


def _logs() -> list[Goal]:
    check, rebuild = "verify 1,000,000 entries off line", "rebuild an index of 1,000,000"
    return [
        _at_most(f"{check}, the tree: s CPU", "million.tree", 60),
        _at_most(
            f"{check}, signatures and judgement too: s CPU", "log.check.cpu", 60, _MILLION
        ),
        _at_most("memory of state and tree of 1,000,000 entries: MB", "million.peak", 200),
        _at_most(f"{rebuild} entries: s", "log.rebuild.wall", 120, _MILLION),
        _at_most("what would newly be shared, whole label space: s", "comparison.wall", 2),
    ]


def _unmeasured() -> list[Goal]:
    parts = {
        "node start with 100,000 notices; search page": "no benchmark yet",
        "35 nodes, one broker, real Kafka, 30 minutes": "a soak, not a bench",
        "cost a notice from 1,000 to 1,000,000 notices": "a soak, not a bench",
    }
    return [Goal(what, why=why) for what, why in parts.items()]


GOALS = (*_admission(), *_times(), *_logs(), *_unmeasured())
