"""The tables that stand outside the wall, each with what the app's role may do and why it must be there.

Whoever adds a table either puts it behind the wall or gives its reason here; the catalogue test reads this list.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections

from foundation.tenancy import sql

ALL = "SELECT, INSERT, UPDATE, DELETE"
READ = "SELECT"

# table: (the app's privileges, why no partnership's scope can guard it)
OPEN_TABLES: dict[str, tuple[str, str]] = {
    "tenancy_partnership": ("SELECT, INSERT, UPDATE", "the path names a partnership before its scope is open"),
    "accounts_user": ("SELECT, INSERT, UPDATE", "a person signs in before choosing a hat, and may have several"),
    "accounts_user_groups": (ALL, "guardian reads it for grants by agency; it holds keys only"),
    "accounts_user_user_permissions": (READ, "Django's own; stays empty"),
    "auth_group": (ALL, "guardian's grants name a group; a group is only an agency's key"),
    "auth_group_permissions": (READ, "Django's own; stays empty"),
    "auth_permission": (READ, "the names of permissions"),
    "django_content_type": (READ, "the names of models"),
    "django_migrations": (READ, "readiness compares it with the code"),
    "django_session": (ALL, "a session begins before sign-in"),
    "cache_entry": (ALL, "counters of failed codes, before sign-in"),
    "account_emailaddress": (ALL, "sign-in looks an address up"),
    "account_emailconfirmation": (ALL, "sign-in's own"),
    "mfa_authenticator": (ALL, "the second factor is asked before a hat is chosen"),
    "axes_accessattempt": (ALL, "lockout counts before anyone is known"),
    "axes_accessattemptexpiration": (ALL, "lockout counts before anyone is known"),
    "axes_accessfailurelog": (ALL, "lockout counts before anyone is known"),
    "axes_accesslog": (ALL, "lockout counts before anyone is known"),
    "accounts_apiclient": (READ, "a client proves itself before its partnership is known"),
    "oauth2_provider_accesstoken": (ALL, "a token says which partnership"),
    "oauth2_provider_grant": (ALL, "the provider's own"),
    "oauth2_provider_idtoken": (ALL, "the provider's own"),
    "oauth2_provider_refreshtoken": (ALL, "the provider's own"),
    "oauth2_provider_devicegrant": (ALL, "the provider's own"),
    "guardian_groupobjectpermission": (READ, "guardian's generic table; stays empty, grants have their own"),
    "guardian_userobjectpermission": (READ, "guardian's generic table; stays empty, grants have their own"),
    "pghistory_context": (READ, "pghistory's own; stays empty, context travels with each event"),
}


def open_the_ground(*, using: str) -> None:
    """Grant the app's role what the list says, table by table (after every migration, by the owner).

    Numbered keys are identity columns: who may insert a row may have its number, without a grant on the sequence.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or connection.settings_dict["USER"] == settings.APP_DATABASE_ROLE:
        return
    with connection.cursor() as cursor:
        standing = set(connection.introspection.table_names(cursor))
        for table, (privileges, _why) in OPEN_TABLES.items():
            if table in standing:
                for statement in sql.grants(table, privileges):
                    cursor.execute(statement)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """The signal's ear: run once, after the last app has migrated."""
    open_the_ground(using=using)
