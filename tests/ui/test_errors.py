"""Error pages: what happened and what to do, and never more than that."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from foundation.common.errors import Clash
from foundation.tenancy.models import Partnership
from foundation.ui import errors, views
from tests.markup import Markup

SCRIPT = {"HTTP_ACCEPT": "application/json"}


def raised(what: str, **headers: str) -> HttpResponse:
    return Client(raise_request_exception=False).post(f"/help/gallery/raise/{what}/", **headers)


@pytest.mark.usefixtures("gallery")
class TestPages:
    @pytest.mark.parametrize(
        ("what", "status", "heading", "words"),
        [
            ("clash", 409, "This cannot be done now", "Bea Lund took this enquiry at 9:14am."),
            ("not-allowed", 403, "You cannot do this", "Only a screener can decide an enquiry."),
            ("denied", 403, "You cannot do this", "You cannot do this with the role you have here."),
            ("invalid", 400, "That could not be done", "That cannot be."),
            ("too-big", 413, "That was too much at once", "Nothing was sent."),
            ("404", 404, "Page not found", "There is nothing at this address that you can see."),
        ],
    )
    def test_each_error_has_its_page(self, what, status, heading, words):
        """Screens: an error says what happened, what was kept and what to do."""
        response = raised(what)
        page = Markup.of(response.content)
        assert response.status_code == status
        assert page.text("h1") == heading
        assert words in page.text("main")
        assert "for programmers" not in response.content.decode()
        assert page.all("main a[href]")

    def test_missing_and_hidden_are_the_same_bytes(self):
        """ACC-6: a missing thing, a hidden one and an address that never was cannot be told apart."""
        answers = {raised("404").content, raised("not-there").content, Client().get("/help/no-such-page/").content}
        answers.add(Client(HTTP_HOST="localhost").get("/help/nor/this/", HTTP_REFERER="http://localhost/x/").content)
        assert len(answers) == 1

    def test_a_fault_of_ours_tells_nobody_anything(self):
        """OPS-2: the page of a fault has the log's number for it and not a word of the fault."""
        response = raised("bug")
        page = Markup.of(response.content)
        assert response.status_code == 500
        assert re.fullmatch(r"[0-9a-f-]{36}", page.text(".eh-reference"))
        assert b"Secret" not in response.content

    def test_a_fault_s_page_needs_no_database(self, django_db_blocker):
        """OPS-2: with the database gone there is still a page."""
        with django_db_blocker.block():
            assert errors.server_error(RequestFactory().get("/")).status_code == 500
            assert errors.not_found(RequestFactory().get("/")).status_code == 404

    @pytest.mark.parametrize(("what", "status"), [("clash", 409), ("invalid", 400), ("404", 404), ("bug", 500)])
    def test_script_gets_the_sentence_as_json(self, what, status):
        """EHA-3: saving as people type hears in words why it was refused."""
        response = raised(what, **SCRIPT)
        assert response.status_code == status
        assert response["Content-Type"] == "application/json"
        assert response.json()["sentence"]

    def test_the_way_back_is_one_of_our_own_pages(self):
        """Trust 17: a link on an error page never leads away."""
        ours = raised("clash", HTTP_REFERER="http://testserver/fernshire/queue/?after=x")
        assert 'href="/fernshire/queue/?after=x"' in ours.content.decode()
        theirs = raised("clash", HTTP_REFERER="https://elsewhere.example/fernshire/")
        assert "elsewhere" not in theirs.content.decode()

    def test_a_page_open_too_long_says_so(self):
        """ACC-1: a form whose token no longer fits is explained, and keeps nothing of what was sent."""
        response = Client(enforce_csrf_checks=True).post("/help/gallery/form/", {"name": "Okonkwo"})
        assert response.status_code == 403
        assert "This page was open too long" in response.content.decode()
        assert "Okonkwo" not in response.content.decode()

    def test_far_too_much_is_refused_in_words(self, settings):
        """INT-1: what no field could hold is refused whole, with a sentence."""
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
        response = Client().post("/help/gallery/form/", {"name": "x" * 5_000})
        assert response.status_code == 413
        settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
        response = Client().post("/help/gallery/form/", {str(number): "" for number in range(9)})
        assert response.status_code == 413


def test_the_product_s_addresses_lead_to_these_pages():
    """ACC-6: the product itself answers with them."""
    from earlyhelp import urls

    assert urls.handler404 == "foundation.ui.errors.not_found"
    assert django_settings.CSRF_FAILURE_VIEW == "foundation.ui.errors.csrf_failure"
    assert django_settings.MIDDLEWARE[-1] == "foundation.ui.middleware.ErrorPages"


class WritesThenFails(views.ActionView):
    """Writes a row, then meets the error that its address names."""

    open_to_anyone = "a test"

    def post(self, request, what):
        Partnership.objects.create(slug=f"half-{what}", name="Half")
        if what == "clash":
            raise Clash("Too late.")
        if what == "missing":
            raise Http404
        if what == "bug":
            raise ZeroDivisionError
        return HttpResponse("kept")


urlpatterns = [path("help/writes/<str:what>/", WritesThenFails.as_view())]
handler400, handler403 = errors.bad_request, errors.not_allowed
handler404, handler500 = errors.not_found, errors.server_error


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.ui.test_errors")
@pytest.mark.parametrize(("what", "kept"), [("clash", False), ("missing", False), ("bug", False), ("nothing", True)])
def test_an_error_takes_the_view_s_writes_back(what, kept):
    """Architecture §4: an error page is made after the rollback, so nothing of the request stays."""
    Client(raise_request_exception=False).post(f"/help/writes/{what}/")
    assert Partnership.objects.filter(slug=f"half-{what}").exists() is kept
