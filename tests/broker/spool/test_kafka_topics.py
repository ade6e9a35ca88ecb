"""Each setting by which a topic could lose or rewrite the log is refused by name."""

import re

import pytest

from broker.spool.kafka_topics import Found, Topic, Topics, check
from valija.errors import VerificationError

_TOPICS = Topics("valija")
_LOG, _CONTENT = _TOPICS.log, _TOPICS.content


def _found(topic: Topic, partitions: int = 1, replicas: int = 3) -> Found:
    return Found(partitions, replicas, topic.settings(replicas))


def _changed(topic: Topic, setting: str, value: str, partitions: int = 1) -> Found:
    return Found(partitions, 3, topic.settings(3) | {setting: value})


@pytest.mark.parametrize("topic", _TOPICS.all, ids=lambda topic: topic.name)
@pytest.mark.parametrize("replicas", [1, 2, 3, 5])
def test_a_topic_as_we_make_it_stands(topic: Topic, replicas: int) -> None:
    check(topic, _found(topic, topic.partitions, replicas))


@pytest.mark.parametrize("topic", [_LOG, _TOPICS.checkpoints], ids=lambda topic: topic.name)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cleanup.policy", "compact"),
        ("cleanup.policy", "compact,delete"),
        ("retention.ms", "31536000000"),
        ("retention.bytes", "1073741824"),
        ("unclean.leader.election.enable", "true"),
        ("max.message.bytes", "1048588"),
        ("compression.type", "producer"),
        ("remote.storage.enable", "true"),
        ("min.insync.replicas", "1"),
        ("min.insync.replicas", "4"),
        ("min.insync.replicas", ""),
    ],
)
def test_a_log_that_could_lose_a_record_does_not(
    topic: Topic, setting: str, value: str
) -> None:
    with pytest.raises(VerificationError, match=re.escape(setting)):
        check(topic, _changed(topic, setting, value))


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, "2"), (2, "3")])
def test_fewer_replicas_than_must_be_in_sync_take_no_record(
    replicas: int, in_sync: str
) -> None:
    settings = _LOG.settings(replicas) | {"min.insync.replicas": in_sync}
    with pytest.raises(VerificationError, match=r"has \d replicas, and min\.insync\.replicas"):
        check(_LOG, Found(1, replicas, settings))


def test_a_log_has_one_partition() -> None:
    with pytest.raises(VerificationError, match="has 2 partitions"):
        check(_LOG, _found(_LOG, partitions=2))


def test_contents_may_have_more_partitions_and_a_shorter_life() -> None:
    check(_CONTENT, _changed(_CONTENT, "retention.ms", "604800000", partitions=12))
    check(_CONTENT, _changed(_CONTENT, "segment.ms", "3600000", partitions=12))


@pytest.mark.parametrize("kept_ms", ["0", "1", "604799999"])
def test_contents_wait_a_week_for_a_node_that_was_away(kept_ms: str) -> None:
    with pytest.raises(VerificationError, match=r"retention\.ms"):
        check(_CONTENT, _changed(_CONTENT, "retention.ms", kept_ms))


def test_contents_end_by_age_and_not_by_another_members_flood() -> None:
    with pytest.raises(VerificationError, match=r"retention\.bytes"):
        check(_CONTENT, _changed(_CONTENT, "retention.bytes", "1000"))


@pytest.mark.parametrize("segment_ms", ["31536000000", "21600001", "-1", ""])
def test_no_segment_of_contents_is_longer_than_the_thirty_days_allow(segment_ms: str) -> None:
    with pytest.raises(VerificationError, match=r"segment\.ms"):
        check(_CONTENT, _changed(_CONTENT, "segment.ms", segment_ms))


@pytest.mark.parametrize("kept_ms", ["-1", "2592000001", ""])
def test_contents_do_not_outlive_thirty_days(kept_ms: str) -> None:
    with pytest.raises(VerificationError, match=r"retention\.ms"):
        check(_CONTENT, _changed(_CONTENT, "retention.ms", kept_ms))


def test_contents_are_dated_by_the_server() -> None:
    with pytest.raises(VerificationError, match=r"message\.timestamp\.type"):
        check(_CONTENT, _changed(_CONTENT, "message.timestamp.type", "CreateTime"))


def test_more_in_sync_replicas_than_asked_are_welcome() -> None:
    check(_LOG, _changed(_LOG, "min.insync.replicas", "3"))
