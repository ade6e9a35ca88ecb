"""What a Kafka server of ours is told: `server.properties`, a file a node.

It promises that every listener is TLS with client certificates and bound to loopback, that
nothing is allowed which no rule allows, that topics are made on purpose only, and that on
three servers an acknowledged record is on two.

Source: docs/architecture.md, "Engines" and "The order of record"; docs/envelope.md, section 4;
Apache Kafka 4.3, "Broker Configs".
"""

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
ADMIN = "admin"
_REQUEST_MAX_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Cluster:
    """Servers on this machine: where they keep their files, and the ports of each."""

    home: Path
    ports: tuple[tuple[int, int], ...]
    """(clients, controller) of node 1, 2, …"""

    @property
    def certificates(self) -> Path:
        """The folder of certificates, for servers and clients."""
        return self.home / "certificates"

    @property
    def bootstrap(self) -> str:
        """Where clients begin: `host:port`, joined by commas."""
        return ",".join(f"{HOST}:{port}" for port, _ in self.ports)

    @property
    def nodes(self) -> range:
        """The nodes' numbers."""
        return range(1, len(self.ports) + 1)

    def node(self, number: int) -> Path:
        """Return the folder of a node."""
        return self.home / str(number)


def properties(cluster: Cluster, node: int) -> str:
    """Return the text of `server.properties` for one node of a cluster."""
    port, controller = cluster.ports[node - 1]
    voters = ",".join(
        f"{number}@{HOST}:{cluster.ports[number - 1][1]}" for number in cluster.nodes
    )
    replicas = min(3, len(cluster.ports))
    settings = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "listeners": f"TLS://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"TLS://{HOST}:{port}",
        "log.dirs": cluster.node(node) / "data",
        "default.replication.factor": replicas,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": max(1, replicas - 1),
        "min.insync.replicas": max(1, replicas - 1),
        **_ACCESS,
        **_tls(cluster.certificates),
        **_SIZES,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


_ACCESS = {
    "listener.security.protocol.map": "TLS:SSL,CONTROLLER:SSL",
    "inter.broker.listener.name": "TLS",
    "controller.listener.names": "CONTROLLER",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:CN=kafka;User:CN={ADMIN}",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
}
_SIZES = {
    "message.max.bytes": _REQUEST_MAX_BYTES,
    "replica.fetch.max.bytes": _REQUEST_MAX_BYTES,
    # Few partitions and two cores: Kafka's defaults are for larger machines.
    "broker.session.timeout.ms": 6000,
    "broker.heartbeat.interval.ms": 1000,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.num.partitions": 1,
}


def _tls(folder: Path) -> dict[str, object]:
    return {
        "ssl.client.auth": "required",
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": folder / "kafka.pem",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": folder / "ca.pem",
    }
