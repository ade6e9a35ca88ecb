"""What a person may type after `python -m node`.

It promises that every verb has a help with an example, and that each word has one meaning.
What the verbs do is `node.terminal.officer`, `node.terminal.keeper` and `node.genesis`.

Source: docs/console.md, The terminal.
"""

import argparse
from pathlib import Path
from typing import TypeAlias

from node.terminal.language import ENGLISH
from node.terminal.usage import Parser, speak

Verbs: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001  # It has no other name.
OFFICERS = (
    *("draft", "import", "drafts", "preflight", "send", "holds", "approve", "words"),
    *("withdraw", "owed", "decisions", "inbox", "show", "status"),
)
"""The verbs of officers, prosecutors and auditors: calls of the gateway."""
EXIT_CODES = """exit codes:
  0  done
  1  refused: the sentence on standard error says why, what was not sent, and what to do
  2  wrong usage, or a file or draft that is not as it must be; nothing was sent
"""
_EXAMPLES = {
    "draft": "python -m node draft network.json",
    "import": "python -m node import register.xlsx --profile register.toml",
    "drafts": "python -m node drafts --limit 20",
    "preflight": "python -m node preflight 3f… --to BR/police --to MX/police",
    "send": "python -m node send 3f… --to BR/police --purpose criminal_investigation",
    "holds": "python -m node holds",
    "approve": "python -m node approve 9c… --reason 'checked against file 12/2026'",
    "words": "python -m node words 3f…",
    "withdraw": "python -m node withdraw 5e… --reason 'she asked for it on 24 November'",
    "owed": "python -m node owed",
    "decisions": "python -m node decisions --out november.records --since 2026-11-01",
    "inbox": "python -m node inbox",
    "show": "python -m node show 77… --purpose criminal_investigation",
    "status": "python -m node status 3f…",
    "init": "python -m node init AR --member AR --name Argentina --desk police "
    "--anchor anchor.json --broker 127.0.0.1:7443 --passphrase-file p",
    "council": "python -m node council name c1 --out members.batches AR/AR.request",
    "agree": "python -m node agree treaty.json --text treaty.txt --desk AR/police "
    "--out treaty.batches",
    "oversight": "python -m node oversight endorse AR-oversight ar-law.batches "
    "--policies policies/law --out ar-oversight.batches --passphrase-file p",
    "endorse": "python -m node endorse treaty.batches --out ar-endorses.batches",
    "bundle": "python -m node bundle --out ar-law.batches",
    "serve": "python -m node serve --config node.toml",
    "person": "python -m node person add r.quispe --role liaison --desk AR/police",
    "risk": "python -m node risk BR/police --torture none --persecution no --compromised no "
    "--by d.luna",
}


def parser(chosen: str = ENGLISH) -> Parser:
    """Return the parser of the whole command line; officers' verbs explain themselves so.

    Args:
        chosen: es, en, pt or fr.
    """
    whole = Parser(
        prog="python -m node",
        description="A state's own side of Valija.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="VERB")
    _genesis(verbs)
    _statements(verbs)
    _keeper(verbs)
    _officer(verbs)
    _words(verbs)
    speak([whole, *(verbs.choices[name] for name in OFFICERS)], chosen)
    return whole


def verb(verbs: Verbs, name: str, says: str) -> Parser:
    """Add one verb, with its example, and return its parser."""
    example = _EXAMPLES.get(name, "")
    one = verbs.add_parser(
        name,
        help=says,
        description=says,
        epilog=f"example:\n  {example}\n\n{EXIT_CODES}" if example else EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("--json", action="store_true", help="print the answer as JSON")
    return one


def _config(one: Parser) -> None:
    one.add_argument("--config", type=Path, default=Path("node.toml"), help="node.toml")


def _door(one: Parser) -> None:
    _config(one)
    one.add_argument(
        "--token-file",
        type=Path,
        help="file with the account's token; else the environment's VALIJA_TOKEN_FILE",
    )
    one.add_argument(
        "--language",
        choices=("es", "en", "pt", "fr"),
        help="what is said to a person; else the environment's VALIJA_LANGUAGE, else LC_ALL, "
        "LC_MESSAGES or LANG, else en; with --json only this option counts",
    )


def _genesis(verbs: Verbs) -> None:
    init = verb(verbs, "init", "make a state's settings, keys and joining request")
    init.add_argument("folder", type=Path)
    init.add_argument("--member", required=True, help="ISO alpha-2 code")
    init.add_argument("--name", required=True, help="as the state writes it")
    init.add_argument("--desk", action="append", required=True, help="police, judicial, …")
    init.add_argument("--host", action="append", default=["localhost", "127.0.0.1"])
    init.add_argument("--anchor", type=Path, required=True)
    init.add_argument("--broker", action="append", required=True, help="host:port")
    init.add_argument("--policies", type=Path, default=Path("policies/law"))
    init.add_argument("--store", default="sqlite:///node.db")
    init.add_argument("--gateway", default="127.0.0.1:7450", help="host:port")
    init.add_argument("--metrics", default="", help="host:port on loopback")
    init.add_argument("--passphrase-file", type=Path, required=True)
    init.add_argument("--oversight", type=Path, help="the data-protection authority's key")
    council = verb(verbs, "council", "the council's acts, off line")
    council.add_argument("act", choices=("new", "name", "treaty", "endorse"))
    council.add_argument("folder", type=Path, help="the council member's own folder")
    council.add_argument("files", type=Path, nargs="*", help="requests, or what others signed")
    council.add_argument("--desk", default="@c1", help="with new: @c1, @c2, …")
    overseer = verb(verbs, "oversight", "the data-protection authority's acts, off line")
    overseer.add_argument("act", choices=("new", "endorse"))
    overseer.add_argument("folder", type=Path, help="the authority's own folder")
    overseer.add_argument("files", type=Path, nargs="*", help="the law that the state signed")
    overseer.add_argument("--member", default="", help="with new: ISO alpha-2 code")
    for one in (council, overseer):
        one.add_argument("--out", type=Path, help="batch file to write")
        one.add_argument("--policies", type=Path, default=Path("policies/law"))
        one.add_argument("--before", type=Path, help="batch file of the law it replaces")
        one.add_argument("--passphrase-file", type=Path, required=True)
        _older(one)


def _older(one: Parser) -> None:
    one.add_argument("--old", type=Path, help="folder of the law in force")
    one.add_argument("--anew", action="store_true", help="the law in force cannot be shown")


def _statements(verbs: Verbs) -> None:
    agree = verb(verbs, "agree", "sign an agreement for a desk")
    agree.add_argument("file", type=Path, help="JSON; docs/guides/join.md")
    agree.add_argument("--text", type=Path, required=True, help="the signed text")
    agree.add_argument("--desk", required=True)
    endorse = verb(verbs, "endorse", "endorse the agreements in batch files")
    endorse.add_argument("files", type=Path, nargs="+")
    endorse.add_argument("--desk", action="append", default=[])
    bundle = verb(verbs, "bundle", "sign which law decides for this state")
    bundle.add_argument("--desk", default="")
    bundle.add_argument("--policies", type=Path, help="folder of the law, if not the node's")
    _older(bundle)
    for one in (agree, endorse, bundle):
        _config(one)
        one.add_argument("--out", type=Path, required=True, help="batch file to write")


def _keeper(verbs: Verbs) -> None:
    serve = verb(verbs, "serve", "run the node until it is told to stop")
    _config(serve)
    serve.add_argument("--seconds", type=int, help="stop by itself after so many seconds")
    person = verb(verbs, "person", "enrol, bar or list accounts; a token is shown once")
    _config(person)
    person.add_argument("act", choices=("add", "bar", "list"))
    person.add_argument("account", nargs="?", default="")
    person.add_argument("--role", default="")
    person.add_argument("--desk", default="")
    risk = verb(verbs, "risk", "state what is known of a desk, as a prosecutor signs it")
    _config(risk)
    risk.add_argument("desks", nargs="+", metavar="DESK")
    risk.add_argument("--torture", required=True)
    risk.add_argument("--persecution", required=True, choices=("yes", "no"))
    risk.add_argument("--compromised", required=True, choices=("yes", "no"))
    risk.add_argument("--days", type=int, default=180, help="how long it stands")
    risk.add_argument("--by", required=True, help="account of the prosecutor who signs")


def _officer(verbs: Verbs) -> None:
    draft = verb(verbs, "draft", "keep a notice in native JSON as a draft")
    draft.add_argument("file", type=Path)
    imported = verb(
        verbs, "import", "turn a register's file into drafts, every row accounted for"
    )
    imported.add_argument("file", type=Path)
    imported.add_argument(
        "--profile", type=Path, required=True, help="what the office says of it"
    )
    listing = verb(verbs, "drafts", "list the drafts of one's desk")
    listing.add_argument("--after", default="")
    listing.add_argument("--limit", type=int, default=50)
    asked = verb(verbs, "preflight", "ask the law: fields by recipients; nothing leaves")
    asked.add_argument("draft")
    asked.add_argument("--to", action="append", default=[], metavar="DESK")
    asked.add_argument("--purpose", default="")
    sent = verb(verbs, "send", "release drafts as far as the law lets them go")
    sent.add_argument("drafts", nargs="+")
    sent.add_argument("--to", action="append", required=True, metavar="DESK")
    sent.add_argument("--purpose", default="")
    sent.add_argument("--urgent", action="store_true")
    wait = sent.add_mutually_exclusive_group()
    wait.add_argument(
        "--wait-for",
        action="append",
        default=[],
        metavar="CONDITION",
        help="wait for this too, though less could go without it",
    )
    wait.add_argument("--now", action="store_true", help="wait for nothing the law can spare")
    holds = verb(verbs, "holds", "list what waits at one's desk")
    approve = verb(verbs, "approve", "give or refuse what a hold waits for")
    approve.add_argument("hold")
    approve.add_argument("--condition", default="approval:second_person")
    approve.add_argument("--reason", required=True)
    approve.add_argument("--no", action="store_true", help="refuse, and end it")
    approve.add_argument("--until", default="", help="last day on which it stands, YYYY-MM-DD")
    inbox = verb(verbs, "inbox", "list the notices that one's desk received")
    inbox.add_argument("--after", type=int, default=0)
    inbox.add_argument("--limit", type=int, default=50)
    show = verb(verbs, "show", "open a received notice; it is journalled and receipted")
    show.add_argument("id")
    show.add_argument("--purpose", required=True)
    status = verb(verbs, "status", "what became of a notice, and how the node fares")
    status.add_argument("notice", nargs="?", default="")
    for one in (draft, imported, listing, asked, sent, holds, approve, inbox, show, status):
        _door(one)


def _words(verbs: Verbs) -> None:
    words = verb(verbs, "words", "list the words given about a draft, and what each is worth")
    words.add_argument("draft")
    withdraw = verb(verbs, "withdraw", "take a consent or another word back, for good")
    withdraw.add_argument("word")
    withdraw.add_argument("--reason", required=True)
    owed = verb(verbs, "owed", "list what left under withdrawn words and is owed a recall")
    owed.add_argument("notice", nargs="?", default="")
    taken = verb(verbs, "decisions", "take the records of decisions out, for an auditor")
    taken.add_argument("--out", type=Path, required=True, help="file to write; FILE.index too")
    taken.add_argument("--since", default="", help="first day, YYYY-MM-DD")
    taken.add_argument("--notice", default="", help="only about this draft or notice")
    for one in (words, withdraw, owed, taken):
        _door(one)
