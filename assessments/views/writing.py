"""The page on which one section is written, and saving as people type (EHA-2, EHA-4)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from assessments import policies, services
from assessments.comparing import without_blank_entries
from assessments.disclosure import AssessmentView
from assessments.enums import SectionState
from assessments.models import Section
from assessments.services import SectionClash
from assessments.views.common import Inside, last_comments_of
from foundation.common.clock import LONDON
from foundation.common.errors import Invalid, NotAllowed
from foundation.formdefs import answers as reading
from foundation.formdefs import drafts, forms
from foundation.formdefs.definitions import Page
from foundation.formdefs.forms import PageForm
from foundation.ui import kept
from foundation.ui.add_another import unchecked
from foundation.ui.components import Difference
from foundation.ui.templatetags.early_help import when
from foundation.ui.views import ActionView, add_refusal, conflict_page


class OneSection(Inside):
    """One section, its form made for this reader."""

    def form(self, key: str, data: Any = None) -> PageForm:
        """The section's form, with what was sent or with what is kept."""
        made = forms.page_form(self.reader.definition, key, people=self.reader.people)
        if data is not None:
            return made(data)
        if (words := kept.words_for(self.request)) is not None:
            form = made(words)
            unchecked(form)
            return form
        answers = self.reader.answers(key)
        return made(initial=forms.initial_from(self.reader.definition, key, answers, people=self.reader.people))

    def draft(self, key: str, *, revision: int) -> Section:
        """Keep what was typed, finished or not."""
        answers = drafts.draft_answers(self.reader.definition, key, self.request.POST, people=self.reader.people)
        if not drafts.pressed(self.request.POST):
            answers = without_blank_entries(self.reader.definition.page(key), answers)
        return services.save_section(
            by=self.actor, assessment_id=self.assessment.pk, key=key, revision=revision, answers=answers, complete=False
        )

    def must_contribute(self) -> None:
        """Raises NotAllowed for those who may only read, whatever they sent."""
        policies.check_can_contribute(by=self.actor, assessment=self.assessment)


class WriteSection(OneSection, TemplateResponseMixin, ContextMixin):
    """One section, one page; saved on the server as they type, and per page without script (EHA-4)."""

    template_name = "assessments/section.html"
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> HttpResponseBase:
        """The form; who may not write reads instead."""
        page = self.reader.definition.page(key)
        if not policies.check_can_write.allows(by=self.actor, assessment=self.assessment):
            return redirect(f"{self.link('read')}#section-{key}")
        self.looked()
        words = kept.words_for(request)
        # Kept words were written over the revision that their page had: what a colleague saved since is a clash.
        revision = self.reader.sections[key].revision if words is None else sent_revision(words)
        return self.page(page, self.form(key), revision)

    def post(self, request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> HttpResponseBase:
        """Save and continue, save and come back later, or add and remove entries: nothing typed is ever lost."""
        page = self.reader.definition.page(key)
        self.must_contribute()
        revision = sent_revision(request.POST)
        try:
            if drafts.pressed(request.POST) or "later" in request.POST:
                section = self.draft(key, revision=revision)
                later = "later" in request.POST
                place = drafts.anchor(request.POST, section.answers)
                return redirect(self.link("detail") if later else self.link("section", key=key) + place)
            return self.finish(page, revision)
        except SectionClash as clash:
            return self.both_versions(page, clash)
        except Invalid as refusal:
            return self.refused(page, revision, refusal, status=400)
        except NotAllowed as refusal:  # it was agreed or sent meanwhile: their words stay on their screen
            return self.refused(page, revision, Invalid(refusal.sentence), status=403)

    def finish(self, page: Page, revision: int) -> HttpResponseBase:
        """Save a section that passes every check; one that does not is kept as a draft, and says what is missing."""
        form = self.form(page.key, self.request.POST)
        if not form.is_valid():
            with transaction.atomic():
                section = self.draft(page.key, revision=revision)
            return self.page(page, form, section.revision, status=400)
        services.save_section(
            by=self.actor,
            assessment_id=self.assessment.pk,
            key=page.key,
            revision=revision,
            answers=forms.answers_from(form),
            complete=True,
        )
        keys = [other.key for other in self.reader.definition]
        following = keys[keys.index(page.key) + 1 :]
        return redirect(self.link("section", key=following[0]) if following else self.link("detail"))

    def refused(self, page: Page, revision: int, refusal: Invalid, *, status: int) -> HttpResponseBase:
        """The page with what was sent, and why it was not kept."""
        form = self.form(page.key, self.request.POST)
        form.is_valid()
        add_refusal(form, refusal)
        return self.page(page, form, revision, status=status)

    def page(self, page: Page, form: PageForm, revision: int, *, status: int = 200) -> HttpResponseBase:
        """The page with this form."""
        section = self.reader.sections[page.key]
        keys = [other.key for other in self.reader.definition]
        context = self.get_context_data(
            **self.shared(),
            page=page,
            form=form,
            revision=revision,
            section=section,
            changed=section.state == SectionState.CHANGED,
            number=keys.index(page.key) + 1,
            total=len(keys),
            comments=last_comments_of(self.reader, self.assessment, page.key),
            back_url=self.link("detail"),
            draft_url=self.link("draft", key=page.key),
            saved=f"Saved {when(section.saved_at)}" if section.saved_at else "",
        )
        response = self.render_to_response(context)
        response.status_code = status
        return response

    def both_versions(self, page: Page, clash: SectionClash) -> HttpResponse:
        """Theirs and yours side by side, without what this writer may not see; they choose (EHA-4, EHA-9)."""
        people = self.reader.people
        theirs = AssessmentView(self.actor, self.assessment).answers(page.key)
        saved_by = clash.theirs.saved_by
        return conflict_page(
            self.request,
            sentence=clash.sentence,
            differences=[
                Difference(field.label, shown, yours)
                for field in page
                if (shown := reading.show(field, theirs.get(field.key), people))
                != (yours := reading.show(field, clash.yours.get(field.key), people))
            ],
            theirs_words=(
                f"What {saved_by.full_name} saved {when(clash.theirs.saved_at)}" if saved_by else "What is kept now"
            ),
            keep_theirs_url=self.link("section", key=page.key),
            revision=clash.theirs.revision,
        )


class KeepDraft(OneSection, ActionView):
    """Saving as people type; the contract stands at the top of `static/js/early-help.js`."""

    def post(self, request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> HttpResponseBase:
        """Keep the draft, or say in one sentence why not."""
        self.must_contribute()
        try:
            section = self.draft(key, revision=sent_revision(request.POST))
        except SectionClash as clash:
            sentence = f"{clash.sentence} Choose “Save and continue” to see both versions side by side."
            return JsonResponse({"sentence": sentence, "url": self.link("section", key=key)}, status=409)
        except (Invalid, NotAllowed) as refusal:  # NotAllowed: it was agreed or sent while they typed
            return JsonResponse({"sentence": refusal.sentence}, status=400)
        saved = section.saved_at.astimezone(LONDON) if section.saved_at else None
        return JsonResponse({"revision": section.revision, **({"saved": f"{saved:%H:%M}"} if saved else {})})


def sent_revision(sent: QueryDict) -> int:
    """The revision that the page was made from; nonsense counts as none, and so as a clash, never as an error."""
    typed = sent.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1
