"""The story of the demo: from records in a register to verified notices in two other states.

It promises that each sentence which claims something is a check: what it says was looked up in
the nodes, in the log, or by the auditor's command, and a check that fails is printed as such.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from deploy.demo.exchange import Exchange
from deploy.demo.process import ROOT, command, environment
from deploy.demo.research import RECORDS, Research, end_of_retention
from node.gateway.caller import ApproveRequest, Caller, SendRequest
from node.terminal.render import rows, texts
from valija.errors import BarredError

Record = Mapping[str, object]
_DEMO = ROOT / "deploy/demo"
_CTDC_ROWS = 4060
_PATIENCE = 60.0
_STEP = 0.1
_TAKEN = ("general", "pseudonym", "marker", "omitted")
_SHOWN_ROWS = 8
_ALERTS = 2  # The network and the suspect.
_FIRST_DAY = 20


@dataclass
class Story:
    """One telling.

    Attributes:
        exchange: A founded exchange, not started.
        console: Where it is told.
        checks: What was claimed, and whether it held.
    """

    exchange: Exchange
    console: Console
    checks: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Return how many checks did not hold."""
        return sum(not held for _, held in self.checks)

    def tell(self) -> None:
        """Tell it from the first key to the auditor's last word."""
        self._begin()
        research = Research(self.exchange)
        research.start()
        register = self._register()
        sent = self._publish(register)
        self._receive(sent)
        self._receipts(sent)
        self._research(research)
        self._audit()

    def _begin(self) -> None:
        names = ", ".join(state.name for state in self.exchange.states)
        self._say(
            f"[bold]1. Three states and a broker[/bold]: {names}. Each holds its own keys."
        )
        self.exchange.append_genesis()
        self.exchange.start_broker()
        self.exchange.start_nodes()
        codes = [state.code for state in self.exchange.states]
        self._wait(lambda: all(self._log_size(code) >= _FIRST_DAY for code in codes))
        self._check(
            f"The log holds {self._log_size('AR')} entries of the first day: members, keys, "
            "treaties, laws; every node verified them.",
            len({self._log_size(code) for code in codes}) == 1,
        )

    def _register(self) -> list[str]:
        self._say(
            "\n[bold]2. A register becomes drafts[/bold]: an HTCDS workbook, invented people."
        )
        file = self.exchange.home / "register.xlsx"
        script = [sys.executable, str(_DEMO / "register.py"), str(file)]
        subprocess.run(script, check=True, env=environment(self.exchange.home))
        officer = self._officer("AR", "ledesma")
        profile = (_DEMO / "register.toml").read_text().replace("RETENTION", end_of_retention())
        answers = list(officer.import_file(file, profile, "en"))
        last = answers[-1]
        read, ready, attention, refused = (
            int(str(last[key])) for key in ("read", "ready", "attention", "refused")
        )
        self._check(
            f"{read} rows read: {ready} ready, {attention} need a look, {refused} refused; "
            "nothing lost.",
            read == ready + attention + refused and read > 0,
        )
        for note in [note for answer in answers for note in rows(answer, "notes")]:
            if note["refused"]:
                self._say(f"     row {note['row']} refused: {note['sentence']}")
        drafts = [str(draft["id"]) for draft in rows(officer.list_drafts(limit=100), "drafts")]
        self._check(f"{len(drafts)} drafts of victims.", len(drafts) == ready + attention)
        return drafts

    def _publish(self, victims: Sequence[str]) -> "_Sent":
        self._say("\n[bold]3. The law is asked, before anything leaves[/bold]")
        officer, second = self._officer("AR", "quispe"), self._officer("AR", "sosa")
        network, suspect = (
            str(officer.put_draft(_notice(name))["id"]) for name in ("network", "suspect")
        )
        police = ["BR/police", "MX/police"]
        matrix = officer.preflight(network, police, "", "en")
        self._tell_matrix(matrix)
        answer = officer.send(SendRequest(drafts=[network, suspect], recipients=police))
        self._check(
            "Personal data waits for a second person: both notices are held, nothing left.",
            {str(row["state"]) for row in rows(answer, "states")} == {"held"},
        )
        self._check("The officer cannot approve his own.", _refused(officer, network))
        self._approve_all(second)
        care, chief = self._officer("AR", "ledesma"), self._officer("AR", "rivas")
        desks = ["BR/protection", "MX/protection"]
        care.send(SendRequest(drafts=list(victims), recipients=desks))
        self._approve_all(chief)
        after = officer.preflight(suspect, police, "", "en")
        drawn = care.preflight(victims[0], desks, "", "en")
        self._say(f"     Sealed and signed: 1 network, 1 suspect, {len(victims)} victims.")
        return _Sent(network, suspect, list(victims), after, drawn)

    def _tell_matrix(self, matrix: Record) -> None:
        for column in rows(matrix, "columns"):
            forms = Counter(str(cell["form"]) for cell in rows(column, "cells"))
            told = ", ".join(f"{count} {form}" for form, count in forms.most_common())
            self._say(f"     {column['recipient']}: {column['standing']}; fields now: {told}")
        column = rows(matrix, "columns")[0]
        self._check(
            "Every field that is kept back names the article that keeps it.",
            all(
                rows(cell, "citations")
                for cell in rows(column, "cells")
                if cell["form"] in _TAKEN
            ),
        )

    def _receive(self, sent: "_Sent") -> None:
        self._say("\n[bold]4. What the other states hold[/bold], and what the law took away")
        for code, account, desk in (("BR", "lima", "police"), ("MX", "ocampo", "police")):
            self._wait(lambda code=code, account=account: self._inbox(code, account) >= _ALERTS)
            self._open(code, account, "criminal_investigation", desk)
        wanted = len(sent.victims)
        for code, account in (("BR", "nunes"), ("MX", "tzec")):
            self._wait(lambda code=code, account=account: self._inbox(code, account) >= wanted)
            self._open(code, account, "victim_protection", "protection")
        self._taken("a suspect", sent.suspect_matrix)
        self._taken("a victim", sent.victim_matrix)

    def _open(self, code: str, account: str, purpose: str, desk: str) -> None:
        officer = self._officer(code, account)
        received = rows(officer.list_inbox(0, 100, "en"), "notices")
        opened = [officer.show(str(one["id"]), purpose, "en") for one in received]
        facts = [
            (item["schema"], fact)
            for notice in opened
            for item in rows(notice, "items")
            for fact in rows(item, "facts")
        ]
        forms = Counter(str(fact["form"]) for _, fact in facts)
        told = ", ".join(f"{count} {form}" for form, count in forms.most_common())
        duties = sorted({duty for notice in opened for duty in texts(notice, "duties")})
        self._check(
            f"{code}/{desk} verified and opened {len(opened)} notices: {told}.",
            len(opened) > 0 and all(one["state"] != "unusable" for one in received),
        )
        self._say(f"     they bind it: {', '.join(duties)}")
        if desk == "protection":
            names = [f for s, f in facts if s == "Person" and str(f["property"]) in _NAMES]
            self._check(
                f"No victim's name reached {code}: {len(names)} shown, as pseudonym or marker.",
                all(str(fact["form"]) in {"pseudonym", "marker"} for fact in names),
            )

    def _taken(self, whom: str, matrix: Record) -> None:
        column = rows(matrix, "columns")[0]
        cells = rows(column, "cells")
        kept = [cell for cell in cells if cell["form"] in _TAKEN]
        self._say(
            f"     Of {whom}, {column['recipient']} sees {len(cells) - len(kept)} of "
            f"{len(cells)} values exactly" + (":" if kept else ".")
        )
        for cell in kept[:_SHOWN_ROWS]:
            self._say(f"       {cell['field']}: {cell['form']} ({_article(cell)})")
        if len(kept) > _SHOWN_ROWS:
            self._say(f"       and {len(kept) - _SHOWN_ROWS} more")

    def _receipts(self, sent: "_Sent") -> None:
        self._say("\n[bold]5. Receipts[/bold]")
        officer, care = self._officer("AR", "quispe"), self._officer("AR", "ledesma")
        every = [(officer, sent.network), (officer, sent.suspect)]
        every += [(care, victim) for victim in sent.victims]

        def states() -> Counter[str]:
            return Counter(
                str(row["state"])
                for who, notice in every
                for row in rows(who.status(notice, "en"), "states")
            )

        self._wait(lambda: set(states()) == {"opened"})
        found = states()
        self._check(
            f"Argentina holds signed receipts of all {found['opened']} deliveries, opened.",
            set(found) == {"opened"},
        )

    def _research(self, research: "Research") -> None:
        self._say("\n[bold]6. Research records[/bold] (CTDC), beside all this in Mexico's node")
        if not RECORDS.exists():
            self._say("     not here: ../shared/data/ctdc is absent, so nothing was imported")
            return
        last = research.result()
        counts = {key: int(str(last[key])) for key in ("read", "ready", "attention", "refused")}
        self._check(
            f"{counts['read']} rows: {counts['ready'] + counts['attention']} drafts, "
            f"{counts['refused']} refused, in {research.seconds:.0f} s.",
            counts["read"] == _CTDC_ROWS == sum(counts.values()) - counts["read"],
        )

    def _audit(self) -> None:
        self._say("\n[bold]7. The auditor[/bold], who can read no notice, checks the whole log")
        port = self.exchange.listens("exchange/b1.toml", "publish")
        online = ("--anchor", "anchor.json", "--identity", "auditor/auditor.pem")
        words = ("verify-log", f"https://127.0.0.1:{port}", *online, "--keep", "kept-log")
        first = self._verified(words)
        self._check(
            f"Over HTTPS: {first['size']} entries, root {str(first['root'])[:16]}…, all hold.",
            first["holds"] is True,
        )
        again = self._verified(("verify-log", "kept-log"))
        self._check(
            "Off line, from the copy it kept: the same root.",
            again["holds"] is True and again["root"] == first["root"],
        )
        self._say(f"     look yourself: {self.exchange.home.relative_to(ROOT)}/kept-log")

    def _verified(self, words: Sequence[str]) -> Record:
        told = command(self.exchange.home, "valija", *words, "--json")
        found: Record = json.loads(told.splitlines()[-1])
        return found

    def _approve_all(self, second: Caller) -> None:
        """Approve until nothing waits: one word answers every recipient of a draft."""
        while waiting := rows(second.list_holds("en"), "holds"):
            hold = waiting[0]
            second.approve(
                ApproveRequest(
                    hold=str(hold["id"]),
                    condition=str(hold["condition"]),
                    yes=True,
                    reason="checked against the case file",
                )
            )

    def _officer(self, code: str, account: str) -> Caller:
        return self.exchange.officer(code, account)

    def _log_size(self, code: str) -> int:
        account = next(s.people[0][0] for s in self.exchange.states if s.code == code)
        return int(str(self._officer(code, account).status("", "en")["log_size"]))

    def _inbox(self, code: str, account: str) -> int:
        received = rows(self._officer(code, account).list_inbox(0, 100, "en"), "notices")
        return sum(str(one["type"]) != "" for one in received)

    def _wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; what comes after says whether it does."""
        until = time.monotonic() + _PATIENCE
        while not holds() and time.monotonic() < until:
            time.sleep(_STEP)

    def _check(self, sentence: str, held: bool) -> None:  # Reads as it is.
        self.checks.append((sentence, held))
        mark = "[green]ok[/green]  " if held else "[red]FAIL[/red]"
        self._say(f"  {mark} {sentence}")

    def _say(self, line: str) -> None:
        self.console.print(line, soft_wrap=True)


_NAMES = frozenset({"name", "firstName", "middleName", "lastName", "alias"})


@dataclass(frozen=True)
class _Sent:
    """What was published: drafts' ids, and matrices after approval."""

    network: str
    suspect: str
    victims: list[str]
    suspect_matrix: Record
    victim_matrix: Record


def _notice(name: str) -> bytes:
    """Return a notice of this folder, with an end that is still ahead."""
    notice = json.loads(Path(_DEMO / f"{name}.json").read_text())
    notice["date"] = datetime.now(UTC).date().isoformat()  # noqa: TID251  # The demo's day.
    notice["handling"]["retention_until"] = end_of_retention()
    return json.dumps(notice).encode()


def _refused(officer: Caller, draft: str) -> bool:
    """Try to approve one's own order; tell whether the node refused."""
    hold = next(one for one in rows(officer.list_holds("en"), "holds") if one["draft"] == draft)
    request = ApproveRequest(
        hold=str(hold["id"]), condition=str(hold["condition"]), yes=True, reason="mine"
    )
    try:
        officer.approve(request)
    except BarredError:
        return True
    return False


def _article(cell: Record) -> str:
    """Return the law that kept a field back; our own engine's defaults only for want of one."""
    restricting = [one for one in rows(cell, "citations") if one["effect"] in _TAKEN]
    law = [one for one in restricting if not str(one["rule"]).startswith("ENG-")]
    first = (law or restricting or rows(cell, "citations"))[0]
    return f"{first['rule']}, {first['article']}"
