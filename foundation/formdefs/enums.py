"""The kinds of field that a form may have, the figures that a field may feed, and the room's verbs."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a field asks for (EHA-3). A condition is not a kind: any field may carry one."""

    TEXT = "text", "Text"
    LONG_TEXT = "long_text", "Long text"
    CHOICE = "choice", "Choice"
    MANY_CHOICES = "many_choices", "Many choices"
    DATE = "date", "Date"
    PARTIAL_DATE = "partial_date", "Partial date"
    NUMBER = "number", "Number"
    SCALE = "scale", "Scale"
    PERSON = "person", "Person"
    GROUP = "group", "Repeated group"


class Who(TextChoices):
    """Which people of the case a field of kind person offers."""

    ANYONE = "anyone", "Anyone in the case"
    CHILD = "child", "Children"
    ADULT = "adult", "Adults"


class Figure(TextChoices):
    """A figure that reports count. A field that names one keeps its answer comparable between forms."""

    SAFEGUARDING_CONCERN = "safeguarding_concern", "Whether a child may be at risk of significant harm"
    FAMILY_SCALE = "family_scale", "How things are for the family, 0 to 10"
    WORKER_SCALE = "worker_scale", "How the worker sees things, 0 to 10"
    SCHOOL_ATTENDANCE = "school_attendance", "School attendance, in per cent"
    SUSPENSIONS = "suspensions", "Suspensions from school in the last twelve months"
    POLICE_INCIDENTS = "police_incidents", "Incidents known to the police in the last twelve months"
    MISSING_EPISODES = "missing_episodes", "Times missing from home in the last twelve months"
    DEVELOPMENT = "development", "Whether development is as expected for the child's age"


class FormVerb(TextChoices):
    """What is done to a form, for the audit trail."""

    PUBLISHED = "form.published", "Published a form"


FIGURE_KINDS: dict[str, frozenset[str]] = {
    Figure.SAFEGUARDING_CONCERN: frozenset({Kind.CHOICE}),
    Figure.FAMILY_SCALE: frozenset({Kind.SCALE}),
    Figure.WORKER_SCALE: frozenset({Kind.SCALE}),
    Figure.SCHOOL_ATTENDANCE: frozenset({Kind.NUMBER}),
    Figure.SUSPENSIONS: frozenset({Kind.NUMBER}),
    Figure.POLICE_INCIDENTS: frozenset({Kind.NUMBER}),
    Figure.MISSING_EPISODES: frozenset({Kind.NUMBER}),
    Figure.DEVELOPMENT: frozenset({Kind.CHOICE}),
}
