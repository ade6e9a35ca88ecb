"""What the other states hold of what the demo sent, what the law took away, and the receipts.

It promises what `deploy.demo.story` does: each sentence which claims something is a check.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.demo.teller import Teller
from node.terminal.render import rows, texts

Record = Mapping[str, object]
TAKEN = ("general", "pseudonym", "marker", "omitted")
_SHOWN_ROWS = 8
_ALERTS = 2  # The network and the suspect.
_NAMES = frozenset({"name", "firstName", "middleName", "lastName", "alias"})


@dataclass(frozen=True)
class Sent:
    """What was published: drafts' ids, and matrices after approval."""

    network: str
    suspect: str
    victims: list[str]
    suspect_matrix: Record
    victim_matrix: Record


@dataclass(frozen=True)
class Reception:
    """The second half of the story, as the recipients see it."""

    teller: Teller

    def receive(self, sent: Sent) -> None:
        """Open everything at its recipients, and tell what the law took away."""
        self.teller.say(
            "\n[bold]4. What the other states hold[/bold], and what the law took away"
        )
        for code, account, desk in (("BR", "lima", "police"), ("MX", "ocampo", "police")):
            self.teller.wait(
                lambda code=code, account=account: self.teller.inbox(code, account) >= _ALERTS
            )
            self._open(code, account, "criminal_investigation", desk)
        wanted = len(sent.victims)
        for code, account in (("BR", "nunes"), ("MX", "tzec")):
            self.teller.wait(
                lambda code=code, account=account: self.teller.inbox(code, account) >= wanted
            )
            self._open(code, account, "victim_protection", "protection")
        self._taken("a suspect", sent.suspect_matrix)
        self._taken("a victim", sent.victim_matrix)

    def _open(self, code: str, account: str, purpose: str, desk: str) -> None:
        officer = self.teller.officer(code, account)
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
        self.teller.check(
            f"{code}/{desk} verified and opened {len(opened)} notices: {told}.",
            len(opened) > 0 and all(one["state"] != "unusable" for one in received),
        )
        self.teller.say(f"     they bind it: {', '.join(duties)}")
        if desk == "protection":
            names = [f for s, f in facts if s == "Person" and str(f["property"]) in _NAMES]
            self.teller.check(
                f"No victim's name reached {code}: {len(names)} shown, as pseudonym or marker.",
                all(str(fact["form"]) in {"pseudonym", "marker"} for fact in names),
            )

    def _taken(self, whom: str, matrix: Record) -> None:
        column = rows(matrix, "columns")[0]
        cells = rows(column, "cells")
        kept = [cell for cell in cells if cell["form"] in TAKEN]
        self.teller.say(
            f"     Of {whom}, {column['recipient']} sees {len(cells) - len(kept)} of "
            f"{len(cells)} values exactly" + (":" if kept else ".")
        )
        for cell in kept[:_SHOWN_ROWS]:
            self.teller.say(f"       {cell['field']}: {cell['form']} ({_article(cell)})")
        if len(kept) > _SHOWN_ROWS:
            self.teller.say(f"       and {len(kept) - _SHOWN_ROWS} more")

    def receipts(self, sent: Sent) -> None:
        """Wait for the receipts of everything that was sent."""
        self.teller.say("\n[bold]5. Receipts[/bold]")
        officer, care = (
            self.teller.officer("AR", "quispe"),
            self.teller.officer("AR", "ledesma"),
        )
        every = [(officer, sent.network), (officer, sent.suspect)]
        every += [(care, victim) for victim in sent.victims]

        def states() -> Counter[str]:
            return Counter(
                str(row["state"])
                for who, notice in every
                for row in rows(who.status(notice, "en"), "states")
            )

        self.teller.wait(lambda: set(states()) == {"opened"})
        found = states()
        self.teller.check(
            f"Argentina holds signed receipts of all {found['opened']} deliveries, opened.",
            set(found) == {"opened"},
        )


def _article(cell: Record) -> str:
    """Return the law that kept a field back; our own engine's defaults only for want of one."""
    restricting = [one for one in rows(cell, "citations") if one["effect"] in TAKEN]
    law = [one for one in restricting if not str(one["rule"]).startswith("ENG-")]
    first = (law or restricting or rows(cell, "citations"))[0]
    return f"{first['rule']}, {first['article']}"
