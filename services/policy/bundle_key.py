"""The hub's key for the bundles that it leaves for an OPA server: ES256, under an explicit key id.

Promise: a bundle's signature covers every file of it by its SHA-256; the private key never leaves the key folder, where it
rotates like any other (the newest signs).
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from services.contract.canonical import canonical, digest
from services.runtime.keys import KeyFolder

ALGORITHM = "ES256"
SIGNATURES = ".signatures.json"
_NAME = "policy-bundle"
# Order of P-256 (FIPS 186-4, D.1.2.3): a private key is a number below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class BundleKey:
    """The newest key of the key folder for this use, made on first use."""

    def __init__(self, keys: KeyFolder) -> None:
        number = int.from_bytes(keys.secret(_NAME), "big") % (_ORDER - 1) + 1
        self._private = ec.derive_private_key(number, ec.SECP256R1())
        self._key = ECKey.import_key(self._private)
        self.id = self._key.thumbprint()
        """RFC 7638 thumbprint: what the server's settings call the key."""

    @property
    def public_pem(self) -> str:
        """The public key, for the server's settings."""
        public = self._private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def signatures(self, files: Mapping[str, bytes]) -> bytes:
        """`.signatures.json` over the files of a bundle (OPA, Bundles, Signing): exactly one signature, as OPA takes.

        OPA hashes JSON in its sorted form, which is the canonical bytes that the bundle holds.
        """
        listed = [
            {"name": name, "hash": digest(content).hex(), "algorithm": "SHA-256"}
            for name, content in sorted(files.items())
        ]
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self.id}
        token = jwt.encode(header, {"files": listed, "keyid": self.id}, self._key, algorithms=[ALGORITHM])
        return canonical({"signatures": [token]})
