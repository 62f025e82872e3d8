"""Users (outside the wall), and inside it agencies, teams and memberships."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from foundation.accounts.enums import AgencyKind, Role
from foundation.audit.history import tracked
from foundation.tenancy.fields import TenantForeignKey
from foundation.tenancy.models import Partnership, TenantModel


class UserManager(BaseUserManager["User"]):
    """Makes users, always by e-mail address in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new person who may sign in; without a password they must be invited to choose one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        """The user of an address, however it is capitalised."""
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from their memberships alone."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        """The name that colleagues see."""
        return self.full_name


@tracked
class Agency(TenantModel):
    """An organisation in a partnership. Its group is the key that guardian's grants name."""

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=AgencyKind.choices)
    group = models.OneToOneField(Group, models.PROTECT, related_name="agency", editable=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "name"], name="agency_name_once")]

    def __str__(self) -> str:
        return self.name


@tracked
class Team(TenantModel):
    """A locality team or service inside an agency."""

    agency = TenantForeignKey(Agency, related_name="teams")
    name = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "agency", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


@tracked
class Membership(TenantModel):
    """One role of one person in one agency; without a team it is for the whole agency."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    agency = TenantForeignKey(Agency, related_name="memberships")
    team = TenantForeignKey(Team, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "user", "agency", "role", "team"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="membership_once",
            ),
        ]


class ApiClient(AbstractApplication):
    """An agency's own credentials for the API: one application per agency and partnership (API-1).

    The model is chosen before the first migration, because it cannot be swapped later; the API itself comes later.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True)
    agency_key = models.UUIDField(null=True, blank=True)

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
