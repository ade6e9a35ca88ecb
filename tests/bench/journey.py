"""The journey of a notice between two nodes: from the sender's outbox to the recipient's store.

Founded as a new exchange is. Two states' nodes and the broker each run in a process of their
own (`tests.bench.station`, `python -m broker serve`), as they do in life, with their own
databases and an interpreter's lock each, and meet over mutual TLS. The broker stands on the
embedded spool.

It begins when `publish` has made a notice durable in the sender's outbox, sealed and not yet
signed, and ends when the recipient has verified it and the commit that stores it is done. Both
processes read the machine's one monotonic clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from broker.keys import store_keys
from tests.bench.exchange import GENESIS, LIMITS, SQLITE, serving
from tests.bench.figures import Run
from tests.bench.station import Errand, receive, send
from tests.node.exchange import CHEAP, PASSPHRASE, Exchange
from valija.address import Address
from valija.wire.submit import batch_file_bytes

RATE = 50
_PATIENCE_S = 180


def measure(run: Run, folder: Path) -> None:
    """Measure a steady rate of 50 notices a second between two nodes."""
    folder.mkdir()
    exchange = Exchange(folder)
    errand = Errand(
        sender=exchange.state("AR").desk,
        recipient=exchange.state("BR").desk,
        agreement=exchange.agreement,
        founding=sum(len(batch.items) for batch in exchange.genesis),
        count=run.count(500, 20),
        rate=RATE,
    )
    config = install(exchange)
    with serving(config, len(exchange.genesis)) as broker:
        exchange.reach(Address(broker.address.host, broker.address.port))
        used = broker.cpu()
        left, stored = _travelled(exchange, errand)
        _note(run, errand, broker.cpu() - used, (left, stored))


def _note(
    run: Run, errand: Errand, broker: float, ends: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    left, stored = ends
    begun, count = left["at"], errand.count
    took = [stored["at"][name] - at for name, at in begun.items()]
    rate = count / (max(begun.values()) - min(begun.values()))
    run.note("journey.rate", rate, "notices/s")
    run.note_times("journey.stored", took[count // 10 :])
    cpu = {"sender": left["cpu"], "broker": broker, "recipient": stored["cpu"]}
    for who, seconds in cpu.items():
        run.note(f"journey.{who}_cpu", seconds / count * 1e6, "us CPU/notice")


def _travelled(exchange: Exchange, errand: Errand) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run both nodes; return what the sender and the recipient noted."""
    configs = [exchange.state(member).config for member in ("AR", "BR")]
    with _child(send, configs[0], errand) as sender, _child(receive, configs[1], errand) as far:
        for each in (sender, far):
            assert _told(each) == "ready"
        far.send("go")
        sender.send("go")
        left, stored = _told(sender), _told(far)
        for each in (sender, far):
            each.send("end")
    return left, stored


def _told(pipe: Connection) -> Any:  # noqa: ANN401  # Whatever a child says.
    assert pipe.poll(_PATIENCE_S), "a node said nothing"
    return pipe.recv()


@contextmanager
def _child(work: Any, *arguments: Any) -> Iterator[Connection]:  # noqa: ANN401  # As it takes.
    """Run a function in a process of its own, and talk with it over a pipe."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *arguments), daemon=True)
    process.start()
    try:
        yield ours
        process.join(20)
    finally:
        if process.is_alive():
            process.kill()
            process.join()


def install(exchange: Exchange) -> Path:
    """Write what the exchange's broker reads at start; return its settings file."""
    home = exchange.folder / "b1"
    keys, tls = home / "keys", exchange.tls["@b1"]
    store_keys(keys / "log.keys", {"log": exchange._log.seed}, PASSPHRASE, CHEAP)
    signing = exchange._signing["@b1"].seed
    own = {"signing": signing, "tls": tls.secret, "certificate": tls.certificate}
    store_keys(keys / "b1.keys", own, PASSPHRASE, CHEAP)
    (home / "passphrase").write_bytes(PASSPHRASE + b"\n")
    (home / "anchor.json").write_bytes(exchange.anchor.to_bytes())
    (home / GENESIS).write_bytes(batch_file_bytes(exchange.genesis))
    config = home / "b1.toml"
    config.write_text(
        'desk = "@b1"\nanchor = "anchor.json"\nkeys = "keys"\npassphrase_file = "passphrase"\n'
        'listen = "127.0.0.1:0"\nindex = "sqlite:///index.db"\nstate = "state"\n'
        f"{LIMITS}{SQLITE}"
    )
    return config
