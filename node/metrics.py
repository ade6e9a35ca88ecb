"""What a node counts, under the names that docs and dashboards use.

It promises that no label of a metric names a person or a notice: members, desks, kinds, steps
and faults are its only labels. Each node process owns one `Metrics` on a registry of its own,
so nothing is counted twice in one process. `node.__main__` opens the door they are read from.

Source: docs/style.md, Logs and metrics.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The counters, gauges and histograms of one node process.

    Attributes:
        registry: Where they are kept; one a node.
        sealed: Envelopes sealed, by desk.
        signed: Items signed, by desk.
        answered: Answers of the broker to batches, by desk and answer.
        received: Items verified and stored, by desk and kind.
        quarantined: Items kept aside, by desk and error.
        intake: Notices by what the intake law said, by desk and outcome.
        waiting: Items that wait for a signature, by desk.
        cursor: Cursor of each desk's inbox.
        tree_size: Size of the newest checkpoint that was verified.
        writes: Seconds a step of the store took, by step.
        moves: Times the node moved to another broker.
        faults: Times a broker was found at fault, by fault.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        place = self.registry
        self.sealed = Counter("node_sealed", "Envelopes sealed", ["desk"], registry=place)
        self.signed = Counter("node_signed", "Items signed", ["desk"], registry=place)
        self.answered = Counter(
            "node_answered", "Answers of the broker", ["desk", "answer"], registry=place
        )
        self.received = Counter(
            "node_received", "Items verified and stored", ["desk", "kind"], registry=place
        )
        self.quarantined = Counter(
            "node_quarantined", "Items kept aside", ["desk", "error"], registry=place
        )
        self.intake = Counter(
            "node_intake", "What the intake law said", ["desk", "outcome"], registry=place
        )
        self.waiting = Gauge(
            "node_waiting", "Items waiting for a signature", ["desk"], registry=place
        )
        self.cursor = Gauge("node_cursor", "Cursor of the inbox", ["desk"], registry=place)
        self.tree_size = Gauge("node_tree_size", "Newest verified checkpoint", registry=place)
        self.writes = Histogram(
            "node_write_seconds", "Time of a write", ["step"], buckets=_SECONDS, registry=place
        )
        self.moves = Counter("node_broker_moves", "Moves to another broker", registry=place)
        self.faults = Counter(
            "node_broker_faults", "Brokers found at fault", ["fault"], registry=place
        )

    def page(self) -> bytes:
        """Return the text that Prometheus reads, UTF-8."""
        return generate_latest(self.registry)
