"""Apache Kafka's jars: brought once through Maven, checked every time.

It promises that the folder it returns holds exactly the jars that `jars.sha256` lists, byte
for byte, so a swapped or added jar never runs. Which versions, `pom.xml` says. It knows no
address: Maven uses whatever repository its user has set.
"""

import fcntl
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / ".kafka"
_SUMS = HERE / "jars.sha256"
_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


class MissingPartError(Exception):
    """Something that must be installed is not; the text says what, in one sentence."""


def fetch() -> Path:
    """Return the folder of jars, after bringing them where they are not yet.

    Raises:
        MissingPartError: Java or Maven is not installed, or Maven could not bring the jars.
    """
    require(
        "java", "a Java runtime, 17 or later (Debian: apt-get install default-jre-headless)"
    )
    KEPT.mkdir(exist_ok=True)
    jars = KEPT / "jars"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Two test runs may start at once.
        if not jars.is_dir() or sums_of(jars) != listed_sums():
            shutil.rmtree(jars, ignore_errors=True)
            _bring().rename(jars)
    return jars


def require(program: str, what: str) -> None:
    """Refuse to go on without a program.

    Raises:
        MissingPartError: It is not on the path.
    """
    if shutil.which(program) is None:
        raise MissingPartError(f"Apache Kafka cannot run here: {what} is not installed.")


def sums_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by name."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def listed_sums() -> dict[str, str]:
    """Return what `jars.sha256` asks for: name to SHA-256."""
    lines = _SUMS.read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def _bring() -> Path:
    require("mvn", "Maven, which brings its jars (Debian: apt-get install maven),")
    part, cache = KEPT / "jars.part", KEPT / "maven"
    shutil.rmtree(part, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-C", "-f", str(HERE / "pom.xml"), _GOAL]
    options = [f"-DoutputDirectory={part}", "-DincludeScope=runtime"]
    # Maven's cache stays in our folder too, and goes when the jars are here.
    done = subprocess.run(
        [*command, *options, f"-Dmaven.repo.local={cache}"],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise MissingPartError(
            f"Maven could not bring Apache Kafka's jars: {done.stdout[-500:]}"
        )
    if sums_of(part) != listed_sums():
        raise MissingPartError("Maven brought other jars than deploy/kafka/jars.sha256 lists.")
    shutil.rmtree(cache, ignore_errors=True)
    return part
