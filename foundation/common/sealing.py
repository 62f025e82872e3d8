"""Sealing small secrets that must be read again, such as an authenticator app's seed: authenticated encryption."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "sealed:"


class NotSealedHere(ValueError):
    """What was kept was not sealed with a key that this installation holds."""


def seal(text: str, *, purpose: str) -> str:
    """Encrypt for one purpose; what is sealed for one cannot be opened for another."""
    return PREFIX + _box(purpose).encrypt(text.encode()).decode()


def unseal(kept: str, *, purpose: str) -> str:
    """Read it again. Raises NotSealedHere when it was changed, or sealed by another installation or purpose.

    After the key in EARLYHELP_SECRET_KEY changes, those in SECRET_KEY_FALLBACKS still open what they sealed.
    """
    try:
        return _box(purpose).decrypt(kept.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        raise NotSealedHere from None


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"early help {purpose}".encode())
    return derive.derive(key.encode())
