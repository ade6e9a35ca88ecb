"""A draft out of the store, with every word about it weighed.

It promises that only words that verify and count now are told to the law, and that a consent
which the draft states is worth nothing once it was withdrawn, for good, or once the words that
an order signed for it do not hold; a word that does not verify is an alarm.

Source: docs/policy.md, section 3; docs/coordination.md (consent withdrawn).
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

import structlog

from node.notice import native
from node.people.person import Person
from node.preflight.draft import Consented, Draft
from node.release.attested import CONSENT, Bench, Worth, weigh
from node.release.filed import Filed
from node.store import drafts, evidence, journal, origins, releases, risks, withdrawals
from node.store.database import Transaction
from policies.facts import Risk
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId, digest

WITHDREW = "withdrew"
"""The journal's word for a withdrawal; there is one line of it for each."""
_FALSE = (Worth.UNSIGNED, Worth.ALTERED)
_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A draft out of the store, with everything that the law must know around it.

    Attributes:
        line: What a list shows of it.
        draft: Its notice, fields and frames.
        content: Digest of its text, in hexadecimal: an approval counts for this text only.
        evidence: What is on file that counts for this text.
        consent: What a consent that the draft states is worth.
        risks: Of each desk, what a prosecutor stated that stands.
    """

    line: drafts.DraftLine
    draft: Draft
    content: str
    evidence: tuple[Filed, ...]
    consent: Consented = Consented.STATED
    risks: Mapping[Desk, Risk] = field(default_factory=dict)

    def ordered_by(self, account: str) -> "Loaded":
        """Return the same without what became this account's own word by ordering it."""
        others = (one for one in self.evidence if one.token == CONSENT or one.by != account)
        return replace(self, evidence=tuple(others))


def bench_of(
    tx: Transaction, line: drafts.DraftLine, directory: Directory, now: Minute
) -> Bench:
    """Return what the words about a draft are judged against, as the store stands."""
    return _bench(tx, (line, drafts.content(tx, line.notice)), directory, now)


def _bench(
    tx: Transaction, draft: tuple[drafts.DraftLine, bytes], directory: Directory, now: Minute
) -> Bench:
    line, text = draft
    gone = withdrawals.of_notice(tx, line.notice)
    made = journal.count(tx, WITHDREW, line.notice.hex())
    return Bench(
        desk=line.desk,
        directory=directory,
        now=now,
        content=digest(text).hex(),
        withdrawn=gone,
        torn=made > len(gone),
        hands=hands_on(tx, line),
    )


def hands_on(tx: Transaction, line: drafts.DraftLine) -> frozenset[str]:
    """Return every account that wrote of a draft, or ordered it to go."""
    ordered = {wish.account for wish in releases.find(tx, line.notice)}
    return origins.hands(tx, line.notice) | ordered | {line.author}


def own_line(tx: Transaction, person: Person, notice: NoticeId) -> drafts.DraftLine:
    """Return the line of a draft of the person's desk.

    Raises:
        AbsentError: There is none, or it is another desk's: the two are not told apart.
    """
    line = drafts.line(tx, notice)
    if line.desk != person.desk:
        raise AbsentError("no such draft")
    return line


def load(
    tx: Transaction, person: Person, notice: NoticeId, directory: Directory, now: Minute
) -> Loaded:
    """Return one of the person's desk's drafts with the words about it that count.

    Raises:
        AbsentError: There is none, or it is another desk's: the two are not told apart.
    """
    line, text = drafts.own(tx, person.desk, notice)
    bench = _bench(tx, (line, text), directory, now)
    rows = evidence.of_notice(tx, notice)
    weighed = [weigh(row, bench) for row in rows]
    for row, (worth, _) in zip(rows, weighed, strict=True):
        if worth in _FALSE:
            _LOG.error("word_not_verified", notice=notice, state=worth, kind=row.token)
    found = [(worth, one) for worth, one in weighed if one is not None]
    filed = tuple(Filed.of(one) for worth, one in found if worth is Worth.COUNTS)
    others = {one.row.id for _, one in found if one.row.token != CONSENT}
    return Loaded(
        line=line,
        draft=Draft.of(native.parse(text)),
        content=bench.content,
        evidence=filed,
        consent=_consented(tx, bench, others, filed, notice),
        risks={row.desk: _risk(row) for row in risks.standing(tx, now)},
    )


def _risk(row: risks.RiskRow) -> Risk:
    return Risk(row.torture, row.persecution, row.compromised)


def _consented(
    tx: Transaction,
    bench: Bench,
    others: AbstractSet[bytes],
    filed: Iterable[Filed],
    notice: NoticeId,
) -> Consented:
    """Return what a stated consent is worth: until it is ordered it stands as the draft says.

    A withdrawal of which it cannot be proven that it took back something else counts as one of
    a consent.
    """
    if bench.torn or bench.withdrawn.keys() - others:
        return Consented.WITHDRAWN
    if any(one.token == CONSENT for one in filed):
        return Consented.STATED
    ordered = any(wish.content == bench.content for wish in releases.find(tx, notice))
    return Consented.UNPROVEN if ordered else Consented.STATED
