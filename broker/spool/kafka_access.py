"""How a broker reaches Kafka: addresses, TLS with a client certificate, patience.

It promises that no connection is made in clear or to a server that the exchange's Kafka
authority did not certify, and that aiokafka's errors become ours. Who may do what, Kafka's
access rules say (`deploy/kafka`).

Source: docs/architecture.md, "Engines"; Apache Kafka 4.3, "Security".
"""

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from valija.errors import UnavailableError, VerificationError

STOP_S = 5.0
"""How long a connection may take to end: a server that hangs must not keep us."""
REQUEST_MS = 10_000
"""How long one request to one server may take before another is asked."""


@dataclass(frozen=True)
class KafkaAccess:
    """Where Kafka is, and who we are there.

    Attributes:
        bootstrap: `host:port` of some of its servers, joined by commas.
        authority: PEM file of the authority that certified the servers.
        certificate: PEM file with our private key and our certificate.
    """

    bootstrap: str
    authority: Path
    certificate: Path

    def options(self) -> dict[str, Any]:
        """Return the arguments that every client of aiokafka is made with.

        Raises:
            VerificationError: A file cannot be read, or is no PEM of the right kind.
        """
        try:
            context = ssl.create_default_context(cafile=self.authority)
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.load_cert_chain(self.certificate)
        except OSError as cause:
            raise VerificationError("Kafka's certificates are missing or unusable") from cause
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SSL",
            "ssl_context": context,
            "request_timeout_ms": REQUEST_MS,
        }


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Turn aiokafka's errors into ours.

    Raises:
        UnavailableError: Kafka does not answer, does not agree, or does not let us.
    """
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as cause:
        raise UnavailableError(f"Kafka: {type(cause).__name__}") from cause


async def finish(work: Coroutine[Any, Any, None]) -> bool:
    """Let something end within `STOP_S`, else cut it short; say whether it ended by itself."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait([task], timeout=STOP_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return bool(done)
