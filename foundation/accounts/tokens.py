"""The secret of an invitation, and the token that carries it in a link (ACC-3).

The secret follows from a random number and the installation's own key: a worker that sends the message a second time
sends the same link, and neither the number (in the outbox) nor the digest (in the invitation) opens anything without
the key, which no copy of the database holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "foundation.accounts.invitation"
SECRET_BYTES = 16
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says, once its signature has been found to be ours."""

    partnership_id: UUID
    invitation_id: UUID
    secret: bytes

    def fits(self, digest: str) -> bool:
        """Whether this is the link that was sent last."""
        return constant_time_compare(digest_of(self.secret), digest)


def new_nonce() -> str:
    """A random number from which one secret follows, as letters and digits."""
    return secrets.token_hex(SECRET_BYTES)


def digest_of_new(nonce: str) -> str:
    """The digest to keep of the secret that follows from a new number."""
    return digest_of(_secret(nonce, settings.SECRET_KEY))


def secret_behind(nonce: str, digest: str) -> bytes | None:
    """The secret of a number, if its digest is this one; None when another link has been made since."""
    candidates = (_secret(nonce, key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    return next((secret for secret in candidates if constant_time_compare(digest_of(secret), digest)), None)


def digest_of(secret: bytes) -> str:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret).hexdigest()


def write(link: Link) -> str:
    """The token of a link: letters, digits, "-", "_" and one "."."""
    packed = link.partnership_id.bytes + link.invitation_id.bytes + link.secret
    return _signer().sign(base64.urlsafe_b64encode(packed).decode())


def read(token: str) -> Link | None:
    """What a token says; None for one that we have not signed just so."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        packed = base64.urlsafe_b64decode(_signer().unsign(token))
    except (BadSignature, binascii.Error):
        return None
    if len(packed) != 32 + SECRET_BYTES:
        return None
    return Link(UUID(bytes=packed[:16]), UUID(bytes=packed[16:32]), packed[32:])


def _signer() -> Signer:
    return Signer(sep=".", salt=SALT, algorithm="sha256")


def _secret(nonce: str, key: str) -> bytes:
    return salted_hmac(f"{SALT}.secret", nonce, secret=key, algorithm="sha256").digest()[:SECRET_BYTES]
