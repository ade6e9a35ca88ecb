"""A gRPC server whose roots change all the time, for `test_handshake.py`: a process of its own.

It is the broker's handshake over a real port, without a log: it says its port on a line, serves
for so many seconds, and then says how often it was asked and how often it had news.
"""

import asyncio
import sys
import time

import grpc

from broker.handshake import Handshakes, Roots
from tests.broker.support import pair
from valija.certificate import to_pem

_EVERY_S = 0.1


class Turning(Roots):
    """Roots of which one comes and goes."""

    def __init__(self) -> None:
        self.asked = 0
        self.all = [to_pem(pair(name).certificate) for name in ("AR", "BR")]

    def pem(self) -> bytes:
        self.asked += 1
        return b"".join(self.all[: 1 + int(time.monotonic() / _EVERY_S) % 2])


async def serve(seconds: float) -> None:
    news, turning = [], Turning()

    def nap(length: float) -> None:
        news.append(length)
        time.sleep(length)

    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    credentials = Handshakes(turning, pair("@b1"), nap).credentials()
    print(server.add_secure_port("127.0.0.1:0", credentials), flush=True)
    await server.start()
    await asyncio.sleep(seconds)
    await server.stop(0)
    print(turning.asked, len(news))


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
