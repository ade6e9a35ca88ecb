"""A process that appends to a spool and says what it was promised, until it is killed.

Run as `python -m tests.contract.spool_writer COUNT NAME ENGINE WORDS…`. Each line it prints
is a leaf index that `append_record` returned; record number i of writer NAME has the value
`NAME:i`. Eight appends are under way at any time.
"""

import asyncio
import sys

from tests.contract.spool_engines import opened

_AT_ONCE = 8


async def write(count: int, name: str, words: list[str]) -> None:
    """Append `count` records and print the leaf index of each when it is durable."""
    numbers = iter(range(count))
    async with opened(words) as spool:

        async def append_some() -> None:
            for number in numbers:
                leaf = await spool.append_record(f"{name}:{number}".encode())
                sys.stdout.write(f"{leaf} {number}\n")
                sys.stdout.flush()

        await asyncio.gather(*(append_some() for _ in range(_AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(write(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
