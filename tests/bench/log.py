"""A long log: the auditor's check of it off line, and a broker's index made again from it.

The log is real: every entry is one desk's batch with its own composite signature, chained to
the one before. It is written straight into a spool, which is not what is measured.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from tests.bench.exchange import Continent
from tests.bench.figures import Run, peak_mb
from tests.broker.support import exchange_of, real_clock, realm, setting
from valija.batch import Batch, sign_batch
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.ids import LabelId
from valija.merkle import Tree, leaf_hash
from valija.publication import ANCHOR, publish
from valija.record import LogRecord, record_of
from valija.signature import BATCH_CONTEXT, CompositeSecret
from valija.wire.log import log_record_bytes

_RUN = 256
_AT_ONCE = 512
_LOOK = os.WEXITED | os.WNOHANG | os.WNOWAIT
_EVERY_S = 0.05  # Between two looks at how much memory the auditor holds.
_ROOT = Path(__file__).parents[2]


class FailedError(Exception):
    """The log did not hold, so there is no figure."""


def values(seed: bytes, heads: Sequence[bytes]) -> list[bytes]:
    """Return the signature of each head; runs in a process of its own."""
    secret = CompositeSecret(seed)
    return [secret.sign(head, BATCH_CONTEXT) for head in heads]


def records_of(world: Continent, count: int) -> list[LogRecord]:
    """Return a log that goes on for `count` entries after its founding."""
    sender, to = world.states[0], world.others[0]
    actor, envelope = world.actor(sender), world.envelope(sender, to)
    drafts, point = [], actor.point
    for number in range(count):
        item = realm.relabelled(envelope, id=LabelId(number.to_bytes(16)))
        drafts.append(sign_batch(actor.signer, point, [item], lambda _: b""))
        point = drafts[-1].head.next_point()
    signed = _signed(actor.secret.seed, drafts)
    more = (record_of(one, world.minute, (place,)) for place, one in enumerate(signed))
    return [*world.records, *more]


def _signed(seed: bytes, drafts: Sequence[Batch]) -> list[Batch]:
    """Sign on every core: a head does not hold the signature of the one before it."""
    runs = [drafts[at : at + _RUN] for at in range(0, len(drafts), _RUN)]
    heads = [[batch.head_bytes for batch in run] for run in runs]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = [value for run in pool.map(values, [seed] * len(runs), heads) for value in run]
    return [replace(one, value=value) for one, value in zip(drafts, found, strict=True)]


def measure(run: Run, folder: Path, world: Continent, entries: int) -> None:
    """Measure the check and the rebuilding over one log of `entries` more entries."""
    records = records_of(world, entries)
    served = folder / "served"
    _serve(served, world, records)
    run.note("log.entries", len(records), "entries")
    _measure_check(run, served, len(records))
    home = folder / "broker"
    home.mkdir()
    asyncio.run(_measure_rebuilding(run, home, [log_record_bytes(one) for one in records]))


def measure_million(run: Run, entries: int) -> None:
    """Measure the state and the tree of 1,000,000 entries, in a process of their own."""
    words = [sys.executable, "-m", "tests.bench.million", str(entries)]
    done = subprocess.run(words, cwd=_ROOT, check=True, capture_output=True, timeout=300)
    found = json.loads(done.stdout)
    run.note("million.entries", found["entries"], "entries")
    run.note("million.tree", found["tree"], "s CPU")
    run.note("million.state", found["fold"], "s CPU")
    run.note("million.peak", found["peak"], "MB")


def _serve(folder: Path, world: Continent, records: Sequence[LogRecord]) -> None:
    """Write the log as a broker serves it."""
    tree = Tree()
    for record in records:
        tree.append(leaf_hash(record.entry))
    held = Checkpoint(realm.ORIGIN, tree.size, tree.root())
    note = sign_checkpoint(held, realm.log_secret(), real_clock())
    for path, data in publish(tree, [log_record_bytes(one) for one in records], note):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / ANCHOR).write_bytes(world.anchor.to_bytes())


def _measure_check(run: Run, folder: Path, size: int) -> None:
    """Run the auditor's command, and measure its process."""
    words = [sys.executable, "-m", "valija", "verify-log", "--json", str(folder)]
    began, peak = time.perf_counter(), 0.0
    with subprocess.Popen(words, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        while os.waitid(os.P_PID, process.pid, _LOOK) is None:
            peak = max(peak, peak_mb(process.pid))
            time.sleep(_EVERY_S)
        took = time.perf_counter() - began
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found = json.loads(said)
    if process.returncode or not found["holds"] or found["size"] != size or found["void"]:
        raise FailedError("the log does not hold")
    run.note("log.check.wall", took, "s")
    cpu = run.note("log.check.cpu", used.ru_utime + used.ru_stime, "s CPU")
    run.note("log.check.entry", cpu / size * 1e6, "us CPU/entry")
    run.note_ratio("log.check.of_verifying", "log.check.entry", "verify.signature")
    run.note("log.check.peak", peak, "MB")


async def _measure_rebuilding(run: Run, folder: Path, records: Sequence[bytes]) -> None:
    """Start a broker over a full spool and no index, until it has caught up."""
    base = setting(folder)
    async with base.spool as spool:
        for at in range(0, len(records), _AT_ONCE):
            await asyncio.gather(*map(spool.append_record, records[at : at + _AT_ONCE]))
    again = setting(folder)
    used, began = time.process_time(), time.perf_counter()
    async with exchange_of(again) as exchange:
        took, used = time.perf_counter() - began, time.process_time() - used
        if exchange.follower.indexed != len(records):
            raise FailedError("the index lacks leaves")
    run.note("log.rebuild.wall", took, "s")
    run.note("log.rebuild.cpu", used, "s CPU")
