"""What the topics of an exchange must be, or the order of record would not hold.

It promises to name every setting by which a log could lose, reorder or rewrite what it
acknowledged. It only judges: `broker.spool.kafka_admin` makes topics and asks what they are.

Source: docs/architecture.md, "The order of record"; docs/envelope.md, section 4; Apache Kafka
4.3, "Topic Configs".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from valija.errors import VerificationError

_HOUR_MS = 3_600_000
_SEGMENT_MS = 6 * _HOUR_MS
# Kafka deletes whole segments, so the oldest content of one is that much older.
_CONTENT_MS = 30 * 24 * _HOUR_MS - _SEGMENT_MS
# What waits for a node that was away is still there when it comes back.
_LEAST_CONTENT_MS = 7 * 24 * _HOUR_MS
_CONTENT_PARTITIONS = 4
_MESSAGE_MAX_BYTES = 2 * 1024 * 1024
_IN_SYNC = 2
_ALWAYS = {
    "cleanup.policy": "delete",
    "unclean.leader.election.enable": "false",
    "max.message.bytes": str(_MESSAGE_MAX_BYTES),
}
# Nobody's batch unpacks, in a broker's memory, to more than a message may have.
_UNPACKED = {"compression.type": "uncompressed"}
_LOCAL = {"remote.storage.enable": "false"}  # Nobody else's disk is the record.
_FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", **_LOCAL}
_THIRTY_DAYS = {
    "retention.ms": str(_CONTENT_MS),
    # Contents end by age alone: no flood of one member's pushes out another's.
    "retention.bytes": "-1",
    "segment.ms": str(_SEGMENT_MS),
    # Dated by the server, so that no client's clock makes a content live longer.
    "message.timestamp.type": "LogAppendTime",
}


@dataclass(frozen=True)
class Topic:
    """A topic as it must be."""

    name: str
    partitions: int
    kept: Mapping[str, str]

    def settings(self, replicas: int) -> dict[str, str]:
        """Return every setting that it must have on that many replicas."""
        in_sync = {"min.insync.replicas": str(min(_IN_SYNC, replicas))}
        return {**_ALWAYS, **self.kept, **in_sync, **_UNPACKED}


@dataclass(frozen=True)
class Found:
    """A topic as Kafka says it is."""

    partitions: int
    replicas: int
    settings: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Topics:
    """The three topics of one exchange; all are named after it."""

    exchange: str

    @property
    def log(self) -> Topic:
        """The order of record: one partition, for ever."""
        return Topic(f"{self.exchange}.log", 1, _FOR_EVER)

    @property
    def content(self) -> Topic:
        """Sealed contents: several partitions, gone within 30 days."""
        return Topic(f"{self.exchange}.content", _CONTENT_PARTITIONS, _THIRTY_DAYS)

    @property
    def checkpoints(self) -> Topic:
        """Every signed note that was sent: one partition, for ever."""
        return Topic(f"{self.exchange}.checkpoints", 1, _FOR_EVER)

    @property
    def all(self) -> tuple[Topic, Topic, Topic]:
        """All three."""
        return (self.log, self.content, self.checkpoints)


def check(topic: Topic, found: Found) -> None:
    """Refuse a topic that would not keep what the architecture promises of it.

    More partitions of contents than we would make are fine, and so are shorter segments and
    contents that end earlier, but not within a week; everything else must be as `Topic` says.

    Raises:
        VerificationError: It differs; the text names topic, setting and what it must be.
    """
    if topic.partitions == 1 and found.partitions != 1:
        raise VerificationError(f"{topic.name} has {found.partitions} partitions, must have 1")
    for name, wanted in topic.settings(found.replicas).items():
        value = found.settings.get(name, "")
        if not _stands(name, value, wanted):
            raise VerificationError(f"{topic.name}: {name} is {value!r}, must be {wanted!r}")
    in_sync = found.settings["min.insync.replicas"]
    if int(in_sync) > found.replicas:
        raise VerificationError(
            f"{topic.name} has {found.replicas} replicas, and min.insync.replicas is {in_sync}"
        )


def _stands(name: str, value: str, wanted: str) -> bool:
    if name == "segment.ms":
        return value.isdecimal() and int(value) <= int(wanted)
    if name == "min.insync.replicas":
        return value.isdecimal() and int(value) >= int(wanted)
    if name == "retention.ms" and wanted != "-1":
        return value.isdecimal() and _LEAST_CONTENT_MS <= int(value) <= int(wanted)
    return value == wanted
