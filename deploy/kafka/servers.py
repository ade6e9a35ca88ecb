"""The servers' processes: formatted, started, watched for a bounded time, stopped cleanly.

It promises that no server outlives its time or its watcher's end, and that whoever asks can
see which run. It starts nothing that listens beyond loopback (`settings`), and it does not
know topics (`access`).

Source: Apache Kafka 4.3, "KRaft": `kafka.tools.StorageTool`, `kafka.Kafka`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from deploy.kafka.settings import Cluster, properties

_SERVER = ["-Xms256m", "-Xmx512m"]
# Tools that run for a second, and three servers on one machine, gain nothing from the second
# compiler: three start for 20 s of CPU instead of 32.
_LIGHT = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
_TOOL = ["-Xmx256m", *_LIGHT]
_LOGGING = Path(__file__).with_name("log4j2.properties")
_STOP_S = 20
_GLANCE_S = 0.2


def write(cluster: Cluster) -> None:
    """Write every node's settings."""
    for node in cluster.nodes:
        cluster.node(node).mkdir(parents=True, exist_ok=True)
        (cluster.node(node) / "server.properties").write_text(properties(cluster, node))


def prepare(cluster: Cluster, jars: Path, identity: str) -> None:
    """Format the nodes' folders, all at once; a formatted one stays as it is.

    Raises:
        CalledProcessError: A folder could not be formatted; the tool's words are in it.
    """
    running = [
        subprocess.Popen(
            [
                *_java(_TOOL, cluster.node(node), jars),
                *("kafka.tools.StorageTool", "format", "--ignore-formatted"),
                *("--cluster-id", identity, "--config", _settings(cluster, node)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for node in cluster.nodes
    ]
    for process in running:
        said = process.communicate()[0]
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "StorageTool", said)


def watch(cluster: Cluster, jars: Path, seconds: int) -> None:
    """Run the servers until the time is over, a signal comes, or all have ended.

    A server that ended, or was killed, stays down until `revive` asks for it.
    """
    _say(_own_pid(cluster.home), os.getpid())
    servers = {node: _start(cluster, node, jars) for node in cluster.nodes}
    end = time.monotonic() + seconds
    try:
        signal.signal(signal.SIGTERM, _leave)
        while time.monotonic() < end and any(s.poll() is None for s in servers.values()):
            time.sleep(_GLANCE_S)
            for node, server in servers.items():
                if server.poll() is not None and _wanted(cluster, node).exists():
                    _wanted(cluster, node).unlink()
                    servers[node] = _start(cluster, node, jars)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _stop(list(servers.values()))
        for node in cluster.nodes:
            _pid(cluster, node).unlink(missing_ok=True)
        _own_pid(cluster.home).unlink(missing_ok=True)


def running(home: Path) -> int | None:
    """Return the watcher's process number, where one is alive."""
    try:
        watcher = int(_own_pid(home).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return watcher if _alive(watcher) else None


def stop(home: Path) -> bool:
    """Ask the watcher of a home to stop its servers, wait, and say whether it has."""
    watcher = running(home)
    if watcher is None:
        return True
    os.kill(watcher, signal.SIGTERM)
    end = time.monotonic() + _STOP_S + 10
    while running(home) and time.monotonic() < end:
        time.sleep(_GLANCE_S)
    return running(home) is None


def revive(cluster: Cluster) -> None:
    """Ask the watcher for every server of a cluster that is down."""
    for node in cluster.nodes:
        if not _alive(int(_pid(cluster, node).read_text())):
            _wanted(cluster, node).touch()


def detach(words: list[str], home: Path) -> None:
    """Start this program again with other words, on its own, its output in `watch.log`."""
    with (home / "watch.log").open("ab") as output:
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("kafka.py")), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _start(cluster: Cluster, node: int, jars: Path) -> subprocess.Popen[bytes]:
    options = [*_SERVER, *(_LIGHT if len(cluster.ports) > 1 else ())]
    java = _java(options, cluster.node(node), jars)
    with (cluster.node(node) / "console.log").open("ab") as output:
        server = subprocess.Popen(
            [*_tied(), *java, "kafka.Kafka", _settings(cluster, node)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    _say(_pid(cluster, node), server.pid)
    return server


def _stop(servers: list[subprocess.Popen[bytes]]) -> None:
    for server in servers:
        server.terminate()
    end = time.monotonic() + _STOP_S
    for server in servers:
        try:
            server.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            # The last of three waits for a majority that has gone before it.
            server.kill()
            server.wait()


def _tied() -> list[str]:
    """Return the words that end a program with its parent, even one that was killed."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def _java(options: list[str], home: Path, jars: Path) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={_LOGGING}"
    return ["java", *options, f"-Dvalija.kafka.home={home}", logging, "-cp", f"{jars}/*"]


def _settings(cluster: Cluster, node: int) -> str:
    return str(cluster.node(node) / "server.properties")


def _pid(cluster: Cluster, node: int) -> Path:
    return cluster.node(node) / "pid"


def _own_pid(home: Path) -> Path:
    return home / "watch.pid"


def _wanted(cluster: Cluster, node: int) -> Path:
    return cluster.node(node) / "wanted"


def _say(path: Path, process: int) -> None:
    """Write a process number whole: somebody may be reading."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(str(process))
    fresh.replace(path)


def _alive(process: int) -> bool:
    """Tell whether a process runs; one that ended and is not yet fetched does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit
