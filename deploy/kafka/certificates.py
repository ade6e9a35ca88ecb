"""Certificates for a Kafka cluster: one authority, its servers, its clients.

It promises a folder with `ca.pem`, and for every name a `NAME.pem` with private key and
certificate, readable by its owner only. The servers are all `CN=kafka`; a client is `CN=` its
name, which is the principal that the access rules speak of (`User:CN=b1`). The authority's
own key is never written: another set of certificates is another authority.

These are Kafka's certificates. Those by which desks speak to the broker are of
`valija.certificate`, and the log says which stand.

Source: RFC 5280; Apache Kafka, "Security", PEM key stores (KIP-651).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER = "kafka"
_VALID = timedelta(days=90)
_SKEW = timedelta(minutes=10)
_SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=False,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Signs certificates from one moment on, into one folder, while it lives."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Make the authority's key, and write its certificate as `ca.pem`."""
        self._folder = folder
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._name = _name("Valija Kafka authority")
        own = (
            self._blank(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
        )
        signed = own.sign(self._key, hashes.SHA256())
        (folder / "ca.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def server(self, file: str, hosts: Iterable[str]) -> None:
        """Write `file`.pem for a Kafka server that is reached under these host names."""
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        self._issue(file, SERVER, [names, x509.ExtendedKeyUsage(usage)])

    def client(self, name: str) -> None:
        """Write `name`.pem for a client."""
        self._issue(name, name, [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])])

    def _issue(self, file: str, name: str, extensions: Iterable[x509.ExtensionType]) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._blank(_name(name), key)
        for extension in extensions:
            certificate = certificate.add_extension(extension, critical=False)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        signed = certificate.sign(self._key, hashes.SHA256())
        path = self._folder / f"{file}.pem"
        path.touch(mode=0o600)
        path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))

    def _blank(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _SKEW)
            .not_valid_after(self._now + _VALID)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
