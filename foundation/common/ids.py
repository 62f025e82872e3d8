"""Keys and references."""

from __future__ import annotations

import secrets
import uuid

from uuid_utils.compat import uuid7

# Without I, L, O, U, 0 and 1: read out over a telephone it cannot be misheard as another, nor spell a word.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> uuid.UUID:
    """A time-ordered key (RFC 9562 version 7): new rows stand together in an index."""
    return uuid7()


def new_reference(prefix: str) -> str:
    """What people quote, such as `EH-7KQ2-M9XD`: random, so it tells nothing and cannot be counted up."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
