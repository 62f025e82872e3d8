"""The one way a form is published (EHA-3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.actors import Actor
from foundation.common.errors import Invalid
from foundation.formdefs import definitions, policies
from foundation.formdefs.enums import FormVerb
from foundation.formdefs.models import FormDefinition

LIBRARY = Path(__file__).parent / "library"


@transaction.atomic
def publish(*, by: Actor, key: str, title: str, body: Mapping[str, Any]) -> FormDefinition:
    """Publish the next version of a form. What began on an earlier version keeps that one (EHA-3).

    Raises Invalid, with a sentence for each thing that is wrong and where, if the body is not a form.
    """
    policies.check_can_publish(by=by)
    definitions.validate(body)
    if body["key"] != key or body["title"] != title:
        raise Invalid("The form's own key and title differ from those it is published under.")
    _one_at_a_time(by, key)
    newest = FormDefinition.objects.filter(key=key).aggregate(newest=Max("version"))["newest"] or 0
    definition: FormDefinition = FormDefinition.objects.create(
        key=key, version=newest + 1, title=title, body=dict(body), published_at=clock.now()
    )
    audit.record(by=by, verb=FormVerb.PUBLISHED, subject=definition, key=key, version=definition.version)
    return definition


def publish_library(*, by: Actor) -> list[FormDefinition]:
    """Publish every form that the product brings, for a partnership that has none of them yet."""
    published = []
    for path in sorted(LIBRARY.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        if not FormDefinition.objects.filter(key=body["key"]).exists():
            published.append(publish(by=by, key=body["key"], title=body["title"], body=body))
    return published


def _one_at_a_time(by: Actor, key: str) -> None:
    """Two who publish the same form at once get two versions, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"form {by.partnership_id} {key}"])
