"""Settings, keys and anchor of one broker and one node, made by the images' own commands."""

from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.ports import free_ports
from tests.deploy.image import DEPLOY, ROOT, Image

_PASSPHRASE = "an invented passphrase"


@dataclass(frozen=True)
class Founded:
    """What an operator and a state have on the day before they start.

    Attributes:
        broker: The broker's image.
        node: The node's image.
        exchange: The broker's settings: `/etc/valija` of its image.
        state: The node's.
        port: The first of three that the broker listens on.
    """

    broker: Image
    node: Image
    exchange: Path
    state: Path
    port: int


def found(home: Path) -> Founded:
    """Make all of it below a folder."""
    broker = Image.lay_out(DEPLOY / "broker.Dockerfile", home / "broker-image")
    node = Image.lay_out(DEPLOY / "node.Dockerfile", home / "node-image")
    exchange, state, council = home / "exchange", home / "state", home / "council"
    secret = home / "passphrase"
    secret.write_text(_PASSPHRASE + "\n")
    port, named = free_ports(5)[0], ("--passphrase-file", str(secret))
    broker.run(
        exchange,
        *("init", str(exchange), "--origin", "valija.example/log", *named),
        *("--listen", f"127.0.0.1:{port}"),
    )
    broker.run(exchange, "auditor", str(home / "auditor"), *named)
    node.run(council, "council", "new", str(council), *named)
    anchor = exchange / "anchor.json"
    broker.run(
        exchange,
        *("anchor", str(exchange / "broker.part.json"), str(council / "c1.part.json")),
        *(str(home / "auditor" / "auditor.part.json"), "--quorum", "1", "--out", str(anchor)),
    )
    (exchange / "b1.toml").rename(exchange / "broker.toml")
    node.run(
        state,
        *("init", str(state), "--member", "AR", "--name", "Argentina", "--desk", "police"),
        *("--anchor", str(anchor), "--broker", f"127.0.0.1:{port}"),
        *("--gateway", f"127.0.0.1:{port + 3}", "--metrics", f"127.0.0.1:{port + 4}"),
        *("--policies", str(ROOT / "policies" / "law"), *named),
    )
    return Founded(broker, node, exchange, state, port)
