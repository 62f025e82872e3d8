"""The address at which an installation without an operator is set up in the browser."""

from __future__ import annotations

import base64

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from foundation.accounts.models import User


def is_set_up() -> bool:
    """Whether there is an operator: from then on no address sets anything up."""
    return User.objects.filter(is_operator=True).exists()


def token() -> str:
    """256 bits that follow from the secret key and from the moment at which this very database was made.

    So every machine of an installation knows it, nothing has to be kept, and a database that is made anew has another.
    """
    made_at = MigrationRecorder(connection).migration_qs.aggregate(first=Min("applied"))["first"]
    digest = salted_hmac("earlyhelp.operator.links", str(made_at.timestamp()), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def fits(given: str) -> bool:
    """Whether this is the token, in the same time whatever was guessed."""
    return constant_time_compare(given.encode("utf-8", "replace"), token().encode())


def set_up_url() -> str:
    """The whole address, or nothing once there is an operator."""
    return "" if is_set_up() else settings.PUBLIC_ADDRESS + reverse("set_up", kwargs={"token": token()})
