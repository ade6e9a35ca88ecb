"""Make an exchange's topics where they are absent, and ask what they are.

It promises that a broker starts only on topics that `broker.spool.kafka_topics` finds fit. It
never changes a topic that exists: that is for the person who runs Kafka.

Source: docs/architecture.md, "The order of record".
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    InvalidReplicationFactorError,
    NoError,
    TopicAlreadyExistsError,
    for_code,
)

from broker.spool.kafka_access import KafkaAccess, finish, foreign_errors
from broker.spool.kafka_topics import Found, Topic, Topics, check
from valija.errors import UnavailableError, VerificationError

_PATIENCE_S = 5.0
_PAUSE_S = 0.1


async def check_topics(access: KafkaAccess, topics: Topics) -> int:
    """Check all topics of an exchange, and return how many partitions its contents have.

    Raises:
        VerificationError: A topic is absent, hidden from us, or not as it must be.
        UnavailableError: Kafka does not answer.
    """
    async with _admin(access) as admin:
        for topic in topics.all:
            check(topic, await _found(admin, topic))
        return (await _found(admin, topics.content)).partitions


async def make_topics(access: KafkaAccess, topics: Topics, replicas: int) -> None:
    """Make the topics of an exchange that are absent; for an administrator's certificate.

    Raises:
        VerificationError: Kafka refused to make one.
        UnavailableError: Kafka does not answer, or has fewer servers than `replicas`.
    """
    fresh = [
        NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic.settings(replicas))
        for topic in topics.all
    ]
    async with _admin(access) as admin:
        answer = await admin.create_topics(fresh)
    for name, code, *_ in answer.topic_errors:
        error = for_code(code)
        if error is InvalidReplicationFactorError:
            raise UnavailableError(f"fewer than {replicas} Kafka servers are up")
        if error not in {NoError, TopicAlreadyExistsError}:
            raise VerificationError(f"Kafka did not make {name}: {error.__name__}")


@asynccontextmanager
async def _admin(access: KafkaAccess) -> AsyncIterator[AIOKafkaAdminClient]:
    with foreign_errors():
        admin = AIOKafkaAdminClient(**access.options())
        try:
            await admin.start()
            yield admin
        finally:
            await finish(admin.close())


async def _partitions(admin: AIOKafkaAdminClient, topic: Topic) -> Sequence[dict[str, Any]]:
    """Return a topic's partitions; a server may learn late of one that was just made."""
    until = asyncio.get_running_loop().time() + _PATIENCE_S
    while True:
        (told,) = await admin.describe_topics([topic.name])
        partitions: Sequence[dict[str, Any]] = told["partitions"]
        if partitions and not told["error_code"]:
            return partitions
        if asyncio.get_running_loop().time() > until:
            raise VerificationError(f"Kafka has no topic {topic.name} for us")
        await asyncio.sleep(_PAUSE_S)


async def _found(admin: AIOKafkaAdminClient, topic: Topic) -> Found:
    partitions = await _partitions(admin, topic)
    asked = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    ((answer,),) = [one.resources for one in await admin.describe_configs([asked])]
    code, _, _, _, entries = answer
    if code:
        raise VerificationError(f"Kafka does not tell us the settings of {topic.name}")
    replicas = min(len(partition["replicas"]) for partition in partitions)
    return Found(len(partitions), replicas, {name: value for name, value, *_ in entries})
