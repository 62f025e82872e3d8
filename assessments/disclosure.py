"""What of an assessment one reader may see: answers about people whom their consent does not cover stay out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assessments.enums import AssessmentState
from assessments.models import Assessment, Section
from cases.disclosure import Disclosure
from cases.enums import Part
from foundation.common.actors import Actor
from foundation.formdefs import answers as reading
from foundation.formdefs import definitions
from foundation.formdefs.definitions import Definition, Page
from foundation.formdefs.enums import Kind
from foundation.formdefs.people import Person

Answers = dict[str, Any]
YOUNG = frozenset({Part.CHILD, Part.UNBORN})


@dataclass(frozen=True)
class ReadSection:
    """One section as a reader sees it."""

    page: Page
    section: Section
    answers: list[reading.Shown]


class AssessmentView:
    """One reader and one assessment. An approved one is read as it was frozen, its people as they stood (EHA-7)."""

    def __init__(self, actor: Actor, assessment: Assessment) -> None:
        self._case = Disclosure(actor, assessment.case)
        self._assessment = assessment
        self.definition: Definition = definitions.parse(assessment.definition.body)

    @cached_property
    def people(self) -> list[Person]:
        """The people whom the reader may know about, as form fields and answers name them."""
        members = self._case.people()
        if self._assessment.state != AssessmentState.APPROVED:
            return [Person(str(m.person_id), str(m.person), _who(m.part)) for m in members]
        known = {str(member.person_id) for member in members}
        stood = self._assessment.frozen["people"]
        return [Person(one["id"], one["name"], _who(one["part"])) for one in stood if one["id"] in known]

    @cached_property
    def sections(self) -> dict[str, Section]:
        """Every section by its page's key, with who saved it."""
        return {section.key: section for section in self._assessment.sections.select_related("saved_by")}

    def answers(self, key: str) -> Answers:
        """The answers of one section without what the reader may not see."""
        page = self.definition.page(key)
        return without_hidden_people(page, self._kept(key), (person.id for person in self.people))[0]

    def read(self, key: str) -> ReadSection:
        """One section for reading, in plain text."""
        page = self.definition.page(key)
        return ReadSection(page, self.sections[key], reading.read(page, self.answers(key), people=self.people))

    def read_all(self) -> list[ReadSection]:
        """Every section, in the form's order."""
        return [self.read(page.key) for page in self.definition]

    @cached_property
    def left_out(self) -> bool:
        """Whether something is left out for this reader: pages and documents say so, without saying what (EHA-9)."""
        allowed = {person.id for person in self.people}
        if self._assessment.state == AssessmentState.APPROVED:
            somebody = any(one["id"] not in allowed for one in self._assessment.frozen["people"])
        else:
            somebody = self._case.left_out
        hidden = (without_hidden_people(page, self._kept(page.key), allowed)[1] for page in self.definition)
        return somebody or any(hidden)

    def _kept(self, key: str) -> Answers:
        if self._assessment.state == AssessmentState.APPROVED:
            return dict(self._assessment.frozen["answers"].get(key, {}))
        return dict(self.sections[key].answers)


def without_hidden_people(page: Page, answers: Mapping[str, Any], visible: Iterable[str]) -> tuple[Answers, bool]:
    """The answers of one page for a reader, and whether something was left out (EHA-9).

    `visible` holds the ids, as text, of the people whom the reader may know about. A person's name is left out, and
    of a repeated group each entry about somebody else.
    """
    allowed = set(visible)
    kept: Answers = {}
    left_out = False
    for field in page:
        if field.key not in answers:
            continue
        value = answers[field.key]
        if field.kind == Kind.PERSON and value and value not in allowed:
            left_out = True
            continue
        if field.kind == Kind.GROUP:
            entries = [entry for entry in value if not _names_hidden(field.fields, entry, allowed)]
            left_out = left_out or len(entries) != len(value)
            value = entries
        kept[field.key] = value
    return kept, left_out


def _names_hidden(fields: Iterable[definitions.Field], entry: Mapping[str, Any], allowed: set[str]) -> bool:
    named = (entry.get(field.key) for field in fields if field.kind == Kind.PERSON)
    return any(person and person not in allowed for person in named)


def _who(part: str) -> str:
    return "child" if part in YOUNG else "adult"
