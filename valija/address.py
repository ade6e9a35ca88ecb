"""Where a process listens: a host and a port, as operators write them.

It promises one reading of `host:port`, IPv6 literals in brackets included. It opens nothing;
brokers and nodes do.

Source: RFC 3986, section 3.2.2 (brackets).
"""

import re
from dataclasses import dataclass

from valija.errors import MalformedError

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody listens.

    Attributes:
        host: A name or an IP literal, without brackets.
        port: 0 to 65535; 0 where the machine may choose.
    """

    host: str
    port: int

    def __str__(self) -> str:
        """Return `host:port`, brackets around an IPv6 literal."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return the address written as `host:port`.

        Raises:
            MalformedError: No host, no colon, or no port from 0 to 65535.
        """
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        # Python reads no number of 5,000 digits, and raises an error of its own.
        number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else -1
        if not colon or not host or not 0 <= number <= _LAST_PORT:
            raise MalformedError("an address is written host:port, for example 127.0.0.1:7443")
        return cls(host, number)
