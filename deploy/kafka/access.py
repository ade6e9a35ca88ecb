"""Who may do what on the cluster, and the topics of an exchange.

It promises that a broker of Valija may read and write the topics named after its exchange and
ask what they are, and nothing else: not delete, not alter, not make one. Whoever has no rule
may nothing (`settings`), and the administrator alone makes topics and rules.

Source: docs/architecture.md, "The people" (the broker's operator) and "Engines"; Apache Kafka
protocol, CreateAcls.
"""

import asyncio
import time
from collections.abc import Iterable

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

from broker.spool.kafka_access import KafkaAccess, foreign_errors
from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from valija.errors import UnavailableError

_TOPIC, _PREFIXED, _ALLOW = 2, 4, 3
_READ, _WRITE, _DESCRIBE, _DESCRIBE_CONFIGS = 3, 4, 8, 10
_PAUSE_S = 0.2


async def open_exchange(
    admin: KafkaAccess, exchange: str, replicas: int, clients: Iterable[str]
) -> None:
    """Make an exchange's topics where absent, and let its brokers at them.

    Raises:
        VerificationError: Kafka refused a topic.
        UnavailableError: Kafka does not answer, or refused a rule.
    """
    await make_topics(admin, Topics(exchange), replicas)
    client = AIOKafkaClient(**admin.options())
    with foreign_errors():
        try:
            await client.bootstrap()
            for name in clients:
                for operation in (_READ, _WRITE, _DESCRIBE, _DESCRIBE_CONFIGS):
                    await _allow(client, f"User:CN={name}", f"{exchange}.", operation)
        finally:
            await client.close()


async def open_when_ready(
    admin: KafkaAccess, exchange: str, replicas: int, clients: Iterable[str], patience_s: float
) -> None:
    """Do as `open_exchange`, as soon as the cluster answers.

    Raises:
        UnavailableError: It did not within `patience_s`.
    """
    until = time.monotonic() + patience_s
    while True:
        try:
            return await open_exchange(admin, exchange, replicas, clients)
        except UnavailableError:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(_PAUSE_S)


async def _allow(client: AIOKafkaClient, principal: str, prefix: str, operation: int) -> None:
    """Let a principal do one operation on every topic whose name begins with `prefix`."""
    request = CreateAclsRequest(_TOPIC, prefix, _PREFIXED, principal, "*", operation, _ALLOW)
    answer = await client.send(client.get_random_node(), request)
    for code, *_ in answer.creation_responses:
        if code:
            raise UnavailableError(f"Kafka refused an access rule (error {code})")
