"""Hostile wording of an administrator or a preset: only words on pages, in e-mails and on paper (trust 17)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.test import Client

from foundation.accounts import services as accounts
from foundation.accounts.enums import Role
from foundation.accounts.models import Agency
from foundation.common.errors import Invalid
from foundation.outbox.services import deliver_due
from foundation.partnership import wording
from foundation.partnership.services.settings import change_settings
from foundation.tenancy.models import Partnership
from foundation.ui.colours import brand
from tests.factories import make_user, sign_in
from tests.markup import Markup
from tests.partnership.office import Office, office
from tests.partnership.test_settings_pages import words_of
from tests.trust.payloads import MARK, PAYLOADS, Feeder
from tests.trust.stage import openings_in

__all__ = ["office"]
TEXTS = {field: setting.limit for field, setting in wording.WORDS.items() if setting.limit > 40}


def hostile(feeder: Feeder, levels: list[dict[str, str]]) -> dict[str, Any]:
    """As many payloads as each field takes, the next ones each time."""
    said: dict[str, Any] = {field: feeder.text(field, limit) for field, limit in TEXTS.items()}
    said["privacy_notice"] = feeder.text("privacy_notice", 40)
    said["levels"] = [{"code": level["code"], "words": feeder.text("level", 80)} for level in levels]
    return said


def test_hostile_wording_stays_words_on_every_page(office: Office, record_property) -> None:
    """Trust 17: the pages of setting up, both versions side by side, the preview, the trail, and everybody's home."""
    feeder, client = Feeder(), office.client()
    operator = sign_in(Client(), make_user("Oona Quill", is_operator=True))
    seen = 0
    for number in range(6):
        with office.scope():
            said = hostile(feeder, office.partnership.levels)
            change_settings(by=office.actor(), revision=number + 1, changes=said)
        late = words_of(office, revision=1, name="Elsewhere")
        pages = [client.get(office.url(f"partnership:{name}")) for name in ("home", "words", "signing_in", "changes")]
        pages.append(client.post(office.url("partnership:words"), words_of(office, look="1")))
        pages.append(client.post(office.url("partnership:words"), words_of(office, colour="</style><script>")))
        pages.append(client.post(office.url("partnership:words"), late))
        pages += [client.get(f"/{office.partnership.slug}/"), office.client("nell").get("/nowhere/")]
        with_demo = operator.get("/operator/")
        for answer in (*pages, with_demo):
            page = answer.content.decode()
            assert list(openings_in(page)) == []
            assert "unsafe-" not in answer.headers.get("Content-Security-Policy", "")
            seen += page.count(MARK)
    tried = set().union(*feeder.used.values())
    assert len(tried) > 60
    assert seen > 1_000, "hardly anything was shown, so its silence proves nothing"
    record_property("trust", f"scripts: {len(tried)} payloads as a partnership's words, shown {seen} times, 0 run")


def test_payloads_as_colour_or_number_are_refused(office: Office) -> None:
    """Trust 17: what stands in a style or in a link is of its kind or refused."""
    with office.scope():
        by = office.actor()
        for payload in PAYLOADS:
            with pytest.raises(Invalid) as refusal:
                change_settings(by=by, revision=1, changes={"colour": payload, "out_of_hours_phone": payload})
            assert sorted(refusal.value.fields) == ["colour", "out_of_hours_phone"]
            assert brand(payload).colour == "#1d70b8"
    client = office.client()
    for payload in PAYLOADS[::20]:
        sent = words_of(office, colour=payload, out_of_hours_phone=payload)
        answer = client.post(office.url("partnership:words"), sent)
        assert answer.status_code == 400
        assert list(openings_in(answer.content.decode())) == []
    assert office.fresh().revision == 1


def test_hostile_wording_in_an_invitation_is_plain_text_with_one_subject(office: Office) -> None:
    """Trust 17: the message has no HTML part, and no header that the wording made."""
    with office.scope():
        name = Feeder().text("name", 120)
        change_settings(by=office.actor(), revision=1, changes={"name": name, "front_door": name})
        accounts.invite(
            by=office.actor(), email="una@fernbank.example", full_name="Una Reed", agency=Agency.objects.first(),
            role=Role.PRACTITIONER,
        )  # fmt: skip
    deliver_due(partnership_id=office.partnership.pk)
    (message,) = mail.outbox
    sent = message.message()
    assert type(message) is EmailMessage
    assert sent.get_content_type() == "text/plain"
    assert MARK in str(sent["Subject"])
    assert sent.get_all("To") == ["una@fernbank.example"]
    assert sent["Bcc"] is None


def test_hostile_wording_on_paper_is_words(office: Office) -> None:
    """Trust 17, 20: the frame of every PDF takes the name and the colour, and neither opens anything."""
    feeder = Feeder()
    for _ in range(20):
        partnership = Partnership(slug="x", name=feeder.text("name", 120), colour=f"</style><script>{MARK}(1)</script>")
        context = {"partnership": partnership, "brand": brand(partnership.colour), "title": partnership.name}
        page = render_to_string("pdf/base.html", context)
        assert MARK in page
        assert list(openings_in(page)) == []
        assert "--brand: #1d70b8" in Markup.of(page).text("style")
