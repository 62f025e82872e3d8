"""Base views: nobody mounts a page that does not say who may open it; refusals become words."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from foundation.accounts.models import User
from foundation.common.actors import Actor
from foundation.common.errors import Invalid, NotAllowed
from foundation.common.ids import new_id
from foundation.common.policy import policy
from foundation.tenancy.models import Partnership
from foundation.ui import fields, views
from tests.markup import Markup

ACTOR = Actor(partnership_id=new_id(), user_id=1, roles=frozenset({"screener"}))


@policy
def check_can_screen(*, by: Actor) -> None:
    if not by.has("screener"):
        raise NotAllowed("Only a screener can see the queue.")


class Answers(views.PolicyMixin):
    """Says that it was reached."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("reached")


def asked(view: type[views.PolicyMixin], actor: Actor | None = ACTOR, user: Any = None, **kwargs: Any) -> Any:
    request = RequestFactory().get("/somewhere/?page=2")
    request.actor = actor
    request.user = user or AnonymousUser()
    return view.as_view()(request, **kwargs)


@pytest.mark.parametrize("base", [views.PageView, views.PageFormView, views.ActionView, views.PolicyMixin])
def test_a_view_must_say_who_may_open_it(base):
    """Trust 1: a page without a policy cannot be mounted, nor one with two."""
    with pytest.raises(ImproperlyConfigured, match="Forgot must say once who may open it"):
        type("Forgot", (base,), {}).as_view()
    with pytest.raises(ImproperlyConfigured, match="Twice"):
        type("Twice", (base,), {"policy": check_can_screen, "open_to_anyone": "and yet"}).as_view()


def test_a_policy_of_the_actor_alone_is_asked_with_the_hat_worn():
    """ACC-2: what the hat may not do raises its sentence."""
    view = type("Queue", (Answers,), {"policy": check_can_screen})
    assert asked(view).content == b"reached"
    with pytest.raises(NotAllowed, match="Only a screener"):
        asked(view, Actor(partnership_id=new_id(), user_id=2))


def test_any_other_policy_is_asked_with_the_request_and_the_address():
    """ACC-2: a rule about one thing gets its key from the address."""
    seen = []
    view = type("Case", (Answers,), {"policy": lambda request, **kwargs: seen.append((request.actor, kwargs))})
    asked(view, case_id=7, partnership="fernshire")
    assert seen == [(ACTOR, {"case_id": 7, "partnership": "fernshire"})]


@pytest.mark.parametrize("declared", [{"policy": check_can_screen}, {"open_to_all_members": "own work"}])
def test_no_hat_no_page(declared):
    """ACC-6: without a hat a page of a partnership is not there."""
    with pytest.raises(Http404):
        asked(type("Mine", (Answers,), declared), actor=None)


def test_pages_outside_every_partnership_ask_for_sign_in():
    """ACC-1: choosing a hat needs a person, not a hat; the way back is kept."""
    view = type("Hats", (Answers,), {"open_to_signed_in": "chooses the hat"})
    response = asked(view, actor=None)
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/somewhere/%3Fpage%3D2")
    assert asked(view, actor=None, user=User(pk=1)).content == b"reached"


def test_a_button_is_not_a_page():
    """Trust 1: what changes something is never done by following a link."""
    view = type("Take", (views.ActionView,), {"open_to_all_members": "a test", "post": lambda *args: HttpResponse()})
    assert asked(view).status_code == 405


def test_every_page_is_drawn_inside_its_transaction(gallery):
    """Architecture §4: a page that cannot be drawn takes its view's writes back with it."""
    view = type("Page", (views.PageView,), {"open_to_anyone": "a test", "template_name": "tests_ui/gallery.html"})
    request = RequestFactory().get("/help/")
    request.user, request.csp_nonce = AnonymousUser(), "n"
    context = {"extra_context": {"rows": [], "tasks": [], "page": None, "empty": None, "events": [], "progress": None}}
    assert view.as_view(**context)(request).is_rendered


def test_what_a_service_refuses_stands_by_its_field(gallery, client):
    """INT-1: an Invalid names a field, or the whole form; the words that were typed stay."""
    sent = {
        "name": "Refuse", "story": "Long", "born_day": "1", "born_month": "2", "born_year": "2019", "route": "call",
        "agree": "yes", "needs": "sleep", "level": "2", "rooms": "3", "score": "0", "told": "on",
    }  # fmt: skip
    response = client.post("/help/gallery/form/", sent)
    assert response.status_code == 400
    page = Markup.of(response.content)
    assert page.text("title") == "Error: Every field – Early Help"
    summary = page.text(".govuk-error-summary__list")
    assert "Family name is taken" in summary
    assert "Something else is wrong" in summary
    assert page.one("#id_name").get("value") == "Refuse"
    assert page.one("#id_name").get("aria-describedby") == "id_name_helptext id_name_error"
    sent["name"] = "Okonkwo"
    assert client.post("/help/gallery/form/", sent).content == b"sent"


@pytest.mark.django_db
def test_a_refused_form_leaves_nothing_half_saved(rf):
    """Architecture §3: what a view wrote before its service refused is taken back."""

    class Writes(views.PageFormView):
        open_to_anyone = "a test"
        form_class = type("Name", (forms.Form,), {"name": fields.PlainTextField()})

        def form_valid(self, form: Any) -> HttpResponse:
            Partnership.objects.create(slug="half", name="Half")
            raise Invalid("No.")

    request = rf.post("/help/", {"name": "x"})
    request.user, request.csp_nonce = AnonymousUser(), "n"
    assert Writes.as_view()(request).status_code == 400
    assert not Partnership.objects.filter(slug="half").exists()


def test_both_versions_stand_side_by_side(rf):
    """EHA-3: when two people save one page, neither loses a word."""
    from foundation.ui.components import Difference

    request = rf.post(
        "/help/", {"answer": "<b>mine</b>", "needs": ["a", "b"], "revision": "3", "csrfmiddlewaretoken": "t"}
    )
    request.user, request.csp_nonce = AnonymousUser(), "n"
    response = views.conflict_page(
        request,
        sentence="Bea Lund saved this page at 2:02pm.",
        differences=[Difference("What is going well?", "theirs", "<b>mine</b>")],
        theirs_words="What Bea Lund wrote",
        keep_theirs_url="/help/",
        revision=4,
    )
    page = Markup.of(response.content)
    assert response.status_code == 409
    assert [cell.text for cell in page.all("tbody td")] == ["theirs", "<b>mine</b>"]
    sent = [(box.get("name"), box.get("value")) for box in page.all("main input[type=hidden]")]
    assert sent[1:] == [("answer", "<b>mine</b>"), ("needs", "a"), ("needs", "b"), ("revision", "4")]
