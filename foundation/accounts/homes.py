"""Where a person lives, as a digest: so that a look at their own address can be noticed (FAM-8)."""

from __future__ import annotations

import re

from django.utils.crypto import salted_hmac

from foundation.accounts.models import User
from foundation.common.errors import Invalid

_POSTCODE = re.compile(r"\b(GIR\s*0AA|[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2})\b")
_NUMBER = re.compile(r"\b[0-9]+(?:\s?[A-Z])?\b")
_NOT_A_NAME = re.compile(r"[^A-Z0-9]+")
_LINES = re.compile(r"[,;\n\r]+")


def home_key(address_text: str) -> str:
    """A keyed digest of a home in the United Kingdom; "" where the text has no postcode, or no house before it.

    Only the house's number or numbers (with a flat's, in any order) and the postcode count; for a house without a
    number the first line. So "Flat 2, 14 Beech Road, Anytown LS99 1AB" is the home of "14, flat 2, ls991ab". Two empty
    keys are not the same home: compare only keys that are there.
    """
    home = _home(address_text)
    return salted_hmac("accounts.home", home, algorithm="sha256").hexdigest() if home else ""


def give_home(*, user: User, house: str, postcode: str) -> None:
    """Keep the digest of where a person lives, or none if both are left empty. Raises Invalid per field."""
    house, postcode = house.strip(), postcode.strip()
    if not house and not postcode:
        user.home_key = ""
    else:
        if not _POSTCODE.fullmatch(postcode.upper()):
            raise Invalid({"postcode": "Enter a full postcode, such as LS99 1AB."})
        key = home_key(f"{house}, {postcode}")
        if not key:
            raise Invalid({"house": "Enter the number or name of your house."})
        user.home_key = key
    user.save(update_fields=["home_key"])


def _home(address_text: str) -> str:
    text = address_text.upper()
    found = list(_POSTCODE.finditer(text))
    if not found:
        return ""
    before = text[: found[-1].start()]
    numbers = sorted({re.sub(r"\s", "", number) for number in _NUMBER.findall(before)})
    first_line = next((line for line in _LINES.split(before) if _NOT_A_NAME.sub("", line)), "")
    house = "/".join(numbers) or _NOT_A_NAME.sub("", first_line).removeprefix("THE")
    postcode = re.sub(r"\s", "", found[-1][0])
    return f"{house} {postcode}" if house else ""
