"""An invented victim who consents that Brazil's police learn who she is."""

from typing import Any

from tests.node.offices import BR, CHIEF, DRAFTER, SEEN, Bureau
from valija.ids import NoticeId

PURPOSE = "criminal_investigation"
_WHO, _SECTION, _PLACE = "n4v4n6qi", "d2ovezz7", "m527vwpd"


def victim(**consent: object) -> dict[str, Any]:
    """Return a victim's draft; its consent is given to Brazil unless it is said otherwise."""
    given = {
        "status": {"code": "given", "scheme": "valija"},
        "scope": [PURPOSE],
        "recipients": ["BR"],
        "by": {"code": "self", "scheme": "valija"},
        **consent,
    }
    person = {
        "birthDate": ["1991-04-03"],
        "firstName": ["Amarilis"],
        "lastName": ["Tupayachi"],
        "citizenship": ["CO"],
    }
    told = {
        "case": {
            **dict.fromkeys(("ad_hoc_tribunal", "coercive", "military", "political"), "no"),
            "own_inquiry_at_risk": "no",
            "dual_criminality": "yes",
            "charges": [],
            "secrecy": [],
        },
        "channel": "spontaneous",
        "persons": {
            _WHO: {
                "asylum": "no",
                "feared_state": "none",
                "protected_witness": "no",
                "publication_ban": "no",
            }
        },
        "source": "police",
    }
    return {
        "valija": 1,
        "type": "victim",
        "date": "2026-11-24",
        "id": "6dzfbbkh",
        "seed": "9ce152f21eb50d8003447b6bf0eca108",
        "handling": {
            "tlp": "amber",
            "purpose": PURPOSE,
            "retention_until": "2027-11-23",
            "h": ["H1", "H2"],
            "h3": "",
            "pap": "",
            "onward": "no",
            "legal_basis": ["Ley 26.364 art. 6"],
        },
        "title": {"es": {"by": "original", "text": "Presunta víctima de trata"}},
        "summary": {"es": {"by": "original", "text": "Se pide protección."}},
        "entities": [
            {"id": _WHO, "schema": "Person", "roles": ["victim"], "properties": person}
        ],
        "sections": [
            {
                "id": _SECTION,
                "section": "victim",
                "properties": {
                    "consent": [given],
                    "pseudonym": ["oqw3wtygurasobxf"],
                    "status": [{"code": "ActualVictimOfTrafficking", "scheme": "htcds"}],
                },
            },
            {
                "id": _PLACE,
                "section": "exploitation",
                "properties": {"type": [{"code": "Servitude", "scheme": "htcds"}]},
            },
        ],
        "told": told,
    }


async def ordered(bureau: Bureau, **consent: object) -> NoticeId:
    """Keep the victim's draft and order it to Brazil."""
    notice = await bureau.kept(victim(**consent))
    await bureau.order(notice, BR, by=DRAFTER)
    return notice


async def sealed(bureau: Bureau, **consent: object) -> NoticeId:
    """Keep it, order it, and have it approved, so that it waits for a broker."""
    notice = await ordered(bureau, **consent)
    await bureau.approve(notice, CHIEF, SEEN)
    return notice
