"""The pages on which an assessment is written: task list, sections, the family's agreement, sending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from assessments import policies, services
from assessments.disclosure import AssessmentView
from assessments.enums import AssessmentState, SectionState
from assessments.forms import AgreementForm
from assessments.models import ReturnComment, Section
from assessments.services import SectionClash
from assessments.views.common import Inside
from foundation.common.clock import LONDON
from foundation.common.errors import Invalid
from foundation.formdefs import answers as reading
from foundation.formdefs import drafts, forms
from foundation.formdefs.definitions import Page
from foundation.formdefs.forms import PageForm
from foundation.ui.components import Difference, Task
from foundation.ui.templatetags.early_help import when
from foundation.ui.views import ActionView, PageFormView, PageView, add_refusal, conflict_page

STATE_COLOURS = {SectionState.NOT_STARTED: "blue", SectionState.IN_PROGRESS: "teal", SectionState.DONE: ""}


class Overview(Inside, PageView):
    """What have we got, what is missing? The task list (EHA-2)."""

    template_name = "assessments/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each section with its state, who saved it last and when; what the manager asked for."""
        self.looked()
        may_write = policies.check_can_write.allows(by=self.actor, assessment=self.assessment)
        tasks = [self.task(page, self.reader.sections[page.key], may_write) for page in self.reader.definition]
        done = sum(section.state == SectionState.DONE for section in self.reader.sections.values())
        return super().get_context_data(
            **self.shared(),
            tasks=tasks,
            done=done,
            total=len(tasks),
            may_write=may_write,
            is_author=policies.check_is_author.allows(by=self.actor, assessment=self.assessment),
            may_decide=self.assessment.state == AssessmentState.SUBMITTED
            and policies.check_can_decide.allows(by=self.actor, assessment=self.assessment),
            comments=comments_of(self.reader, self.assessment.pk) if self.is_back else [],
            **kwargs,
        )

    @property
    def is_back(self) -> bool:
        """Whether it was returned and not sent again yet."""
        decided, sent = self.assessment.decided_at, self.assessment.submitted_at
        return decided is not None and sent is not None and decided >= sent

    def task(self, page: Page, section: Section, may_write: bool) -> Task:
        """One line of the list."""
        saved = f"Saved {when(section.saved_at)} by {section.saved_by.full_name}" if section.saved_by else ""
        state = SectionState(section.state)
        url = self.link("section", key=page.key) if may_write else f"{self.link('read')}#section-{page.key}"
        return Task(page.title, state.label, url, saved, STATE_COLOURS[state])


def comments_of(reader: AssessmentView, assessment_id: Any) -> list[tuple[str, ReturnComment]]:
    """What managers asked for, newest first, each under the title of its section."""
    titles = {page.key: page.title for page in reader.definition}
    found = ReturnComment.objects.filter(assessment=assessment_id).select_related("made_by").order_by("-made_at", "id")
    return [(titles.get(comment.section_key, "The whole assessment"), comment) for comment in found]


class OneSection(Inside):
    """One section, its form made for this reader."""

    def form(self, key: str, data: Any = None) -> PageForm:
        """The section's form, with what was sent or with what is kept."""
        made = forms.page_form(self.reader.definition, key, people=self.reader.people)
        if data is not None:
            return made(data)
        kept = self.reader.answers(key)
        return made(initial=forms.initial_from(self.reader.definition, key, kept, people=self.reader.people))

    def draft(self, key: str, *, revision: int) -> Section:
        """Keep what was typed, finished or not."""
        answers = drafts.draft_answers(self.reader.definition, key, self.request.POST, people=self.reader.people)
        return services.save_section(
            by=self.actor, assessment_id=self.assessment.pk, key=key, revision=revision, answers=answers, complete=False
        )


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
        return self.page(page, self.form(key), self.reader.sections[key].revision)

    def post(self, request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> HttpResponseBase:
        """Save and continue, save and come back later, or add and remove entries: nothing typed is ever lost."""
        page = self.reader.definition.page(key)
        revision = sent_revision(request)
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
            form = self.form(key, request.POST)
            form.is_valid()
            add_refusal(form, refusal)
            return self.page(page, form, revision, status=400)

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
            number=keys.index(page.key) + 1,
            total=len(keys),
            comments=[said for said in comments_of(self.reader, self.assessment.pk) if said[1].section_key == page.key],
            back_url=self.link("detail"),
            draft_url=self.link("draft", key=page.key),
            saved=f"Saved {when(section.saved_at)}" if section.saved_at else "",
        )
        response = self.render_to_response(context)
        response.status_code = status
        return response

    def both_versions(self, page: Page, clash: SectionClash) -> HttpResponse:
        """Theirs and yours side by side; the writer chooses (EHA-4)."""
        people = self.reader.people
        theirs = AssessmentView(self.actor, self.assessment).answers(page.key)
        return conflict_page(
            self.request,
            sentence=clash.sentence,
            differences=[
                Difference(field.label, shown, yours)
                for field in page
                if (shown := reading.show(field, theirs.get(field.key), people))
                != (yours := reading.show(field, clash.yours.get(field.key), people))
            ],
            theirs_words=f"What {clash.theirs.saved_by} saved {when(clash.theirs.saved_at)}",
            keep_theirs_url=self.link("section", key=page.key),
            revision=clash.theirs.revision,
        )


