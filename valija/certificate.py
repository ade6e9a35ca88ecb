"""TLS certificates: made by whom they name, pinned by the log, trusted through nobody else.

It promises that what `parse_certificate` returns is one self-signed P-256 certificate of at
most 2 KiB whose signature holds. Authorities, chains and names of hosts prove nothing here:
`valija.directory` says whose certificate counts, and when.

Source: docs/envelope.md, section 5, TLS; RFC 5280.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from valija.clock import Minute, minute_of
from valija.errors import MalformedError

MAX_BYTES = 2048
LIFETIME = timedelta(days=90)
LOOPBACK = ("localhost", "127.0.0.1")
_EARLY = timedelta(minutes=10)
"""A peer's clock may be behind; admission allows it the same."""
_MAX_NAME = 64
_FOREIGN = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a self-signed certificate says.

    Attributes:
        name: Its common name, unique to the certificate.
        since: First minute in which it may be used.
        until: Minute from which it may not.
        der: Its exact bytes.
    """

    name: str
    since: Minute
    until: Minute
    der: bytes


@dataclass(frozen=True, slots=True)
class TlsPair:
    """A certificate and the secret that belongs to it.

    Attributes:
        certificate: DER, at most 2 KiB.
        secret: P-256 key, PKCS 8 in unencrypted PEM: for gRPC, and for a sealed key file.
    """

    certificate: bytes
    secret: bytes


def make_certificate(name: str, now: datetime, hosts: Iterable[str] = LOOPBACK) -> TlsPair:
    """Return a fresh key and its self-signed certificate, good for 90 days.

    Args:
        name: Common name, 1 to 64 characters; the caller makes it unique.
        now: From ten minutes before it the certificate may be used.
        hosts: Host names and addresses at which a server may present it.

    Raises:
        MalformedError: The name, a host, or the whole is longer than allowed.
    """
    if not 1 <= len(name) <= _MAX_NAME:
        raise MalformedError("a certificate's name has 1 to 64 characters")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    unsigned = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - _EARLY,
        not_valid_after=now + LIFETIME,
    )
    for extension, critical in _extensions(hosts):
        unsigned = unsigned.add_extension(extension, critical=critical)
    der = unsigned.sign(key, SHA256()).public_bytes(Encoding.DER)
    parse_certificate(der)
    return TlsPair(der, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def parse_certificate(der: bytes) -> Certificate:
    """Return what a self-signed certificate says, its signature checked.

    Raises:
        MalformedError: Longer than 2 KiB, not DER, a serial number that is not positive,
            another curve, no or two common names, signed by somebody else, or its signature
            is false.
    """
    if len(der) > MAX_BYTES:
        raise MalformedError("a certificate has at most 2 KiB")
    try:
        found = x509.load_der_x509_certificate(der)
        found.verify_directly_issued_by(found)
        names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        curve = found.public_key()
    except (*_FOREIGN, CryptographyDeprecationWarning) as cause:  # An error where we test.
        raise MalformedError("this is no sound self-signed certificate") from cause
    if not isinstance(curve, ec.EllipticCurvePublicKey) or len(names) != 1:
        raise MalformedError("a certificate has a P-256 key and one common name")
    if not isinstance(curve.curve, ec.SECP256R1):
        raise MalformedError("a certificate has a P-256 key and one common name")
    if found.serial_number <= 0:  # The library means to refuse it: all must agree today.
        raise MalformedError("a certificate's serial number is positive")
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    return Certificate(str(names[0].value), minute_of(since), minute_of(until), der)


def to_pem(der: bytes) -> bytes:
    """Return a certificate as the PEM text that gRPC takes.

    Raises:
        MalformedError: As `parse_certificate`.
    """
    parse_certificate(der)
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def from_pem(pem: bytes) -> bytes:
    """Return the DER bytes of one certificate in PEM, as gRPC shows a peer's.

    Raises:
        MalformedError: It is no certificate in PEM.
    """
    try:
        return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except ValueError as cause:
        raise MalformedError("this is no certificate in PEM") from cause


def _extensions(hosts: Iterable[str]) -> list[tuple[x509.ExtensionType, bool]]:
    try:
        names = x509.SubjectAlternativeName(map(_host, hosts))
    except ValueError as cause:
        raise MalformedError("a host of a certificate is written in ASCII") from cause
    usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    # An end certificate that signs itself: no CA bit, so it can never vouch for another.
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    return [(constraints, True), (x509.ExtendedKeyUsage(usage), False), (names, False)]


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
