"""A draft out of the store, with every word about it weighed.

It promises that only words that verify and count now are told to the law, and that a consent
which the draft states is worth nothing once it was withdrawn, for good, or once the words that
an order signed for it do not hold; a word that does not verify is an alarm.

Source: docs/policy.md, section 3; docs/coordination.md (consent withdrawn).
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import structlog

from node.notice import native
from node.people.person import Person
from node.preflight.question import Consented
from node.preflight.ruling import Draft
from node.release.attested import Bench, Worth, weigh
from node.release.filed import CONSENT, Filed
from node.store import drafts, evidence, journal, releases, withdrawals
from node.store.database import Transaction
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import AbsentError
from valija.ids import NoticeId, digest

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
    """

    line: drafts.DraftLine
    draft: Draft
    content: str
    evidence: tuple[Filed, ...]
    consent: Consented = Consented.STATED


def bench_of(
    tx: Transaction, line: drafts.DraftLine, directory: Directory, now: Minute
) -> Bench:
    """Return what the words about a draft are judged against, as the store stands."""
    gone = withdrawals.of_notice(tx, line.notice)
    made = journal.count(tx, WITHDREW, line.notice.hex())
    return Bench(
        desk=line.desk,
        directory=directory,
        now=now,
        content=digest(drafts.content(tx, line.notice)).hex(),
        withdrawn=gone,
        torn=made > len(gone),
    )


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
    line = own_line(tx, person, notice)
    bench = bench_of(tx, line, directory, now)
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
        draft=Draft.of(native.parse(drafts.content(tx, notice))),
        content=bench.content,
        evidence=filed,
        consent=_consented(tx, bench, others, filed, notice),
    )


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
