"""Words on file that count, and how far each reaches towards one desk.

It promises that a word reaches only the desks it was given for, that an acceptance of duties
counts for those very duties, and that what relied on a word can be named. Whether a word is
what somebody gave was verified before (`node.release.attested`).

Source: docs/policy.md, section 3 ("How far a reference reaches").
"""

from dataclasses import dataclass, replace

from node.preflight.evidence import Scope, reference
from node.preflight.ruling import Ruling
from node.release.attested import CONSENT, VerifiedEvidence
from policies.facts import Reference
from policies.grounds import consent_label, within
from policies.record import duties_digest
from valija.ids import Desk

ACCEPTANCE = "recipient_accepts_caveats"


@dataclass(frozen=True, slots=True)
class Filed:
    """One word that counts, with how far it reaches.

    Attributes:
        token: The law's word for it.
        scope: Its reach.
        id: By which it is named.
        by: Account of the person who gave it.
    """

    token: str
    scope: Scope
    id: bytes
    by: str = ""

    @classmethod
    def of(cls, found: VerifiedEvidence) -> "Filed":
        """Return a word that was verified, as the law is told of it."""
        return cls(found.row.token, found.scope, found.row.id, found.row.by)

    def reference(self) -> Reference:
        """Return what the law is told of it; the duties accepted are compared here."""
        return reference(self.token, replace(self.scope, duties=""))

    def reaches(self, recipient: Desk) -> bool:
        """Tell whether it was given for exactly this desk, or for no desk in particular."""
        return not self.scope.desks or str(recipient) in self.scope.desks

    def stands(self, ruling: Ruling) -> bool:
        """Tell whether it accepts the very duties that this ruling imposes, if it is that."""
        duties = self.scope.duties
        if self.token != ACCEPTANCE or not duties:
            return True
        return duties == duties_digest(ruling.decision.duties)

    def carries(self, ruling: Ruling) -> bool:
        """Tell whether a ruling may rest on it: it was good for its purpose, on its day.

        A consent carries where the law counts it as given, whichever field it opened.
        """
        case = ruling.case
        if self.token == CONSENT:
            return any(
                consent_label(one.consent, case, one.minor) == "given" for one in case.persons
            )
        told = self.reference()
        return within(case.day, told.since, told.until) and (
            not told.purposes or case.purpose in told.purposes
        )
