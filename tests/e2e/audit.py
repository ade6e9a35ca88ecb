"""The auditor's command over HTTPS, as the auditor of a small exchange runs it."""

import json
import subprocess
import sys
from typing import Any

from deploy.demo.exchange import Exchange
from deploy.demo.process import ROOT


def verify_log(exchange: Exchange, broker: str = "b1") -> tuple[int, Any]:
    """Return the exit code of `verify-log` against a broker, and what it says."""
    port = exchange.listens(f"exchange/{broker}.toml", "publish")
    words = ["verify-log", f"https://127.0.0.1:{port}", "--json"]
    words += ["--anchor", str(exchange.home / "anchor.json")]
    words += ["--identity", str(exchange.home / "auditor/auditor.pem")]
    done = subprocess.run(
        [sys.executable, "-m", "valija", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout)
