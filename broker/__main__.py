"""`python -m broker`: make keys, assemble the anchor, append batches, serve.

    init FOLDER --origin NAME      the log's keys, each broker's, its part of the anchor
    auditor FOLDER                 the regional auditor's keys and part of the anchor
    anchor PART… --out FILE        the anchor that all parts make together
    append FILE --config TOML      put a batch file into the log, before the door opens or later
    serve --config TOML            open the door
    status --config TOML           where log, index and checkpoint stand

It promises exit 0 when all was done, 1 when a batch or a request was refused, 2 when what was
named cannot be read or used. It makes the one clock, and decides nothing.

Source: docs/envelope.md, section 5 (genesis); docs/architecture.md, "Engines".
"""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from broker.assembly import Assembly, load_setting
from broker.config import load
from broker.errands import append, stand
from broker.exchange import Setting
from broker.genesis import Ceremony, assemble_anchor, init_auditor, init_brokers
from broker.keys import PASSPHRASE_VARIABLE, read_passphrase
from broker.logs import configure
from valija.address import Address
from valija.clock import Clock, SystemClock
from valija.errors import MalformedError, ValijaError
from valija.wire.submit import parse_batch_file

_EXAMPLES = """examples:
  python -m broker init exchange --origin valija.example/log --passphrase-file secret
  python -m broker auditor audit --passphrase-file secret
  python -m broker anchor exchange/broker.part.json audit/auditor.part.json \\
      council.part.json --quorum 2 --out exchange/anchor.json
  python -m broker append members.batches --config exchange/b1.toml
  python -m broker serve --config exchange/b1.toml

exit codes: 0 done, 1 a batch was refused or the broker halted, 2 unreadable or unusable
"""
_COLLECT = (10_000, 20, 50)
"""Collect cycles more seldom than Python does: a batch makes many objects and no cycle."""
_Run: TypeAlias = Callable[[argparse.Namespace, Clock], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    configure(person=sys.stderr.isatty(), level=options.log)
    clock = SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # Here the clock is made.
    run: _Run = options.run
    try:
        return run(options, clock)
    except (ValijaError, OSError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2


def _init(options: argparse.Namespace, clock: Clock) -> int:
    listen = Address.parse(options.listen)
    ceremony = _ceremony(options, clock)
    written = init_brokers(ceremony, options.origin, options.brokers, listen)
    return _say(options, {"written": [str(path) for path in written]})


def _auditor(options: argparse.Namespace, clock: Clock) -> int:
    written = init_auditor(_ceremony(options, clock))
    return _say(options, {"written": [str(path) for path in written]})


def _anchor(options: argparse.Namespace, clock: Clock) -> int:
    parts = [path.read_bytes() for path in options.part]
    anchor = assemble_anchor(parts, options.quorum, clock)
    with options.out.open("xb") as file:
        file.write(anchor.to_bytes())
    return _say(options, {"written": [str(options.out)], "digest": anchor.digest.hex()})


def _append(options: argparse.Namespace, clock: Clock) -> int:
    batches = parse_batch_file(options.file.read_bytes())
    reports = asyncio.run(append(load_setting(load(options.config), clock), batches))
    for report in reports:
        _line(json.dumps(asdict(report)) if options.json else str(report))
    return 0 if all(report.stands for report in reports) else 1


def _status(options: argparse.Namespace, clock: Clock) -> int:
    return _say(options, asdict(asyncio.run(stand(load(options.config), clock))))


def _serve(options: argparse.Namespace, clock: Clock) -> int:
    return asyncio.run(_served(load_setting(load(options.config), clock)))


async def _served(setting: Setting) -> int:
    """Serve until a signal ends it, or the log does."""
    ended = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with Assembly(setting) as broker:
        # What catching up made lives as long as the process: never look through it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)
        _line(json.dumps({"listen": str(broker.address)}))
        stop, halt = asyncio.ensure_future(ended.wait()), asyncio.ensure_future(broker.serve())
        await asyncio.wait({stop, halt}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not halt.done():
            halt.cancel()
            return 0
        sys.stderr.write(f"{type(halt.exception()).__name__}: {halt.exception()}\n")
        return 1


def _ceremony(options: argparse.Namespace, clock: Clock) -> Ceremony:
    named = options.passphrase_file or os.environ.get(PASSPHRASE_VARIABLE)
    if not named:
        raise MalformedError(
            f"name a passphrase file: --passphrase-file or {PASSPHRASE_VARIABLE}"
        )
    options.folder.mkdir(parents=True, exist_ok=True)
    hosts, path = tuple(options.host or ("localhost", "127.0.0.1")), Path(named)
    return Ceremony(options.folder, read_passphrase(path), path, hosts, clock)


def _say(options: argparse.Namespace, found: dict[str, object]) -> int:
    if options.json:
        _line(json.dumps(found))
        return 0
    for name, value in found.items():
        _line(f"{name}: {' '.join(value) if isinstance(value, list) else value}")
    return 0


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m broker",
        description="The carrier that cannot read.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    parser.add_argument("--log", choices=levels, default="INFO", help="least level logged")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _making(commands)
    _running(commands)
    return parser


def _making(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    init = _command(commands, "init", _init, "make the log's keys and each broker's")
    init.add_argument("--origin", required=True, help="name of the log: valija.example/log")
    init.add_argument("--brokers", type=int, default=1, help="how many processes; 1")
    init.add_argument("--listen", default="127.0.0.1:7443", help="first one's gRPC address")
    auditor = _command(commands, "auditor", _auditor, "make the regional auditor's keys")
    for each in (init, auditor):
        each.add_argument("folder", type=Path, help="where all is written")
        each.add_argument("--host", action="append", help="name or address in certificates")
        each.add_argument("--passphrase-file", type=Path, help="its first line seals the keys")
    anchor = _command(commands, "anchor", _anchor, "assemble the anchor file from its parts")
    anchor.add_argument("part", type=Path, nargs="+", help="brokers', auditor's, council's")
    anchor.add_argument("--quorum", type=int, default=2, help="how many of the council; 2")
    anchor.add_argument("--out", type=Path, required=True, help="the file, which is new")


def _running(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    append_ = _command(commands, "append", _append, "put a batch file into the log")
    append_.add_argument("file", type=Path, help="varint-delimited SubmitRequests")
    serve = _command(commands, "serve", _serve, "open the door")
    status = _command(commands, "status", _status, "where log, index and checkpoint stand")
    for each in (append_, serve, status):
        each.add_argument("--config", type=Path, required=True, help="a broker.toml")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: _Run,
    what: str,
) -> argparse.ArgumentParser:
    found = commands.add_parser(name, help=what, description=what)
    found.add_argument("--json", action="store_true", help="answer in JSON")
    found.set_defaults(run=run)
    return found


if __name__ == "__main__":
    sys.exit(main())
