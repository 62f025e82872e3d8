"""Users (outside the wall), and inside it agencies, teams and memberships."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from foundation.accounts import keys
from foundation.accounts.enums import AgencyKind, InvitationState, Role
from foundation.accounts.workflow import InvitationWorkflow
from foundation.audit.history import tracked
from foundation.common import clock
from foundation.common.workflow import StateField
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
    """A person who signs in. What they may do comes from their memberships alone.

    `is_operator` lets a person set up partnerships, and see nothing inside one. `home_key` is a keyed digest of where
    they live, given by themself, so that a look at their own address can be noticed (FAM-8); the address is not kept.
    """

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, editable=False)
    home_key = models.CharField(max_length=64, blank=True, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        # What a list of people is sorted and searched by; the same expressions stand in `keys.py`.
        indexes = [
            models.Index(keys.NAME, name="user_by_name"),
            models.Index(keys.LAST_NAME, name="user_by_last_name"),
            models.Index(keys.EMAIL, name="user_by_email"),
        ]

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
    created_at = models.DateTimeField(default=clock.now, editable=False)
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


@tracked
class Invitation(InvitationWorkflow, TenantModel):
    """One role offered by e-mail to a person, who may or may not have an account yet (ACC-3).

    The link's secret is kept as a digest. An invitation past `expires_at` can be accepted no more, whatever its state.
    """

    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    agency = TenantForeignKey(Agency, related_name="invitations")
    team = TenantForeignKey(Team, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    state = StateField(default=InvitationState.WAITING, choices=InvitationState.choices)
    secret_digest = models.CharField(max_length=64)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "email", "agency", "role", "team"],
                condition=Q(state=InvitationState.WAITING),
                nulls_distinct=False,
                name="invitation_waits_once",
            ),
            models.CheckConstraint(
                name="accepted_invitation_says_who_and_when",
                condition=~Q(state=InvitationState.ACCEPTED) | Q(accepted_by__isnull=False, accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LastSignIn(TenantModel):
    """When a person last came into this partnership with a new session; other partnerships have their own (ACC-3)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "user"], name="last_sign_in_once")]


class KeptWords(TenantModel):
    """What a person sent after their session had ended: sealed, and given back once they sign in again (ACC-4)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    path = models.CharField(max_length=400)
    words = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "user", "path"], name="kept_words_once")]


class ApiClient(AbstractApplication):
    """An agency's own credentials for the API: one application per agency and partnership (API-1).

    The model is chosen before the first migration, because it cannot be swapped later; the API itself comes later.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, blank=True)
    agency_key = models.UUIDField(null=True, blank=True)

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
