"""What people are found by: keys compared byte by byte, so that the beginning of a word is a range of an index."""

from __future__ import annotations

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Collate, Lower

# The last character that there is: whatever begins with a word stands between it and it followed by this one.
LAST = "\U0010ffff"

NAME = Collate(Lower(F("full_name")), "C")
LAST_NAME = Collate(
    Func(Lower(F("full_name")), Value(r"^.*\s"), Value(""), function="regexp_replace", output_field=CharField()), "C"
)
EMAIL = Collate(F("email"), "C")


def beginning_with(field: str, word: str) -> Q:
    """Rows whose key begins with a word, without LIKE: only plain comparisons use an index behind the wall."""
    return Q(**{f"{field}__gte": word, f"{field}__lt": word + LAST})
