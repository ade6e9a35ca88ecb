"""A person who acts in a node, and what a role may do.

It promises that whoever has no role for a verb is refused, and that nobody approves what he
drafted. Who a caller is, is the affair of `node.people.token`; what the law says of a notice
that of `policies`.

Source: docs/architecture.md, The people.
"""

from dataclasses import dataclass
from enum import StrEnum

from valija.errors import BarredError
from valija.ids import Desk


class PersonRole(StrEnum):
    """What somebody is in his state's node."""

    LIAISON = "liaison"
    SUPERVISOR = "supervisor"
    PROSECUTOR = "prosecutor"
    AUDITOR = "auditor"
    SECURITY = "security"


class Verb(StrEnum):
    """What a door can be asked to do."""

    DRAFT = "draft"
    ASK_LAW = "ask_law"
    SEND = "send"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    READ_LISTS = "read_lists"
    OPEN_NOTICE = "open_notice"
    READ_JOURNAL = "read_journal"
    TAKE_DECISIONS = "take_decisions"
    MANAGE_PEOPLE = "manage_people"


_OFFICER = frozenset(
    [Verb.DRAFT, Verb.ASK_LAW, Verb.SEND, Verb.WITHDRAW, Verb.READ_LISTS, Verb.OPEN_NOTICE]
)
_MAY: dict[PersonRole, frozenset[Verb]] = {
    PersonRole.LIAISON: _OFFICER,
    PersonRole.SUPERVISOR: frozenset(
        {Verb.APPROVE, Verb.ASK_LAW, Verb.WITHDRAW, Verb.READ_LISTS, Verb.OPEN_NOTICE}
    ),
    PersonRole.PROSECUTOR: _OFFICER | {Verb.APPROVE},
    PersonRole.AUDITOR: frozenset({Verb.READ_LISTS, Verb.READ_JOURNAL, Verb.TAKE_DECISIONS}),
    PersonRole.SECURITY: frozenset({Verb.MANAGE_PEOPLE}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account.

    Attributes:
        account: What the journal and the drafts call this person: 1 to 32 of a-z, 0-9, `.`
            and `-`.
        role: One role. A human has one account: four eyes are counted by accounts.
        desk: The only desk whose drafts, holds and notices this person reaches.
    """

    account: str
    role: PersonRole
    desk: Desk

    def require(self, verb: Verb) -> None:
        """Let the person do this, or say that the role may not.

        Raises:
            BarredError: The role has no such verb.
        """
        if verb not in _MAY[self.role]:
            raise BarredError(f"a {self.role} may not {verb.replace('_', ' ')} here")

    def require_second(self, drafter: str) -> None:
        """Let the person approve what another drafted.

        Raises:
            BarredError: The role does not approve, or it is the person's own draft.
        """
        self.require(Verb.APPROVE)
        if self.account == drafter:
            raise BarredError("nobody approves what he drafted: a second person must")
