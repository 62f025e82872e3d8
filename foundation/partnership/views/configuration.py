"""A partnership's configuration as a file: downloaded, looked at before it is taken over, taken over whole (§11)."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from foundation.common.errors import Invalid
from foundation.partnership import configuration, policies, queries
from foundation.partnership.forms.configuration import UploadForm
from foundation.partnership.services import look_at_configuration, take_configuration
from foundation.partnership.views.pathway import sent_version
from foundation.partnership.views.settings import partnership_of, sent_revision
from foundation.ui.views import ActionView, PageFormView, PolicyMixin


class Configuration(PageFormView):
    """Download the file, or choose one to look at."""

    policy = policies.check_can_change_settings
    form_class = UploadForm
    title = "Configuration file"
    button = "Look at what it changes"
    template_name = "partnership/configuration.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """What the file would change, with the button that takes it over; nothing is changed yet."""
        try:
            raw = form.cleaned_data["file"].read(configuration.MOST_BYTES + 1)
            wanted = look_at_configuration(by=self.actor, raw=raw)
        except Invalid as refusal:
            for sentence in refusal.fields.values():
                form.add_error("file", sentence)
            return self.form_invalid(form)
        return TemplateResponse(self.request, "partnership/configuration_check.html", self._check(wanted))

    def _check(self, wanted: dict[str, Any]) -> dict[str, Any]:
        partnership = partnership_of(self.request)
        now = queries.standing_configuration(partnership)
        changes = list(configuration.changes(now, wanted, queries.standing_agencies()))
        newest = queries.newest()
        return {
            "areas": [(area, list(lines)) for area, lines in groupby(changes, key=lambda change: change.area)],
            "count": len(changes),
            "content": json.dumps(wanted, ensure_ascii=False, separators=(",", ":")),
            "revision": partnership.revision,
            "version": newest.version if newest else 0,
            "back_url": reverse("partnership:configuration", kwargs={"partnership": partnership.slug}),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way back to setting up."""
        slug = partnership_of(self.request).slug
        return super().get_context_data(**kwargs) | {
            "back_url": reverse("partnership:home", kwargs={"partnership": slug})
        }


class Take(ActionView):
    """Take the file over that was looked at; it is checked once more from the beginning."""

    policy = policies.check_can_change_settings

    def post(self, request: HttpRequest, *, partnership: str) -> HttpResponseBase:
        """Back to the page with what was done; 409 where somebody changed something after the look."""
        content = request.POST.get("content", "")
        try:
            raw = content.encode()
        except UnicodeEncodeError:
            raise Invalid("The file cannot be read. Choose it once more.") from None
        changes = take_configuration(
            by=self.actor, raw=raw, revision=sent_revision(request), version=sent_version(request)
        )
        count = len(changes)
        messages.success(request, f"The file was taken over: {count} {'change' if count == 1 else 'changes'}.")
        return redirect("partnership:configuration", partnership=partnership)


class Download(PolicyMixin):
    """The file itself: no person, no case."""

    policy = policies.check_can_change_settings
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Named after the partnership's address."""
        partnership = partnership_of(request)
        return HttpResponse(
            configuration.write(queries.standing_configuration(partnership)),
            content_type="application/json; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{partnership.slug}-configuration.json"',
                "X-Content-Type-Options": "nosniff",
            },
        )
