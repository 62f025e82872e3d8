"""`flush` works as the tables' owner: the app's role may not TRUNCATE."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

# What migrations and models write, not people: with these kept, nothing need be made again afterwards.
KEPT = ("django_migrations", "django_content_type", "auth_permission")

TABLES = """
    SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL (%s)
"""


class Command(Flush):
    """Empties every table of ours, those without a model (partitions, the chain) too."""

    def handle(self, **options: Any) -> None:
        """Ask first unless `--noinput`; a connection of its own, because a test may hold the shared one shut.

        Once, for the default: the other connections are ways into the same database.
        """
        if options["database"] != "default":
            return
        if options["interactive"] and input("Empty the whole database? Type 'yes': ") != "yes":
            raise CommandError("Nothing was emptied.")
        wrapper = connections.create_connection("owner")
        connection = wrapper.get_new_connection(wrapper.get_connection_params())
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(TABLES, [list(KEPT)])
                tables = ", ".join(row[0] for row in cursor.fetchall())
                cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        finally:
            connection.close()
