"""A partnership's configuration file in tests: written out, taken over, and all that taking it over may touch."""

from __future__ import annotations

import json
from typing import Any

from foundation.accounts.models import Agency, Team
from foundation.audit.models import AuditEntry
from foundation.common.actors import system
from foundation.formdefs.models import FormDefinition
from foundation.partnership import configuration, presets, queries
from foundation.partnership.models import PathwayPolicy, SettingsChange
from foundation.partnership.services import take_configuration
from foundation.tenancy.models import Partnership
from foundation.tenancy.scope import tenant_scope


def exported(partnership: Partnership) -> dict[str, Any]:
    """The file of a partnership, read back."""
    with tenant_scope(partnership.pk):
        fresh = Partnership.objects.get(pk=partnership.pk)
        return json.loads(configuration.write(queries.standing_configuration(fresh)))


def take(partnership: Partnership, content: Any, **seen: int) -> list[configuration.Change]:
    """Take a file over as the product itself, by what stands at this moment."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with tenant_scope(partnership.pk):
        newest = queries.newest()
        told = {
            "revision": Partnership.objects.get(pk=partnership.pk).revision,
            "version": newest.version if newest else 0,
        } | seen
        return take_configuration(by=system(partnership.pk), raw=raw, **told)


def state_of(partnership: Partnership) -> tuple[Any, ...]:
    """All that taking a file over may touch."""
    with tenant_scope(partnership.pk):
        counted = [model.objects.count() for model in (PathwayPolicy, FormDefinition, Agency, Team, SettingsChange)]
        audited = AuditEntry.objects.count()
    return exported(partnership), counted, audited


def made_up_configuration() -> str:
    """A file that no partnership gave out: Devon's words and pathway, no form and no agency."""
    words = dict(presets.load("devon").words)
    content = {
        "format": "early-help-configuration",
        "version": 1,
        "colour": words.pop("colour"),
        "levels": words.pop("levels"),
        "words": words,
        "session": {"idle_minutes": 20, "session_hours": 8},
        "pathway": {"preset": "devon", "settings": presets.load("devon").body["settings"]},
        "forms": [],
        "agencies": [],
    }
    return json.dumps(content)
