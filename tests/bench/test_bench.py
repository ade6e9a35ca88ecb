"""The harness of the benchmarks: its arithmetic, its honesty, and that its parts run.

No test here asserts a speed.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from node.notice import native
from node.preflight.draft import Consented, Draft
from tests.bench import (
    admission,
    caseload,
    comparison,
    delivery,
    journey,
    log,
    page,
    preflight,
    sealing,
    shares,
)
from tests.bench.exchange import STATES, Continent, served
from tests.bench.figures import Run, UnknownFigureError, peak_mb, percentile
from tests.bench.goals import GOALS, Goal, Verdict
from tests.broker.support import police

RATIO = Goal("a ratio", "part.ratio", 2.0)


@pytest.fixture(scope="module", name="world")
def _world() -> Continent:
    return Continent(STATES[:4])


def test_a_percentile_is_a_value_that_was_seen() -> None:
    assert [50, 95, 99, 100] == [percentile(range(1, 101), n) for n in (50, 95, 99, 100)]
    assert [2, 3] == [percentile([3, 1, 2], n) for n in (50, 99)]
    assert 7 == percentile([7], 1)


def test_a_ratio_is_of_two_figures_of_one_run() -> None:
    run = Run()
    run.note("a.rate", 30, "x/s")
    run.note("b.rate", 12, "x/s")
    run.note_ratio("a.of_b", "a.rate", "b.rate")
    assert 2.5 == run.value("a.of_b")


def test_a_ratio_to_what_was_not_measured_is_no_figure() -> None:
    run = Run()
    run.note("a.rate", 30, "x/s")
    run.note_ratio("a.of_b", "a.rate", "b.rate")
    with pytest.raises(UnknownFigureError):
        run.value("a.of_b")


def test_a_process_that_has_ended_holds_no_memory_and_is_still_a_figure() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert 0 < peak_mb(process.pid)
        process.communicate(b"\n")
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert 0 == peak_mb(ended.pid)


def test_times_are_kept_in_milliseconds() -> None:
    run = Run()
    run.note_times("part", [0.001, 0.002, 0.003], 95)
    assert {"part.p50": 2.0, "part.p95": 3.0} == {f.name: f.value for f in run.figures.values()}


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (RATIO, 2.0, Verdict.MET),
        (RATIO, 2.1, Verdict.NOT_YET),
        (Goal("a rate", "part.ratio", 2.0, at_least=True), 2.0, Verdict.MET),
        (Goal("a rate", "part.ratio", 2.0, at_least=True), 1.9, Verdict.NOT_YET),
        (Goal("another", "part.other", 2.0), 1.0, Verdict.UNMEASURED),
        (Goal("nobody measures it", why="no tool"), 1.0, Verdict.UNMEASURED),
    ],
)
def test_a_goal_is_judged_by_its_own_figure(goal: Goal, value: float, verdict: Verdict) -> None:
    run = Run()
    run.note("part.ratio", value, "x")
    assert verdict is goal.judge(run)


def test_a_goal_of_a_size_is_judged_at_that_size_only() -> None:
    goal = Goal("a long log", "log.check.cpu", 60, over=1000)
    verdicts = []
    for entries in (999, 1000):
        run = Run()
        run.note("log.entries", entries, "entries")
        run.note("log.check.cpu", 10, "s CPU")
        verdicts.append(goal.judge(run))
    assert [Verdict.UNMEASURED, Verdict.MET] == verdicts


def test_a_run_of_a_part_of_the_work_judges_nothing() -> None:
    run = Run(share=0.5)
    run.note("part.ratio", 1, "x")
    assert Verdict.UNMEASURED is RATIO.judge(run)


def test_a_page_prints_no_figure_that_was_not_measured() -> None:
    run = Run()
    run.miss("gpg", "gpg is not here")
    assert "\ngpg\n  gpg is not here" == page.table(run)
    rows = page.verdicts(run).splitlines()[3:]
    assert len(GOALS) == len(rows)
    assert all("not measured" in row for row in rows)


def test_the_file_of_a_run_holds_machine_versions_and_every_figure(tmp_path: Path) -> None:
    run = Run()
    run.note("part.ratio", 2.5, "x")
    written = json.loads(page.write(run, "2031-05-04", 1.0, tmp_path).read_text())
    assert [{"name": "part.ratio", "value": 2.5, "unit": "x"}] == written["figures"]
    assert {"cores", "python", "cryptography"} <= written["machine"].keys()
    assert [goal.what for goal in GOALS] == list(written["goals"])


async def test_a_broker_of_its_own_process_admits_and_delivers(
    tmp_path: Path, world: Continent
) -> None:
    run = Run(share=0.001)
    load = admission.load_of(run, world)
    admission.measure_verification(run, load)
    with served(tmp_path, world) as broker:
        await admission.measure(run, "sqlite", broker, load)
        await delivery.measure(run, "sqlite", broker, load)
    cost = run.value("admission.sqlite.batched.broker_cpu")
    expected = cost / (run.value("verify.signature") / 64)
    assert expected == run.value("admission.sqlite.batched.cpu_of_verifying")
    assert 0 < run.value("delivery.sqlite.rate")
    assert ("shares.sqlite" in run.absent) is ("shares.sqlite.crypto" not in run.figures)


def test_the_bytes_of_a_notice_are_its_content_and_its_share_of_the_record(
    world: Continent,
) -> None:
    load = admission.load_of(Run(share=0.001), world)
    (single, *_), (batched, *_) = (load.streams[name]["AR"] for name in ("single", "batched"))
    assert 4096 < admission.durable_bytes(batched) / 64 < admission.durable_bytes(single)


def test_shares_are_summed_by_what_an_object_is() -> None:
    report = "# comment\n#\n  60.50%  _rust.abi3.so\n 9.5%  libcrypto.so.3\n  30.00%  odd.so\n"
    found = {part: share for part, share in shares.shares(report).items() if share}
    assert {"crypto": 70.0, "other": 30.0} == found


async def test_notices_are_sealed_and_their_rate_is_kept() -> None:
    run = Run(share=0.001)
    await sealing.measure(run, [police("BR"), police("MX")])
    assert {"seal.alone.rate", "seal.batched.rate"} <= run.figures.keys()


def test_gpg_signs_and_encrypts_or_is_said_to_be_absent(tmp_path: Path) -> None:
    run = Run(share=0.001)
    sealing.measure_gpg(run, tmp_path / "gpg", 2)
    here = shutil.which("gpg") is not None
    assert here is ("gpg.rate" in run.figures)
    assert here is ("gpg" not in run.absent)


def test_matrices_of_all_profiles_are_drawn_by_a_real_node(tmp_path: Path) -> None:
    run = Run(share=0.001)
    preflight.measure(run, STATES[:4], tmp_path / "preflight")
    assert (30, 3) == (run.value("preflight.fields"), run.value("preflight.recipients"))
    assert {f"preflight.{one}.p95" for one in ("new", "seen", "again", "store")} <= set(
        run.figures
    )


def test_drafts_of_one_profile_tell_the_law_the_same_under_other_names() -> None:
    profile, other, *_ = caseload.profiles()
    one, two, apart = (
        Draft.of(native.parse(caseload.draft(said, name)))
        for said, name in ((profile, "Uno"), (profile, "Dos"), (other, "Tres"))
    )
    assert caseload.FIELDS == len(one.fields) == len(two.fields)
    assert one.rows == two.rows
    named, others, told = (
        {person.id for person in each.persons[Consented.STATED]} for each in (one, two, apart)
    )
    assert (3, 3, 3) == (len(named), len(others), len(told))
    assert not named & others
    bare = [
        [replace(person, id="") for person in each.persons[Consented.STATED]]
        for each in (one, two, apart)
    ]
    assert bare[0] == bare[1] != bare[2]


def test_a_log_is_checked_and_its_index_made_again(tmp_path: Path, world: Continent) -> None:
    run = Run()
    log.measure(run, tmp_path, world, 40)
    assert len(world.founded) + 40 == run.value("log.entries")
    assert {"log.check.cpu", "log.check.peak", "log.rebuild.wall"} <= run.figures.keys()


def test_state_and_tree_are_measured_in_a_process_of_their_own() -> None:
    run = Run()
    log.measure_million(run, 1000)
    assert 1000 == run.value("million.entries")
    assert 0 < run.value("million.peak")


def test_a_change_in_every_file_of_law_is_compared() -> None:
    run = Run()
    comparison.measure(run)
    assert 20 < run.value("comparison.files")
    assert 0 < run.value("comparison.widenings")


def test_notices_travel_between_processes_of_their_own(tmp_path: Path) -> None:
    run = Run(share=0.001)
    journey.measure(run, tmp_path / "journey")
    assert 0 < run.value("journey.stored.p50") <= run.value("journey.stored.p99")
    assert {f"journey.{who}_cpu" for who in ("sender", "broker", "recipient")} <= set(
        run.figures
    )


def test_the_page_counts_what_was_met_and_what_was_not() -> None:
    run = Run()
    run.note("million.tree", 1, "s CPU")
    run.note("million.peak", 1_000, "MB")
    assert f"1 met, 1 not yet met, {len(GOALS) - 2} not measured" == page.count(run)
