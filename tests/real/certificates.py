"""Certificates for a broker of the tests: an authority that lasts a day, and what it signs."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """One that tests trust. `certificate` is its PEM."""

    key: ec.EllipticCurvePrivateKey
    own: x509.Certificate

    @classmethod
    def new(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("authority-of-the-tests")
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        draft = _draft(name, name, key.public_key())
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return cls(key, draft.add_extension(usage, critical=True).sign(key, hashes.SHA256()))

    @property
    def certificate(self) -> bytes:
        return self.own.public_bytes(serialization.Encoding.PEM)

    def write(self, file: Path) -> Path:
        file.write_bytes(self.certificate)
        return file

    def issue(self, name: str, file: Path) -> Path:
        """Key and certificate of `name` on this machine's loopback, one PEM file as Kafka takes it."""
        key = ec.generate_private_key(ec.SECP256R1())
        loopback = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        draft = _draft(_named(name), self.own.subject, key.public_key())
        draft = draft.add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        signed = draft.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        plain = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(plain + signed + self.certificate)
        file.chmod(0o600)
        return file


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _draft(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )
