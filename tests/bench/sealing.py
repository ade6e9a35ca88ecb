"""Sealing a notice for 34 states, beside GnuPG doing the same to 34 in the same run.

A notice is 30 facts, about 4 KiB together. *Alone* is everything that the node does for one:
commitment, view, padding, encryption, 34 wrapped keys, and a signature of its own. *Batched*
is the same through the node's own workshop of processes, 64 notices under one signature.
"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from node.sealing import Recipient
from node.workshop import Job, Workshop, seal_all
from tests.bench.figures import Run, spent
from tests.broker.support import police, realm
from valija.commitment import Fact, Form, commit, make_fact
from valija.head import HEAD_BYTES
from valija.ids import Desk
from valija.signature import BATCH_CONTEXT
from valija.view import make_view
from valija.wire.content import content_bytes

_FACTS, _FACT_BYTES, _LEAVES = 30, 100, 256
_TOGETHER = 64
_TERMS = bytes(600)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_TEXT_BYTES = 4096


def facts() -> tuple[Fact, ...]:
    """Return 30 facts of an invented notice."""
    slots = (f"slotaaa{_ALPHABET[number]}" for number in range(_FACTS))
    text = "route seen again " * 6
    return tuple(
        make_fact(f"networka/name/{slot}", Form.EXACT, text[:_FACT_BYTES]) for slot in slots
    )


def job(sender: Desk, recipients: Sequence[Desk]) -> Job:
    """Commit to a notice and return what is to be sealed of it."""
    known = facts()
    content = content_bytes(make_view(commit(known, _LEAVES), known))
    keys = tuple(Recipient(desk, realm.sealing_key(str(desk))) for desk in recipients)
    return Job(sender, _TERMS, content, keys)


async def measure(run: Run, recipients: Sequence[Desk]) -> None:
    """Measure notices alone and in batches."""
    sender = police("AR")
    secret = realm.composite(str(sender))
    run.note("seal.recipients", len(recipients), "states")
    run.note("seal.content", len(job(sender, recipients).content), "bytes")
    count = run.count(200, 5)

    def alone() -> None:
        for _ in range(count):
            seal_all([job(sender, recipients)])
            secret.sign(bytes(HEAD_BYTES), BATCH_CONTEXT)

    took = spent(alone)
    run.note("seal.alone.rate", count / took.wall, "notices/s")
    run.note("seal.alone.cpu", took.cpu / count * 1e6, "us CPU/notice")
    await _measure_batched(run, sender, recipients)


async def _measure_batched(run: Run, sender: Desk, recipients: Sequence[Desk]) -> None:
    secret, workshop = realm.composite(str(sender)), Workshop()
    batches = run.count(8, 2)
    many = [job(sender, recipients) for _ in range(_TOGETHER)]
    try:
        await workshop.seal(many)  # Starts the processes, and is not counted.
        began = time.perf_counter()
        for _ in range(batches):
            jobs = await asyncio.to_thread(
                lambda: [job(sender, recipients) for _ in range(_TOGETHER)]
            )
            await workshop.seal(jobs)
            secret.sign(bytes(HEAD_BYTES), BATCH_CONTEXT)
        took = time.perf_counter() - began
    finally:
        workshop.close()
    run.note("seal.batched.rate", batches * _TOGETHER / took, "notices/s")


@dataclass(frozen=True)
class Gpg:
    """GnuPG with throw-away keys in a home of its own."""

    home: Path

    def __call__(self, *words: str, told: bytes = b"") -> bytes:
        """Run it, and return what it writes."""
        options = ["--homedir", str(self.home), "--batch", "--quiet", "--no-tty"]
        options += ["--pinentry-mode", "loopback", "--passphrase", ""]
        options += ["--trust-model", "always"]
        done = subprocess.run(
            ["gpg", *options, *words], input=told, check=True, capture_output=True, timeout=120
        )
        return done.stdout

    def make_key(self, name: str) -> None:
        """Make a signing key, Ed25519, with an encryption key, Curve25519."""
        self("--quick-generate-key", name, "ed25519", "sign", "never")
        listed = self("--with-colons", "--list-keys", name).decode()
        print_ = next(one for one in listed.splitlines() if one.startswith("fpr")).split(":")[9]
        self("--quick-add-key", print_, "cv25519", "encr", "never")

    def stop(self) -> None:
        """Let its agent go."""
        words = ["gpgconf", "--homedir", str(self.home), "--kill", "all"]
        subprocess.run(words, check=False, capture_output=True, timeout=30)


def measure_gpg(run: Run, home: Path, recipients: int) -> None:
    """Measure sign-and-encrypt of 4 KiB to as many recipients, one process after the other."""
    if shutil.which("gpg") is None:
        run.miss("gpg", "gpg is not here (Debian: apt-get install gnupg)")
        return
    home.mkdir(mode=0o700)
    gpg, names = Gpg(home), [f"state{number}@valija.example" for number in range(recipients)]
    text, count = b"\x5a" * _TEXT_BYTES, run.count(40, 3)
    try:
        for name in ("sender@valija.example", *names):
            gpg.make_key(name)
        words = [word for name in names for word in ("-r", name)]
        order = ["--local-user", "sender@valija.example", "--sign", "--encrypt", *words]
        gpg(*order, told=text)
        took = spent(lambda: [gpg(*order, told=text) for _ in range(count)])
    finally:
        gpg.stop()
    run.note("gpg.rate", count / took.wall, "notices/s")
    for name in ("alone", "batched"):
        run.note_ratio(f"seal.{name}.of_gpg", f"seal.{name}.rate", "gpg.rate")