class KeepDraft(OneSection, ActionView):
    """Saving as people type; the contract stands at the top of `static/js/early-help.js`."""

    def post(self, request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> HttpResponseBase:
        """Keep the draft, or say in one sentence why not."""
        try:
            section = self.draft(key, revision=sent_revision(request))
        except SectionClash as clash:
            return JsonResponse({"sentence": clash.sentence, "url": self.link("section", key=key)}, status=409)
        except Invalid as refusal:
            return JsonResponse({"sentence": refusal.sentence}, status=400)
        saved = section.saved_at.astimezone(LONDON) if section.saved_at else None
        return JsonResponse({"revision": section.revision, "saved": f"{saved:%H:%M}"})


def sent_revision(request: HttpRequest) -> int:
    """The revision that the page was made from; nonsense counts as none, and so as a clash, never as an error."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


class CheckAndAgree(Inside, PageFormView):
    """Check before it goes: every answer, what is missing, and the family's own views (EHA-2, EHA-5)."""

    form_class = AgreementForm
    template_name = "assessments/check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each section to read with its Change link, and those that are not completed."""
        sections = self.reader.read_all()
        return super().get_context_data(
            **self.shared(),
            sections=[(read, self.link("section", key=read.page.key)) for read in sections],
            unfinished=[read.page for read in sections if read.section.state != SectionState.DONE],
            is_author=policies.check_is_author.allows(by=self.actor, assessment=self.assessment),
            **{**kwargs, "back_url": self.link("detail")},
        )

    def form_valid(self, form: AgreementForm) -> HttpResponse:
        """The family agrees; sending it is the next button."""
        services.agree_with_family(by=self.actor, assessment_id=self.assessment.pk, **form.cleaned_data)
        messages.success(self.request, "The family’s agreement is recorded. You can send the assessment for approval.")
        return redirect(self.link("check"))


class Reopen(Inside, ActionView):
    """Open an agreed assessment for more writing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call."""
        services.reopen(by=self.actor, assessment_id=self.assessment.pk)
        messages.success(request, "The assessment is open for writing. Ask the family again before you send it.")
        return redirect(self.link("detail"))


class Submit(Inside, ActionView):
    """Send it for approval."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call."""
        services.submit(by=self.actor, assessment_id=self.assessment.pk)
        messages.success(request, "The assessment is with your manager for approval.")
        return redirect(self.link("detail"))


class Read(Inside, PageView):
    """The whole assessment to read."""

    template_name = "assessments/read.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every section, without what this reader may not see."""
        self.looked()
        return super().get_context_data(
            **self.shared(),
            sections=self.reader.read_all(),
            left_out=self.reader.left_out,
            back_url=self.link("detail"),
            **kwargs,
        )


class AskForPdf(Inside, ActionView):
    """The approved assessment as a PDF: made in the background, on a page that shows how far it is."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One service call, then the document's own page."""
        document = services.ask_for_pdf(by=self.actor, assessment_id=self.assessment.pk)
        return redirect("documents:detail", partnership=self.kwargs["partnership"], document_id=document.pk)
