"""Self-signed certificates for TLS."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from valija.certificate import from_pem, make_certificate, parse_certificate, to_pem
from valija.clock import minute_of
from valija.errors import MalformedError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def name(*texts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text) for text in texts])


def forged(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    signer: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
) -> bytes:
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), 1, NOW, NOW + timedelta(days=1)
    )
    return builder.sign(signer, SHA256()).public_bytes(Encoding.DER)


def field(kind: int, data: bytes) -> bytes:
    """Return a DER field of up to 65,535 bytes."""
    size = len(data)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2)
    return bytes([kind]) + length + data


def resigned(serial: int) -> bytes:
    """Return a certificate with another first byte of its serial number, truly signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.load_der_x509_certificate(forged(name("AR"), name("AR"), key, key))
    body = made.tbs_certificate_bytes.replace(b"\x02\x01\x01", bytes([2, 1, serial]), 1)
    sha256_with_ecdsa = bytes.fromhex("300a06082a8648ce3d040302")
    value = field(0x03, b"\0" + key.sign(body, ec.ECDSA(SHA256())))
    return field(0x30, body + sha256_with_ecdsa + value)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize("serial", [0x00, 0x80, 0xFF])
def test_a_serial_number_that_is_not_positive_is_refused(serial: int) -> None:
    assert "AR" == parse_certificate(resigned(7)).name
    with pytest.raises(MalformedError, match="positive"):
        parse_certificate(resigned(serial))


def test_a_certificate_says_its_name_and_lasts_90_days() -> None:
    made = make_certificate("AR 1", NOW)
    found = parse_certificate(made.certificate)
    assert ("AR 1", made.certificate) == (found.name, found.der)
    assert minute_of(NOW) - 10 == found.since
    assert minute_of(NOW + timedelta(days=90)) == found.until
    assert len(made.certificate) <= 2048


def test_a_certificate_and_its_key_serve_tls(tmp_path: Path) -> None:
    made = make_certificate("@b1 1", NOW, ("127.0.0.1", "::1", "broker.example"))
    certificate, secret = tmp_path / "certificate.pem", tmp_path / "secret.pem"
    certificate.write_bytes(to_pem(made.certificate))
    secret.write_bytes(made.secret)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, secret)


def test_pem_and_der_are_one_certificate() -> None:
    made = make_certificate("AR 1", NOW)
    assert made.certificate == from_pem(to_pem(made.certificate))


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----\n", b"\xff"])
def test_what_is_no_pem_is_malformed(pem: bytes) -> None:
    with pytest.raises(MalformedError):
        from_pem(pem)


def test_another_signer_makes_no_sound_certificate() -> None:
    own, other = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    for der in (
        forged(name("AR"), name("AR"), own, other),
        forged(name("AR"), name("BR"), own, own),
    ):
        with pytest.raises(MalformedError):
            parse_certificate(der)


def test_another_kind_of_key_or_name_is_refused() -> None:
    curve, own = (
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    old = rsa.generate_private_key(65537, 2048)
    for der in (
        forged(name("AR"), name("AR"), curve, curve),
        forged(name("AR"), name("AR"), old, old),
        forged(name("AR", "BR"), name("AR", "BR"), own, own),
        forged(name(), name(), own, own),
        b"",
        b"\x30\x00",
        bytes(3000),
    ):
        with pytest.raises(MalformedError):
            parse_certificate(der)


def test_every_changed_byte_is_noticed() -> None:
    der = make_certificate("AR 1", NOW).certificate
    for place in range(0, len(der), 7):
        changed = bytearray(der)
        changed[place] ^= 0x40
        with pytest.raises(MalformedError):
            parse_certificate(bytes(changed))


@pytest.mark.parametrize(
    ("called", "hosts"),
    [("", ()), ("x" * 65, ()), ("AR", ["x" * 3000]), ("AR", ["ñ.example"])],
)
def test_a_certificate_that_would_not_do_is_not_made(called: str, hosts: list[str]) -> None:
    with pytest.raises(MalformedError):
        make_certificate(called, NOW, hosts)
