"""Certificates of the Kafka cluster say who somebody is, and are nobody else's to read."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from deploy.kafka.certificates import Authority

_NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


def test_a_client_s_certificate_carries_its_name(tmp_path: Path) -> None:
    Authority(tmp_path, _NOW).client("b1")
    certificate = x509.load_pem_x509_certificate((tmp_path / "b1.pem").read_bytes())
    assert certificate.subject.rfc4514_string() == "CN=b1"
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    certificate.verify_directly_issued_by(authority)


def test_a_server_s_certificate_carries_its_hosts(tmp_path: Path) -> None:
    Authority(tmp_path, _NOW).server("kafka1", ["127.0.0.1", "kafka1"])
    certificate = x509.load_pem_x509_certificate((tmp_path / "kafka1.pem").read_bytes())
    assert certificate.subject.rfc4514_string() == "CN=kafka"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kafka1"]


def test_private_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    Authority(tmp_path / "certificates", _NOW).client("b1")
    assert (tmp_path / "certificates").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "certificates/b1.pem").stat().st_mode & 0o777 == 0o600


def test_the_strictest_reading_of_tls_accepts_them(tmp_path: Path) -> None:
    Authority(tmp_path, _NOW).client("b1")
    context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(tmp_path / "b1.pem")
    assert len(context.get_ca_certs()) == 1
