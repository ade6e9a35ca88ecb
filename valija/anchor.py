"""The file that starts every participant: what is agreed before there is a log.

It promises that a parsed anchor is whole and in its one byte form, so that people who read
its digest to each other by voice hold the same file. All other trust follows from it and
from the log, through `valija.directory`.

Source: docs/envelope.md, section 5 (genesis).
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from valija import canonical
from valija.canonical import Json
from valija.certificate import parse_certificate
from valija.checkpoint import log_keys
from valija.clock import Day, date_of, day_from
from valija.errors import MalformedError, SignatureError
from valija.ids import Desk, Digest, Member, Office, digest
from valija.quorum import parse_policy
from valija.signature import check_composite_key, check_log_key, check_witness_key

FORMAT = "valija/v1 anchor"
AUDITOR = Desk(Member("@audit"), Office.OVERSIGHT)
MAX_ANCHOR = 1 << 20
_MAX_TEXT = 1 << 16


@dataclass(frozen=True, slots=True)
class SuitePeriod:
    """A cipher suite and the days on which it is allowed.

    Attributes:
        suite: Its number.
        since: First day.
        until: Day from which it is no longer allowed.
    """

    suite: int
    since: Day
    until: Day


@dataclass(frozen=True, slots=True)
class CouncilKey:
    """One council member's composite key.

    Attributes:
        desk: `@c1`, `@c2`, …; office STATE.
        signing: 1984 bytes.
    """

    desk: Desk
    signing: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    """A broker process, or the auditor: a desk whose first keys stand in the anchor.

    Attributes:
        desk: `@b1`, `@b2`, … with office STATE; `@audit` with office OVERSIGHT.
        signing: Composite key, 1984 bytes.
        certificate: Self-signed TLS certificate, DER.
        witness: The auditor's ML-DSA-44 key, 1312 bytes; a broker has none.
    """

    desk: Desk
    signing: bytes
    certificate: bytes
    witness: bytes = b""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What all participants agree on before there is a log.

    Attributes:
        origin: Name of the log, first line of every checkpoint.
        log_key: ML-DSA-44 and Ed25519 key of the log, 1344 bytes.
        suites: Cipher suites with their days.
        council: Keys of the council.
        quorum: How many of the council must endorse a membership.
        brokers: One a broker process.
        auditor: The regional auditor.
        policy: tlog-policy text: which cosignatures a checkpoint needs.
    """

    origin: str
    log_key: bytes
    suites: tuple[SuitePeriod, ...]
    council: tuple[CouncilKey, ...]
    quorum: int
    brokers: tuple[Authority, ...]
    auditor: Authority
    policy: str

    @property
    def digest(self) -> Digest:
        """What people compare by voice: SHA-256 of the file."""
        return digest(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the file: canonical JSON, keys in base64, days as dates."""
        council = [{"member": k.desk.member, "signing": _text(k.signing)} for k in self.council]
        return canonical.to_bytes(
            {
                "format": FORMAT,
                "origin": self.origin,
                "log": _text(self.log_key),
                "suites": [_suite_json(period) for period in self.suites],
                "council": {"quorum": self.quorum, "keys": council},
                "brokers": [_authority_json(broker) for broker in self.brokers],
                "auditor": _authority_json(self.auditor),
                "policy": self.policy,
            }
        )


def parse_anchor(data: bytes) -> Anchor:
    """Return the anchor in a file's exact bytes, at most 1 MiB.

    Raises:
        MalformedError: Another byte form, a missing or unknown name, a key or a policy that
            is refused, a quorum the council cannot reach, or two that share a desk or a key.
    """
    if len(data) > MAX_ANCHOR:
        raise MalformedError("an anchor has at most 1 MiB")
    names = ("format", "origin", "log", "suites", "council", "brokers", "auditor", "policy")
    parts = _object(canonical.parse(data), *names)
    if parts["format"] != FORMAT:
        raise MalformedError("this file is not an anchor")
    council = _object(parts["council"], "quorum", "keys")
    anchor = Anchor(
        origin=_string(parts["origin"]),
        log_key=_bytes(parts["log"]),
        suites=tuple(_suite(each) for each in _list(parts["suites"])),
        council=tuple(_council_key(each) for each in _list(council["keys"])),
        quorum=_whole(council["quorum"]),
        brokers=tuple(_broker(each) for each in _list(parts["brokers"])),
        auditor=_auditor(parts["auditor"]),
        policy=_string(parts["policy"]),
    )
    _check(anchor)
    if anchor.to_bytes() != data:
        raise MalformedError("an anchor has one byte form")
    return anchor


def _check(anchor: Anchor) -> None:
    if not 1 <= anchor.quorum <= len(anchor.council) or not anchor.suites:
        raise MalformedError("the council can reach its quorum, and a suite is allowed")
    authorities = (*anchor.brokers, anchor.auditor)
    desks = [*(key.desk for key in anchor.council), *(each.desk for each in authorities)]
    certificates = [each.certificate for each in authorities]
    names = [parse_certificate(certificate).name for certificate in certificates]
    composite = [key.signing for key in anchor.council]
    composite += [each.signing for each in authorities]
    if any(len(set(column)) != len(column) for column in (desks, names, composite)):
        raise MalformedError("each desk of an anchor has keys and a name of its own")
    parse_policy(anchor.policy)
    log_keys(anchor.origin, anchor.log_key)
    try:
        check_log_key(anchor.log_key)
        check_witness_key(anchor.auditor.witness)
        for key in composite:
            check_composite_key(key)
    except SignatureError as cause:
        raise MalformedError("an anchor holds a key that is refused") from cause


def _authority_json(authority: Authority) -> dict[str, str]:
    parts = {
        "member": authority.desk.member,
        "signing": _text(authority.signing),
        "certificate": _text(authority.certificate),
    }
    return parts | ({"witness": _text(authority.witness)} if authority.witness else {})


def _suite_json(period: SuitePeriod) -> dict[str, str | int]:
    since, until = date_of(period.since).isoformat(), date_of(period.until).isoformat()
    return {"suite": period.suite, "since": since, "until": until}


def _suite(value: Json) -> SuitePeriod:
    parts = _object(value, "suite", "since", "until")
    period = SuitePeriod(_whole(parts["suite"]), _day(parts["since"]), _day(parts["until"]))
    if period.since >= period.until:
        raise MalformedError("a suite is allowed for a day at least")
    return period


def _council_key(value: Json) -> CouncilKey:
    parts = _object(value, "member", "signing")
    return CouncilKey(_state_desk(parts["member"], "@c"), _bytes(parts["signing"]))


def _broker(value: Json) -> Authority:
    parts = _object(value, "member", "signing", "certificate")
    desk = _state_desk(parts["member"], "@b")
    return Authority(desk, _bytes(parts["signing"]), _bytes(parts["certificate"]))


def _auditor(value: Json) -> Authority:
    parts = _object(value, "member", "signing", "certificate", "witness")
    if parts["member"] != AUDITOR.member:
        raise MalformedError("the auditor is named @audit")
    keys = (_bytes(parts["signing"]), _bytes(parts["certificate"]), _bytes(parts["witness"]))
    return Authority(AUDITOR, *keys)


def _state_desk(value: Json, prefix: str) -> Desk:
    code = _string(value)
    if not code.startswith(prefix) or not code.removeprefix(prefix).isdecimal():
        raise MalformedError(f"a desk of this part of the anchor is named {prefix}1, {prefix}2")
    return Desk(Member(code), Office.STATE)


def _object(value: Json, *names: str) -> Mapping[str, Json]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise MalformedError("a part of the anchor has other names than it must")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise MalformedError("a part of the anchor is not a list")
    return value


def _string(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise MalformedError("a part of the anchor is not a text")
    return value


def _whole(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedError("a part of the anchor is not a whole number")
    return value


def _day(value: Json) -> Day:
    try:
        return day_from(date.fromisoformat(_string(value)))
    except ValueError as cause:
        raise MalformedError("a day of the anchor is written YYYY-MM-DD") from cause


def _bytes(value: Json) -> bytes:
    try:
        return b64decode(_string(value), validate=True)
    except ValueError as cause:
        raise MalformedError("a key of the anchor is not base64") from cause


def _text(data: bytes) -> str:
    return b64encode(data).decode()
