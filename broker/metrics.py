"""What a broker counts, under the names that docs and dashboards use.

It promises that no label of a metric names a person or a notice: members, codes and steps are
its only labels. Each broker process owns one `Metrics` on a registry of its own, so nothing
is counted twice in one process. `broker.http` serves the page.

Source: docs/style.md, Logs and metrics.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The counters, gauges and histograms of one broker process.

    Attributes:
        registry: Where they are kept; one a broker.
        admitted: Batches that count, by the member that carried them.
        notices: Items in them.
        refused: Batches refused, by code.
        rejected: REJECTED receipts that this broker logged.
        void: Records of the log that do not count.
        alarms: What the fold found wrong without refusing it.
        step: Seconds a step of admission took, by step.
        groups: Batches that shared one commit.
        tree_size: Leaves in this broker's tree.
        indexed: Leaves in its index.
        checkpoints: Checkpoints it signed.
        streams: Streams open now, by kind.
        delivered: Items sent, by member.
        behind: Leaves between a desk's cursor and the newest checkpoint, by desk.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        at = self.registry
        self.admitted = Counter("broker_admitted", "Batches", ["member"], registry=at)
        self.notices = Counter("broker_items", "Items in admitted batches", registry=at)
        self.refused = Counter("broker_refused", "Batches refused", ["code"], registry=at)
        self.rejected = Counter("broker_rejected", "Refusals logged", registry=at)
        self.void = Counter("broker_void", "Records that do not count", registry=at)
        self.alarms = Counter("broker_alarms", "Alarms of the fold", registry=at)
        self.step = Histogram(
            "broker_step_seconds", "Time of a step", ["step"], buckets=_SECONDS, registry=at
        )
        self.groups = Histogram(
            "broker_group_batches", "Batches in one commit", buckets=_SIZES, registry=at
        )
        self.tree_size = Gauge("broker_tree_size", "Leaves in the tree", registry=at)
        self.indexed = Gauge("broker_indexed", "Leaves in the index", registry=at)
        self.checkpoints = Counter("broker_checkpoints", "Checkpoints signed", registry=at)
        self.streams = Gauge("broker_streams", "Streams open", ["kind"], registry=at)
        self.delivered = Counter("broker_delivered", "Items sent", ["member"], registry=at)
        self.behind = Gauge("broker_behind", "Leaves not yet taken", ["desk"], registry=at)

    def page(self) -> bytes:
        """Return the text that Prometheus reads, UTF-8."""
        return generate_latest(self.registry)
