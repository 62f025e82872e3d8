"""A security key made of software, for tests without a browser: it answers as WebAuthn says, or wrongly on purpose."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

ORIGIN = "https://testserver"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class SoftKey:
    """One key; `host` is the relying party that it thinks it talks to."""

    def __init__(self, host: str = "testserver") -> None:
        self.host = host
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)

    def register(self, options: str, *, origin: str = ORIGIN) -> str:
        """The answer to the question of a set-up page, as script would put it into the form."""
        client = self._client("webauthn.create", options, origin)
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        data = self._data(0x45) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(clientDataJSON=b64(client), attestationObject=b64(attested))

    def answer(self, options: str, *, origin: str = ORIGIN, signer: SoftKey | None = None) -> str:
        """The answer to the question of a sign-in page; with `signer`, signed by another key under this one's id."""
        client, data = self._client("webauthn.get", options, origin), self._data(0x05)
        signed = data + hashlib.sha256(client).digest()
        signature = (signer or self).private.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._said(clientDataJSON=b64(client), authenticatorData=b64(data), signature=b64(signature))

    def _client(self, kind: str, options: str, origin: str) -> bytes:
        challenge = json.loads(options)["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def _said(self, **response: Any) -> str:
        said = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
        return json.dumps({**said, "clientExtensionResults": {}})
