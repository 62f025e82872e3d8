"""Checks our own migrations for steps that lock tables or break the release before (OPS-1).

`python -m earlyhelp.migration_check` is django-migration-linter without its being installed as an app,
so that the running product does not carry a tool of the tests. Needs a database to print the SQL for.

Migrations that a release has shipped are not judged again: `--release` writes their names into RELEASED.
Before the first release no table holds a row, so everything up to it is taken as shipped.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.management.commands.lintmigrations import Command

ROOT = Path(__file__).resolve().parents[1]
RELEASED = Path(__file__).with_name("released_migrations.txt")


def own_apps() -> list[str]:
    """Labels of the apps whose source is ours and that have migrations."""
    installed = ROOT / ".venv"
    paths = {config.label: Path(config.path) for config in apps.get_app_configs()}
    ours = {label: path for label, path in paths.items() if path.is_relative_to(ROOT)}
    return [
        label
        for label, path in ours.items()
        if not path.is_relative_to(installed) and (path / "migrations" / "__init__.py").exists()
    ]


def names_of(labels: list[str]) -> list[str]:
    """The migrations of these apps as `label.name`, in order."""
    loader = MigrationLoader(None)
    return sorted(f"{label}.{name}" for label, name in loader.disk_migrations if label in labels)


def main(given: list[str]) -> int:
    """Check what no release has shipped, or note all as shipped; exit code 1 when one is not safe."""
    labels = own_apps()
    if given == ["--release"]:
        RELEASED.write_text("\n".join(names_of(labels)) + "\n")
        return 0
    released = set(RELEASED.read_text().split())
    for label in labels:
        ours = [name.partition(".")[2] for name in names_of([label]) if name in released]
        if len(ours) < len(names_of([label])):
            quiet = ["ok", "ignore"]
            call_command(Command(), include_apps=[label], ignore_name=ours, no_cache=True, quiet=quiet)
    print("Migrations in order.")
    return 0


if __name__ == "__main__":
    django.setup()
    sys.exit(main(sys.argv[1:]))
