"""Topics of an exchange of one's own on a test's Kafka, as a broker's settings name them."""

import asyncio
from secrets import token_hex

from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from deploy.demo.exchange import KafkaSpool
from tests.services.kafka import Kafka


def make_exchange(kafka: Kafka, replicas: int = 1) -> KafkaSpool:
    """Make fresh topics, and return what two brokers must be told of them."""
    name = f"valija.{token_hex(4)}"
    asyncio.run(make_topics(kafka.access("admin"), Topics(name), replicas=replicas))
    folder = kafka.certificates
    return KafkaSpool(
        bootstrap=tuple(kafka.bootstrap.split(",")),
        ca=folder / "ca.pem",
        identities=(folder / "b1.pem", folder / "b2.pem"),
        exchange=name,
    )
