"""Drafts of 30 fields about three persons: the same network, as many times as one likes.

It promises that two drafts of one profile differ in every text, handle and seed, as two
notices of two cases do, and tell the law the same; and that two profiles tell it something
else of each person. Everybody and everything in them is invented.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

FIELDS = 30
Profile = Mapping[str, str]
"""What protects each person of a draft."""
_TEXT = "text of a case that is in no other, and as long as one "


def profiles() -> Iterator[Profile]:
    """Yield what protects persons; no two say the same."""
    flags = ("no", "yes", "unknown")
    for asylum, witness, fear, ban in product(flags, flags, ("none", "BR", "unknown"), flags):
        yield {
            "asylum": asylum,
            "feared_state": fear,
            "protected_witness": witness,
            "publication_ban": ban,
        }


def draft(profile: Profile, name: str) -> bytes:
    """Return a draft in native JSON, some 4 KiB of it."""
    record = {
        "valija": 1,
        "type": "network",
        "date": "2026-11-24",
        "handling": {
            "tlp": "amber",
            "h": ["H1"],
            "pap": "amber",
            "purpose": "criminal_investigation",
            "legal_basis": ["UNTOC art. 18(4)"],
            "retention_until": "2036-11-23",
            "onward": "with_consent",
        },
        "title": {"es": {"text": f"Red {name}", "by": "original"}},
        "summary": {"es": {"text": f"Red {name}: {_TEXT * 6}end", "by": "original"}},
        "sections": [
            _item("tip", "section", "tip", acts=[_code("palermo", "recruitment")]),
            _item(
                "rec",
                "section",
                "recruitment",
                method=[_code("htcds", "ThroughAnOnlineAdvertisement")],
            ),
            _item("leg", "section", "route.leg", order=[1], country=["AR"], place=[name]),
            _item("net", "section", "network", name=[f"Los {name}"]),
            _item("cnt", "section", "victim", counts=[{"n": 23, "minors": 3}]),
            _item("cas", "section", "case", ref=[f"FX {name}"]),
        ],
        "entities": [*_persons(name), *_things(name)],
        "told": {
            "source": "prosecutor",
            "channel": "spontaneous",
            "persons": {one: dict(profile) for one in ("P1", "P2", "P3")},
            "case": {
                "secrecy": [],
                "charges": ["CP145bis"],
                "dual_criminality": "yes",
                "coercive": "no",
                "political": "no",
                "military": "no",
                "ad_hoc_tribunal": "no",
                "own_inquiry_at_risk": "no",
            },
        },
    }
    return json.dumps(record).encode()


def _persons(name: str) -> list[dict[str, Any]]:
    victim = {"name": [f"Ana {name}"], "birthDate": ["1999-06-21"], "nationality": ["BO"]}
    suspect = {"name": [f"Bal {name}"], "alias": [name], "birthDate": ["1979-06-21"]}
    witness = {"name": [f"Cora {name}"], "email": [f"c.{name}@gmail.com"]}
    return [
        _item("P1", "schema", "Person", ["victim"], **victim, phone=["+5493878555012"]),
        _item("P2", "schema", "Person", ["suspect"], **suspect),
        _item("P3", "schema", "Person", ["witness"], **witness),
    ]


def _things(name: str) -> list[dict[str, Any]]:
    return [
        _item("V1", "schema", "Vehicle", model=["Master"], owner=["P2"]),
        _item("B1", "schema", "BankAccount", bankName=[f"Banco {name}"], country=["AR"]),
        _item("O1", "schema", "Ownership", owner=["P2"], asset=["B1"]),
        _item("M1", "schema", "Membership", member=["P2"], organization=["net"]),
    ]


def _item(
    item: str, kind: str, word: str, roles: list[str] | None = None, /, **properties: object
) -> dict[str, Any]:
    told = {"id": item, kind: word, "properties": properties}
    return told | ({"roles": roles} if roles else {})


def _code(scheme: str, code: str) -> dict[str, str]:
    return {"scheme": scheme, "code": code}
