"""What the law must be told: facts that decide and are never sent.

It promises that what nobody said is `unknown` (danger: no), so that pre-flight can list every
unknown fact first, each with who can state it. These facts stay in the node; nothing here
enters a commitment. What they lead to is `policies.resolver`.

Source: docs/content.md, "What the law must be told"; docs/law.md, section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

UNKNOWN = "unknown"
FLAGS = ("yes", "no", UNKNOWN)
PROVENANCE = (
    "asylum",
    "fiu_report",
    "str_existence",
    "intercept",
    "grand_jury",
    "interview_video",
    "csam_image",
    "csam_hash",
    "undercover_identity",
)
"""Special provenance; each is also the kind of datum that the law then sees."""
REGIMES = ("us_1367", "vawa_grantee", "synthetic", UNKNOWN)
"""Regimes of an item; beside them `jit:AR-BR`, material of a joint team of these states."""
DANGER_HOURS = 72
"""A declared danger to life lasts at most so long."""


@dataclass(frozen=True, slots=True)
class ItemTold:
    """Where one item comes from.

    Attributes:
        source: A word of the law's list Source; empty: as the notice's.
        regime: Words of `REGIMES`, or `jit:AR-BR`; they add to the notice's.
        provenance: Words of `PROVENANCE`; they add a label and never remove one.
    """

    source: str = ""
    regime: tuple[str, ...] = ()
    provenance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonTold:
    """What protects one person; every flag is yes, no or unknown.

    Attributes:
        asylum: A claim exists.
        feared_state: The state the person fears, `none`, or `unknown`.
        protected_witness: A programme protects the person.
        publication_ban: A court bans publication.
    """

    asylum: str = UNKNOWN
    feared_state: str = UNKNOWN
    protected_witness: str = UNKNOWN
    publication_ban: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class CaseTold:
    """What the prosecutor says, once a case; flags are yes, no or unknown.

    Attributes:
        secrecy: Orders as (type, last day or empty); None: nobody said.
        charges: National articles; None: nobody said.
        dual_criminality, coercive, political, military, ad_hoc_tribunal: Flags.
        own_inquiry_at_risk: Flag.
    """

    secrecy: tuple[tuple[str, str], ...] | None = None
    charges: tuple[str, ...] | None = None
    dual_criminality: str = UNKNOWN
    coercive: str = UNKNOWN
    political: str = UNKNOWN
    military: str = UNKNOWN
    ad_hoc_tribunal: str = UNKNOWN
    own_inquiry_at_risk: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Danger:
    """A danger to life, declared by an officer and a second person.

    Attributes:
        reason: In words; stays in the node.
        since: Minute since 1970 UTC at which it was declared.
        until: Minute since 1970 UTC at which it ends, at most 72 hours later.
        officer: Who declared it.
        second: Who confirmed it; another person.
    """

    reason: str = field(repr=False)
    since: int
    until: int
    officer: str
    second: str

    def holds(self, minute: int) -> bool:
        """Tell whether it is declared well and has not ended at a minute since 1970 UTC."""
        well = (
            bool(self.reason and self.officer and self.second) and self.officer != self.second
        )
        return well and self.since <= minute < self.until <= self.since + DANGER_HOURS * 60


@dataclass(frozen=True, slots=True)
class Told:
    """Everything the law must be told about one notice.

    Attributes:
        source: A word of the law's list Source, for every item that has none of its own.
        regime: Words of `REGIMES`, or `jit:AR-BR`, for every item.
        channel: A word of the law's list Channel.
        items: By handle.
        persons: By handle.
        case: The prosecutor's.
        danger: Declared, or None.
        essential: `handle/property` of what an officer called essential.
    """

    source: str = UNKNOWN
    regime: tuple[str, ...] = ()
    channel: str = UNKNOWN
    items: Mapping[str, ItemTold] = field(default_factory=lambda: MappingProxyType({}))
    persons: Mapping[str, PersonTold] = field(default_factory=lambda: MappingProxyType({}))
    case: CaseTold = field(default_factory=CaseTold)
    danger: Danger | None = None
    essential: frozenset[str] = frozenset()

    def source_of(self, handle: str) -> str:
        """Return where an item comes from; `unknown` if nobody said."""
        item = self.items.get(handle)
        return (item.source if item else "") or self.source

    def regime_of(self, handle: str) -> frozenset[str]:
        """Return the regimes an item lies under."""
        item = self.items.get(handle)
        return frozenset((*self.regime, *(item.regime if item else ())))

    def provenance_of(self, handle: str) -> frozenset[str]:
        """Return the special provenance of an item."""
        item = self.items.get(handle)
        return frozenset(item.provenance if item else ())

    def person(self, handle: str) -> PersonTold:
        """Return what protects a person; all unknown if nobody said."""
        return self.persons.get(handle, PersonTold())
