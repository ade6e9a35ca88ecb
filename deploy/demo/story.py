"""The story of the demo: from records in a register to verified notices in two other states.

It promises that each sentence which claims something is a check: what it says was looked up in
the nodes, in the log, or by the auditor's command, and a check that fails is printed as such.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.demo.process import ROOT, command, environment
from deploy.demo.reception import TAKEN, Reception, Sent
from deploy.demo.research import RECORDS, Research, end_of_retention
from deploy.demo.teller import Teller
from node.gateway.caller import ApproveRequest, Caller, SendRequest
from node.terminal.render import rows
from valija.errors import BarredError

Record = Mapping[str, object]
_DEMO = ROOT / "deploy/demo"
_CTDC_ROWS = 4060


@dataclass(frozen=True)
class Story:
    """What is told, in order; the teller keeps the checks."""

    teller: Teller

    def tell(self) -> None:
        """Tell it from the first key to the auditor's last word."""
        self._begin()
        research = Research(self.teller.exchange)
        research.start()
        register = self._register()
        sent = self._publish(register)
        reception = Reception(self.teller)
        reception.receive(sent)
        reception.receipts(sent)
        self._research(research)
        self._audit()

    def _begin(self) -> None:
        names = ", ".join(state.name for state in self.teller.exchange.states)
        self.teller.say(
            f"[bold]1. Three states and a broker[/bold]: {names}. Each holds its own keys."
        )
        self.teller.exchange.start_first_day()
        codes = [state.code for state in self.teller.exchange.states]
        founded = self.teller.exchange.founded
        self.teller.wait(lambda: all(self.teller.log_read(code) >= founded for code in codes))
        self.teller.check(
            f"The log holds {founded} entries of the first day: members, keys, treaties, laws; "
            "every node verified them.",
            {self.teller.log_read(code) for code in codes} == {founded},
        )

    def _register(self) -> list[str]:
        self.teller.say(
            "\n[bold]2. A register becomes drafts[/bold]: an HTCDS workbook, invented people."
        )
        file = self.teller.exchange.home / "register.xlsx"
        script = [sys.executable, str(_DEMO / "register.py"), str(file)]
        subprocess.run(script, check=True, env=environment(self.teller.exchange.home))
        officer = self.teller.officer("AR", "ledesma")
        profile = (_DEMO / "register.toml").read_text().replace("RETENTION", end_of_retention())
        answers = list(officer.import_file(file, profile, "en"))
        last = answers[-1]
        read, ready, attention, refused = (
            int(str(last[key])) for key in ("read", "ready", "attention", "refused")
        )
        self.teller.check(
            f"{read} rows read: {ready} ready, {attention} need a look, {refused} refused; "
            "nothing lost.",
            read == ready + attention + refused and read > 0,
        )
        for note in [note for answer in answers for note in rows(answer, "notes")]:
            if note["refused"]:
                self.teller.say(f"     row {note['row']} refused: {note['sentence']}")
        drafts = [str(draft["id"]) for draft in rows(officer.list_drafts(limit=100), "drafts")]
        self.teller.check(f"{len(drafts)} drafts of victims.", len(drafts) == ready + attention)
        return drafts

    def _publish(self, victims: Sequence[str]) -> Sent:
        self.teller.say("\n[bold]3. The law is asked, before anything leaves[/bold]")
        officer, second = self.teller.officer("AR", "quispe"), self.teller.officer("AR", "sosa")
        network, suspect = (
            str(officer.put_draft(_notice(name))["id"]) for name in ("network", "suspect")
        )
        police = ["BR/police", "MX/police"]
        matrix = officer.preflight(network, police, "", "en")
        self._tell_matrix(matrix)
        answer = officer.send(SendRequest(drafts=[network, suspect], recipients=police))
        self.teller.check(
            "Personal data waits for a second person: both notices are held, nothing left.",
            {str(row["state"]) for row in rows(answer, "states")} == {"held"},
        )
        self.teller.check("The officer cannot approve his own.", _refused(officer, network))
        self.teller.approve_all(second)
        care, chief = self.teller.officer("AR", "ledesma"), self.teller.officer("AR", "rivas")
        desks = ["BR/protection", "MX/protection"]
        care.send(SendRequest(drafts=list(victims), recipients=desks))
        self.teller.approve_all(chief)
        after = officer.preflight(suspect, police, "", "en")
        drawn = care.preflight(victims[0], desks, "", "en")
        self.teller.say(
            f"     Sealed and signed: 1 network, 1 suspect, {len(victims)} victims."
        )
        return Sent(network, suspect, list(victims), after, drawn)

    def _tell_matrix(self, matrix: Record) -> None:
        for column in rows(matrix, "columns"):
            forms = Counter(str(cell["form"]) for cell in rows(column, "cells"))
            told = ", ".join(f"{count} {form}" for form, count in forms.most_common())
            self.teller.say(
                f"     {column['recipient']}: {column['standing']}; fields now: {told}"
            )
        column = rows(matrix, "columns")[0]
        self.teller.check(
            "Every field that is kept back names the article that keeps it.",
            all(
                rows(cell, "citations")
                for cell in rows(column, "cells")
                if cell["form"] in TAKEN
            ),
        )

    def _research(self, research: "Research") -> None:
        self.teller.say(
            "\n[bold]6. Research records[/bold] (CTDC), beside all this in Mexico's node"
        )
        if not RECORDS.exists():
            self.teller.say(
                "     not here: ../shared/data/ctdc is absent, so nothing was imported"
            )
            return
        last = research.result()
        counts = {key: int(str(last[key])) for key in ("read", "ready", "attention", "refused")}
        self.teller.check(
            f"{counts['read']} rows: {counts['ready'] + counts['attention']} drafts, "
            f"{counts['refused']} refused, in {research.seconds:.0f} s.",
            counts["read"] == _CTDC_ROWS == sum(counts.values()) - counts["read"],
        )

    def _audit(self) -> None:
        self.teller.say(
            "\n[bold]7. The auditor[/bold], who can read no notice, checks the whole log"
        )
        port = self.teller.exchange.listens("exchange/b1.toml", "publish")
        online = ("--anchor", "anchor.json", "--identity", "auditor/auditor.pem")
        words = ("verify-log", f"https://127.0.0.1:{port}", *online, "--keep", "kept-log")
        first = self._verified(words)
        self.teller.check(
            f"Over HTTPS: {first['size']} entries, root {str(first['root'])[:16]}…, all hold.",
            first["holds"] is True,
        )
        again = self._verified(("verify-log", "kept-log"))
        self.teller.check(
            "Off line, from the copy it kept: the same root.",
            again["holds"] is True and again["root"] == first["root"],
        )
        self.teller.say(
            f"     look yourself: {self.teller.exchange.home.relative_to(ROOT)}/kept-log"
        )

    def _verified(self, words: Sequence[str]) -> Record:
        told = command(self.teller.exchange.home, "valija", *words, "--json")
        found: Record = json.loads(told.splitlines()[-1])
        return found


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
