"""The pages where a consent is recorded for an open case, and where a family takes one back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from cases import queries as cases
from cases.disclosure import Disclosure
from cases.models import Case
from cases.words import name_bar_of
from consent import policies, queries, services
from consent.forms import RecordForm, WithdrawForm
from consent.models import Consent
from foundation.audit import services as audit
from foundation.common import clock
from foundation.common.errors import Clash
from foundation.ui.views import PageFormView


def may_withdraw(request: HttpRequest, *, consent_id: UUID, **kwargs: Any) -> None:
    """The withdrawal page's policy; the consent is found once for the whole request."""
    asked = cast(Any, request)
    asked.consent = queries.consent_for(consent_id)
    policies.check_can_withdraw(by=asked.actor, consent=asked.consent)


class WithdrawConsent(PageFormView):
    """Which agencies, who said so; then a page that says exactly what will close; then it closes."""

    policy = staticmethod(may_withdraw)
    form_class = WithdrawForm
    template_name = "consent/withdraw.html"
    title = "Withdraw consent"

    @property
    def consent(self) -> Consent:
        """The consent in question, with its case."""
        return cast(Any, self.request).consent

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form; or, once everything is taken back, that it is."""
        if not queries.still_named(self.consent):
            self.template_name = "consent/withdrawn.html"
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Check, show what will close, and close it when that was confirmed. Sent twice, the second is told."""
        if not queries.still_named(self.consent):
            raise Clash("The family has withdrawn this consent already. Nothing was changed.")
        if "change" in request.POST:
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The agencies to choose from."""
        return {**super().get_form_kwargs(), "entries": queries.still_named(self.consent)}

    def form_valid(self, form: WithdrawForm) -> Any:
        """First the page that says what will close, then the act itself."""
        if "confirmed" not in self.request.POST:
            self.template_name = "consent/withdraw_confirm.html"
            posted = [(name, self.request.POST.getlist(name)) for name in form.fields]
            return self.render_to_response(self.get_context_data(form=form, effects=self.effects(form), posted=posted))
        services.withdraw(
            by=self.actor,
            consent_id=self.consent.pk,
            told_by=form.cleaned_data["told_by"],
            agencies=form.chosen(),
        )
        messages.success(self.request, "The withdrawal is recorded. Access has been closed.")
        return redirect(self.afterwards())

    def effects(self, form: WithdrawForm) -> list[queries.Effect]:
        """What confirming will do, agency by agency."""
        chosen = form.chosen()
        entries = queries.still_named(self.consent)
        keys = None if chosen is None else {agency.pk for agency in chosen}
        return queries.effects_of(self.consent, [entry for entry in entries if keys is None or entry.agency_id in keys])

    def afterwards(self) -> str:
        """The case, for those who still see it; a hub manager stays with the consent."""
        case_id, slug = self.consent.case_id, self.kwargs["partnership"]
        if case_id and cases.visible_to(self.actor).filter(pk=case_id).exists():
            return reverse("cases:detail", args=[slug, case_id])
        return reverse("consent:withdraw", args=[slug, self.consent.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The consent, its case, and whom it names; that they were looked at is written down (FAM-8)."""
        audit.viewed(by=self.actor, subject=self.consent, case_id=self.consent.case_id)
        case: Case | None = self.consent.case
        sees = case is not None and cases.visible_to(self.actor).filter(pk=case.pk).exists()
        return super().get_context_data(
            consent=self.consent,
            case=case,
            sees=sees,
            leader=case.lead_agency if case else None,
            bar=name_bar_of(case, cast(Any, self.request).partnership) if case and sees else None,
            entries=queries.still_named(self.consent),
            **kwargs,
        )


def may_record(request: HttpRequest, *, case_id: UUID, **kwargs: Any) -> None:
    """The recording page's policy; the case is found once for the whole request."""
    asked = cast(Any, request)
    asked.case = cases.case_for(asked.actor, case_id)
    policies.check_can_record_for_case(by=asked.actor, case=asked.case)


class RecordConsent(PageFormView):
    """A further consent, which opens the case to the agencies that it names."""

    policy = staticmethod(may_record)
    form_class = RecordForm
    template_name = "consent/record.html"
    title = "Record a consent"
    button = "Record consent and open the case to these agencies"

    @property
    def case(self) -> Case:
        """The case that the consent is for."""
        return cast(Any, self.request).case

    def get_initial(self) -> dict[str, Any]:
        """Consent is mostly recorded on the day that it is given."""
        return {**super().get_initial(), **RecordForm.starting_from(clock.today())}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The people and the agencies to choose from."""
        people = Disclosure(self.actor, self.case).people()
        return {**super().get_form_kwargs(), "people": people, "agencies": queries.agencies_to_name()}

    def form_valid(self, form: RecordForm) -> Any:
        """Record it, and go back to the case."""
        services.record_for_case(by=self.actor, case_id=self.case.pk, **form.said())
        messages.success(self.request, "The consent is recorded, and the case is open to the agencies that it names.")
        return redirect("cases:detail", self.kwargs["partnership"], self.case.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The case in the name bar; that its people were looked at is written down (FAM-8)."""
        audit.viewed(by=self.actor, subject=self.case, case_id=self.case.pk)
        bar = name_bar_of(self.case, cast(Any, self.request).partnership)
        return super().get_context_data(case=self.case, bar=bar, **kwargs)
