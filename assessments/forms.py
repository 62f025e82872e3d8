"""The forms that are not data: the family's agreement, and the manager's decision."""

from __future__ import annotations

from typing import Any

from django import forms

from assessments.services import LONGEST_AGREED_BY, LONGEST_COMMENT, LONGEST_VIEWS, Comment
from foundation.formdefs.definitions import Definition
from foundation.ui.fields import PlainTextField

APPROVE, RETURN = "approve", "return"


class AgreementForm(forms.Form):
    """What the family says of the finished assessment (EHA-2)."""

    agreed_by = PlainTextField(
        label="Who in the family has read it, or had it read to them, and agrees?",
        called="who agrees",
        empty="Enter who in the family agrees",
        max_length=LONGEST_AGREED_BY,
    )
    family_views = PlainTextField(
        label="What do they say about it?",
        called="The family’s views",
        empty="Enter the family’s views of the assessment",
        help_text="In their own words. Keep views that differ apart, and say whose they are.",
        rows=5,
        max_length=LONGEST_VIEWS,
    )


class DecisionForm(forms.Form):
    """Approve, or return with comments on any section (EHA-5)."""

    overall = PlainTextField(
        label="Your comment on the whole assessment",
        help_text="When you return it, write at least one comment, here or under a section.",
        called="Your comment",
        required=False,
        rows=4,
        max_length=LONGEST_COMMENT,
    )

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = {page.key: f"section-{page.key}" for page in definition.pages}
        for page in definition.pages:
            self.fields[self.sections[page.key]] = PlainTextField(
                label=f"Your comment on “{page.title}”",
                called=f"Your comment on “{page.title}”",
                required=False,
                rows=2,
                count=False,
                max_length=LONGEST_COMMENT,
            )

    @property
    def comments(self) -> list[Comment]:
        """What was written, section by section, and on the whole last."""
        said = [Comment(key, self.cleaned_data[name]) for key, name in self.sections.items()]
        return [comment for comment in [*said, Comment("", self.cleaned_data["overall"])] if comment.text]
