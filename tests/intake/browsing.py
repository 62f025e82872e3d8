"""Going through the pages as a browser without script does."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests import factories
from tests.intake import answers
from tests.intake.places import Place


class Visitor:
    """One person at one partnership's pages; `person` is their key in the place."""

    def __init__(self, site: Place, person: str, **client) -> None:
        self.site = site
        member = site.members[person]
        self.client = factories.sign_in(Client(**client), member.user, site.partnership, member.agency)

    def url(self, name: str, **kwargs) -> str:
        return reverse(f"intake:{name}", kwargs={"partnership": self.site.partnership.slug, **kwargs})

    def get(self, name: str, query: str = "", **kwargs):
        return self.client.get(self.url(name, **kwargs) + query)

    def post(self, name: str, data=None, query: str = "", **kwargs):
        return self.client.post(self.url(name, **kwargs) + query, data or {})

    def begin(self) -> str:
        """Press Start; the draft's id."""
        return self.post("start").url.split("/")[-3]


def dated(values: dict) -> dict:
    """Answers as a form sends them: dates as three boxes, nothing for None or False."""
    sent = {}
    for name, value in values.items():
        if name.endswith("_on"):
            year, month, day = (value or "--").split("-")
            sent |= {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
        elif value not in (None, False):
            sent[name] = "on" if value is True else value
    return sent


def write(visitor: Visitor, *, people=None, work=None, **changes) -> str:
    """Fill in every page but the last; the draft's id."""
    draft_id = visitor.begin()
    steps = [
        visitor.post("draft_family", dated(answers.family(**changes.get("family", {}))), draft_id=draft_id),
        *(
            visitor.post("draft_person_add", dated(each), draft_id=draft_id)
            for each in people or [answers.child(), answers.mother()]
        ),
        visitor.post("draft_people", draft_id=draft_id),
        visitor.post("draft_story", dated(answers.story(**changes.get("story", {}))), draft_id=draft_id),
    ]
    keys = [option[0] for option in covers(visitor, draft_id)]
    named = [str(agency.pk) for agency in work or [visitor.site.school]]
    said = answers.consent(people=keys, work=named) | changes.get("consent", {})
    steps.append(visitor.post("draft_consent", dated(said), draft_id=draft_id))
    assert [step.status_code for step in steps] == [302] * len(steps)
    return draft_id


def covers(visitor: Visitor, draft_id: str) -> list[tuple[str, str]]:
    """The people whom the consent's page offers."""
    return visitor.get("draft_consent", draft_id=draft_id).context["form"].fields["covers"].choices
