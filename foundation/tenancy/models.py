"""The partnership, and what every row inside one has."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django_scopes import ScopedManager

from foundation.common.ids import new_id
from foundation.tenancy.scope import current_partnership_id_or_none

# The first part of an address that is not a partnership's.
RESERVED_SLUGS = frozenset(
    [
        "accounts",
        "admin",
        "api",
        "csp-report",
        "favicon.ico",
        "hats",
        "healthz",
        "help",
        "media",
        "operator",
        "robots.txt",
        "set-up",
        "static",
    ]
)

# The least and the most that a partnership may set: minutes without a click, and hours since signing in (ACC-4).
IDLE_MINUTES = (5, 120)
SESSION_HOURS = (1, 24)


def within(limits: tuple[int, int]) -> list[Any]:
    """Validators for a whole number between two, both included."""
    least, most = limits
    return [MinValueValidator(least), MaxValueValidator(most)]


def default_levels() -> list[dict[str, str]]:
    """The levels of need (practice model §1), from 1, each with the partnership's own word."""
    return [
        {"code": "1", "words": "Universal"},
        {"code": "1+", "words": "Universal plus"},
        {"code": "2", "words": "Targeted early help"},
        {"code": "3", "words": "Child in need"},
        {"code": "4", "words": "Child protection"},
    ]


class Partnership(models.Model):
    """The tenant: one local safeguarding children partnership, with its own words and colour."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    colour = models.CharField(max_length=7, default="#1d70b8", validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    front_door = models.CharField(max_length=120, default="Early Help Hub")
    social_care_door = models.CharField(max_length=120, default="MASH")
    lead_title = models.CharField(max_length=60, default="lead professional")
    adviser_title = models.CharField(max_length=60, default="early help coordinator")
    emergency_wording = models.TextField(default="If a child is in immediate danger, call 999.")
    out_of_hours_phone = models.CharField(max_length=40, blank=True)
    adult_door = models.CharField(max_length=200, blank=True)
    levels = models.JSONField(default=default_levels)
    privacy_notice = models.CharField(max_length=40, default="1")
    second_factor = models.BooleanField(default=True)
    idle_minutes = models.PositiveSmallIntegerField(default=30, validators=within(IDLE_MINUTES))
    session_hours = models.PositiveSmallIntegerField(default=12, validators=within(SESSION_HOURS))
    revision = models.PositiveIntegerField(default=1, editable=False)
    pathway_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partnership_slug_not_reserved", condition=~models.Q(slug__in=sorted(RESERVED_SLUGS))
            ),
            models.CheckConstraint(
                name="partnership_session_limits",
                condition=models.Q(idle_minutes__range=IDLE_MINUTES, session_hours__range=SESSION_HOURS),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def partnership_id(self) -> uuid.UUID:
        """Its own id, so that the trail can name a partnership as what something was done to."""
        return self.pk

    def level_words(self, code: str) -> str:
        """The partnership's word for a level of need, such as "Targeted early help" for "2"."""
        return next((level["words"] for level in self.levels if level["code"] == code), code)


class TenantModel(models.Model):
    """A row inside one partnership. Its manager refuses to work without a scope; PostgreSQL refuses as well."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partnership = models.ForeignKey(
        Partnership,
        models.PROTECT,
        default=current_partnership_id_or_none,
        editable=False,
        related_name="+",
        db_index=False,
    )

    objects: Any = ScopedManager(partnership="partnership_id")
    partnership_id: uuid.UUID

    class Meta:
        abstract = True
