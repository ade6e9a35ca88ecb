"""The question put to the law: one draft towards one desk, on one day.

It promises that what nobody said is `unknown`; that every field of the draft is asked about,
each with all its kinds, subjects and sources; and that a danger to life, which opens what is
otherwise shut, counts only once a second account has approved the text that declares it. It
answers nothing; `policies` does.

Source: docs/content.md, "What the law must be told"; docs/policy.md, section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from node.notice.notice import Notice
from node.notice.people import law_type
from node.notice.told import CaseTold
from node.preflight.agency import law_desk
from node.preflight.draft import Consented, Draft
from policies.facts import Agreement, Case, Offence, Order, Reference, Risk
from policies.grounds import within
from valija.clock import Day, Minute, date_of, day_of
from valija.ids import Desk, Office

_REMEMBERED = 64  # Cases whose prosecutor was heard: every recipient of a draft is asked about.
SECOND_PERSON = "approval:second_person"
"""The law's word for four eyes."""
UNKNOWN_RISK = Risk("unknown", "unknown", "unknown")
_UNKNOWN_ORDER = (Order("unknown"),)


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a draft when the law is asked.

    Attributes:
        sender: Our desk that would sign.
        minute: The instant of the decision.
        purpose: A word of the law's list; empty: the draft's own.
        agreements: By recipient desk: instruments in force between it and the sender.
        risks: By recipient desk, as a prosecutor signed them; none: unknown.
        references: Evidence on file for this draft.
        consent: What a consent is worth that the draft states.
    """

    sender: Desk
    minute: Minute
    purpose: str
    agreements: Mapping[Desk, tuple[Agreement, ...]]
    risks: Mapping[Desk, Risk]
    references: tuple[Reference, ...] = ()
    consent: Consented = Consented.STATED


def question(draft: Draft, setting: Setting, recipient: Desk) -> Case:
    """Return the case for one recipient; all of a draft share its persons and data.

    Args:
        draft: The notice, with all of its fields.
        setting: What stands around it.
        recipient: The desk that would receive it.
    """
    notice = draft.notice
    told = notice.told.case
    channel = _channel(notice.told.channel, setting.sender, recipient)
    purpose = setting.purpose or notice.handling.purpose
    return Case(
        day=date_of(day_of(setting.minute)),
        action="release",
        notice_type=law_type(notice, from_fiu=channel == "fiu"),
        channel=channel,
        purpose=purpose,
        sender=law_desk(setting.sender),
        recipient=law_desk(recipient),
        origin_state=setting.sender.member,
        agreements=setting.agreements.get(recipient, ()),
        offence=_offence(told),
        secrecy=_UNKNOWN_ORDER if told.secrecy is None else _orders(told.secrecy),
        danger=_danger(notice, setting, purpose),
        risk=setting.risks.get(recipient, UNKNOWN_RISK),
        persons=draft.persons[setting.consent],
        data=draft.data,
        references=setting.references,
        caveats_proposed="yes" if notice.handling.asks_acceptance else "no",
        own_inquiry_at_risk=told.own_inquiry_at_risk,
        confidential_request="no",
        complete="yes",
        retention_limits=_limits(notice, day_of(setting.minute)),
    )


def _danger(notice: Notice, setting: Setting, purpose: str) -> str:
    """Return whether a danger is declared; whom the draft names as second proves nothing."""
    danger = notice.told.danger
    if danger is None or not danger.holds(setting.minute):
        return "no"
    today = date_of(day_of(setting.minute))
    confirmed = any(
        one.name == SECOND_PERSON
        and (not one.purposes or purpose in one.purposes)
        and within(today, one.since, one.until)
        for one in setting.references
    )
    return "yes" if confirmed else "no"


def _channel(declared: str, sender: Desk, recipient: Desk) -> str:
    offices = {sender.office, recipient.office}
    if offices == {Office.FINANCIAL}:
        return "fiu"
    return "mla" if offices == {Office.CENTRAL} else declared


@lru_cache(maxsize=_REMEMBERED)
def _offence(told: CaseTold) -> Offence:
    return Offence(
        charges=None if told.charges is None else frozenset(told.charges),
        dual_criminality=told.dual_criminality,
        coercive=told.coercive,
        political=told.political,
        military=told.military,
        ad_hoc_tribunal=told.ad_hoc_tribunal,
    )


def _orders(orders: tuple[tuple[str, str], ...]) -> tuple[Order, ...]:
    return tuple(Order(kind, date.fromisoformat(end) if end else None) for kind, end in orders)


def _limits(notice: Notice, today: Day) -> dict[str, int]:
    end = date.fromisoformat(notice.handling.retention_until)
    return {"handling": max((end - date_of(today)).days, 0)}
