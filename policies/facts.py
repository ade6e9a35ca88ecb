"""What is stated of one notice towards one recipient, before any of it is judged.

It promises nothing about truth: these are the facts as their keepers said them, each in the
words of a closed list. `policies.resolver` turns them into labels on the day of the decision,
and refuses a word that is on no list. Two doors make them: `policies.casefile` from a case
file, and a node's pre-flight from its store. Every field without a default must be stated.

Source: docs/law.md, sections 2 and 9; docs/policy.md, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType


class Essential(Enum):
    """What a notice is worth without a field."""

    NO = "no"
    EXACT = "exact"
    """The notice waits until the field may go exact."""
    PRESENT = "present"
    """The notice waits until the field may go in some form but omitted."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A state and the kind of agency that acts for it."""

    state: str
    agency: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """An instrument between states, as a dated object (docs/law.md, section 2).

    Attributes:
        id: Its name.
        type: untoc, tip, iacmacm, ccc; or treaty, bilateral_mou, fiu_agreement, jit,
            reciprocity, case_by_case.
        parties: States between which it is in force.
        since: First day; None for always.
        until: Last day; None for open.
        covers: Purposes or channels it covers; `*` for all.
        agencies: Agencies that may exchange under it; `*` for all.
        categories: Kinds of datum it covers; `*` for all.
        formal: False: what comes under it is intelligence only.
        special_techniques: It covers special investigative techniques.
        duties: What it imposes on everything sent under it.
        retention_days: Its limit; None for none.
    """

    id: str
    type: str
    parties: frozenset[str]
    since: date | None = None
    until: date | None = None
    covers: frozenset[str] = frozenset({"*"})
    agencies: frozenset[str] = frozenset({"*"})
    categories: frozenset[str] = frozenset({"*"})
    formal: bool = True
    special_techniques: bool = False
    duties: frozenset[str] = frozenset()
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of secrecy.

    Attributes:
        type: One of the list Secrecy.
        until: Its last day; None for open.
    """

    type: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to.

    Attributes:
        status: given, refused, withdrawn, not_sought, unknown.
        scope: Purposes.
        recipients: States.
        until: Last day; None for open.
        by: self, guardian, both.
        guardian_conflict: The guardian's interest is against the child's.
    """

    status: str
    scope: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    until: date | None = None
    by: str = "self"
    guardian_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One subject of the notice.

    Attributes:
        id: A handle that fields name; it decides nothing.
        roles: Words of the list Role.
        minor: yes, no, unknown.
        consent: As stated.
        asylum: yes, no, unknown: whether a claim exists.
        feared_state: The state this person fears; `none`, or `unknown`.
        protected_witness: yes, no, unknown.
        publication_ban: yes, no, unknown.
        offended_through_trafficking: Offences of this person follow from being trafficked.
    """

    id: str
    roles: frozenset[str]
    minor: str
    consent: Consent
    asylum: str
    feared_state: str
    protected_witness: str
    publication_ban: str
    offended_through_trafficking: bool = False


@dataclass(frozen=True, slots=True)
class Datum:
    """One field of the notice.

    Attributes:
        name: The row of the matrix, `P1.birthDate[0]`; never leaves the node.
        kind: A word of the list Kind (`policies.kinds.kind_of`).
        subjects: Handles of the persons it is about; none: about no person.
        sources: Words of the list Source.
        regimes: us_1367, vawa_grantee, synthetic, unknown; `jit:AR-BR` for joint-team material.
        essential: What the notice is worth without it.
        duties: What travelled with it; the argument of `use_only` stands behind a colon.
        smallest_count: Of statistics: the smallest count in it; None if not stated.
        geography: Of statistics: country, admin1, municipality; empty if not stated.
        provenance: Kinds it has besides, for where it comes from (`policies.kinds.PROVENANCE`):
            they can narrow what may be shown, never widen it.
    """

    name: str
    kind: str
    subjects: tuple[str, ...]
    sources: frozenset[str]
    regimes: frozenset[str] = frozenset()
    essential: Essential = Essential.NO
    duties: frozenset[str] = frozenset()
    smallest_count: int | None = None
    geography: str = ""
    provenance: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it has."""
        return self.provenance | {self.kind}


@dataclass(frozen=True, slots=True)
class Reference:
    """Evidence that a condition is met, and how far it reaches (docs/policy.md, section 3).

    Attributes:
        name: A word of the list Evidence; `consent_evidence` comes from `Consent` instead.
        rules: Rule ids it answers; none named: every rule that asks for it.
        subjects: Handles it speaks of; none named: all.
        recipients: States or `CL/prosecutor`; none named: all.
        purposes: Purposes it is good for; none named: all.
        since: First day; None for always.
        until: Last day; None for open.
        duties: Digest of the duties accepted, for `recipient_accepts_caveats`; empty: a
            standing undertaking.
    """

    name: str
    rules: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    duties: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """What the sender's node thinks of the recipient's desk, as signed by a prosecutor."""

    torture: str
    persecution: str
    compromised: str


@dataclass(frozen=True, slots=True)
class Offence:
    """What the prosecutor says of the case.

    Attributes:
        charges: National articles, `CP149A`; None: nobody said.
        max_penalty: For this charge at the recipient: imprisonment, life, death, unknown;
            empty: as the registry has it.
    """

    charges: frozenset[str] | None
    dual_criminality: str
    coercive: str
    political: str
    military: str
    ad_hoc_tribunal: str
    max_penalty: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One notice, or one act on a received one, towards one desk.

    Attributes:
        day: The decision date.
        action: release, match, onward; or an act of the receiving state.
        notice_type: A word of the list NoticeType.
        channel: A word of the list Channel.
        purpose: A word of the list Purpose.
        sender: Who releases now.
        recipient: Who would receive it, or whose desk would act.
        origin_state: Who supplied it first.
        agreements: Instruments on file; what is in force and covers is computed.
        offence, secrecy, danger, risk: As stated. `secrecy` lists orders that exist.
        caveats_proposed: Conditions are offered before the content.
        references: Evidence on file.
        refusal: The reason that the asked state gives for refusing.
        persons, data: Subjects and fields.
        retention_limits: Days by source.
        missing: Labels that nobody stated; any of them refuses the notice.
    """

    day: date
    action: str
    notice_type: str
    channel: str
    purpose: str
    sender: Desk
    recipient: Desk
    origin_state: str
    agreements: tuple[Agreement, ...]
    offence: Offence
    secrecy: tuple[Order, ...]
    danger: str
    risk: Risk
    persons: tuple[Person, ...]
    data: tuple[Datum, ...]
    references: tuple[Reference, ...] = ()
    caveats_proposed: str = "no"
    own_inquiry_at_risk: str = "unknown"
    confidential_request: str = "unknown"
    complete: str = "unknown"
    refusal: str = "none"
    retention_limits: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    missing: tuple[str, ...] = ()
