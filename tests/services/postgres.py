"""A real PostgreSQL for tests: a fresh cluster in a temporary folder, on loopback.

It promises that nothing of an installed server is touched: own folder, own port, own user
names. PostgreSQL refuses to run as root, so root hands the folder to another user.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from psycopg import sql

from deploy.kafka.ports import free_ports
from tests.services.absent import absent

_HOST = "127.0.0.1"
_USER = "valija"
_WAIT_S = "60"


@dataclass(frozen=True)
class Postgres:
    """A running server; whoever asks gets a database of his own."""

    port: int
    password: str

    def database(self) -> str:
        """Make an empty database, and return its SQLAlchemy URL (psycopg)."""
        name = f"valija_{token_hex(6)}"
        with psycopg.connect(self._words("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{_USER}:{self.password}@{_HOST}:{self.port}/{name}"

    def _words(self, database: str) -> str:
        return (
            f"host={_HOST} port={self.port} user={_USER} password={self.password} "
            f"dbname={database}"
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of this process."""
    programs = _programs()
    if programs is None:
        absent("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    with _running(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """Return the SQLAlchemy URL of an empty database for one test."""
    return postgres.database()


def _programs() -> Path | None:
    """Return the folder of the newest PostgreSQL here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _version(path: Path) -> float:
    name = path.parents[1].name
    return float(name) if name.replace(".", "").isdigit() else 0.0


@contextmanager
def _running(programs: Path) -> Iterator[Postgres]:
    # Not under pytest's folder: root keeps that from the user who runs the server.
    home = Path(tempfile.mkdtemp(prefix="valija-postgres-"))
    server = Postgres(free_ports(1)[0], token_hex(16))
    (home / "password").write_text(server.password)
    _hand_over(home)
    data, log = str(home / "data"), str(home / "log")
    access = ["--auth=scram-sha-256", f"--username={_USER}", f"--pwfile={home / 'password'}"]
    # No flush of the disk: the machine's end is not what these tests are about.
    settings = f"-c listen_addresses={_HOST} -p {server.port} -k {home} -c fsync=off"
    try:
        _run([str(programs / "initdb"), *access, "--encoding=UTF8", "-D", data], home)
        control = [str(programs / "pg_ctl"), "-D", data, "-w", "-t", _WAIT_S]
        _run([*control, "-l", log, "-o", settings, "start"], home)
        try:
            yield server
        finally:
            _run([*control, "-m", "immediate", "stop"], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(words: list[str], home: Path) -> None:
    if os.geteuid() == 0:
        user = _user()
        words = [
            "setpriv",
            f"--reuid={user.pw_uid}",
            f"--regid={user.pw_gid}",
            "--clear-groups",
            *words,
        ]
    with (home / "commands").open("ab") as output:
        subprocess.run(words, check=True, cwd=home, stdout=output, stderr=output)


def _hand_over(home: Path) -> None:
    if os.geteuid() == 0:
        user = _user()
        for path in (home, home / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)


def _user() -> pwd.struct_passwd:
    """Return the user who runs the server instead of root."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
