"""docs/guides/join.md, run as it stands: two states, a broker, an auditor, one notice."""

from pathlib import Path

from tests.e2e.guide import ROOT, on_free_ports, run, script_of

_GUIDE = ROOT / "docs" / "guides" / "join.md"
_PORTS = ((7443, 7444, 7445), (7450,), (7460,))
# It takes 40 s where nothing else runs; the rest is for machines that do.
_PATIENCE_S = 600


def test_the_guide_takes_two_states_to_a_verified_notice(tmp_path: Path) -> None:
    script = on_free_ports(script_of(_GUIDE.read_text(encoding="utf-8")), _PORTS)
    code, said = run(script, tmp_path, _PATIENCE_S)
    assert 0 == code, _why(tmp_path, said)
    for sentence in (
        "batch 12",  # Thirteen batches founded the exchange …
        "held",  # … the law held the notice for a second person …
        "Los Glicineros",  # … the other state read it …
        "A named role opened it.",  # … its receipt came back …
        "ok   fold       16 batches count, 0 are void",  # … and the auditor found all of it …
    ):
        assert sentence in said, f"{sentence!r} is not in:\n{said}"
    assert 2 == said.count("All 16 records")  # … on line, and in the copy that he kept.
    assert "FAIL" not in said


def _why(home: Path, said: str) -> str:
    """Return what the guide said, and the last words of each service."""
    logs = (home / "valija-rehearsal").glob("*/serve.log")
    tails = [f"--- {log.parent.name}\n{log.read_text()[-2000:]}" for log in sorted(logs)]
    return "\n".join([said, *tails])
