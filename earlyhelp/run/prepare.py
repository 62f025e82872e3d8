"""The steps between the servers and the first page, in one Django process because each start costs a second (OPS-1).

Front-end files, migrations, static files, demo data; each is left out when it has nothing to do.
`python -m earlyhelp.run.prepare FILE` writes the demo's sign-ins, or where to begin without a demo, to FILE.
"""

from __future__ import annotations

import hashlib
import sys
from io import StringIO
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from earlyhelp.embedded.datadir import write_private
from earlyhelp.embedded.server import explain

ROOT = Path(__file__).resolve().parents[2]


def copy_front_end() -> None:
    """Copy the front-end packages' files beside our own, when they are new."""
    stamp = ROOT / "static" / "vendor" / ".stamp"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        call_command("vendor_assets", verbosity=0)
        stamp.write_text(wanted)


def collect_static() -> None:
    """Gather the static files under their hashed names, when one of them has changed."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            file = Path(storage.path(name)).stat()
            seen.update(f"{name}:{file.st_size}:{file.st_mtime_ns}\n".encode())
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(seen.hexdigest())


def load_demo(sign_ins: Path) -> None:
    """Fill an empty database with the demo when EARLYHELP_DEMO asks for it, and note its sign-ins."""
    sign_ins.unlink(missing_ok=True)
    if not settings.DEMO:
        return
    if not apps.get_model("tenancy", "Partnership").objects.exists():
        print("Making the demo's families.", flush=True)
    try:
        call_command("demo", verbosity=0)  # its sign-ins are printed when everything runs
    except CommandError as refusal:  # somebody's own partnerships: served as they are, with nobody's password printed
        print(refusal, flush=True)
        return
    with sign_ins.open("w") as file:
        call_command("demo", "--sign-ins", stdout=file)


def note_the_way_in(sign_ins: Path) -> None:
    """Without a demo and without an operator: note the address at which the first one makes their account."""
    if not settings.DEMO:
        written = StringIO()
        try:
            call_command("set_up_link", stdout=written)
        except CommandError:
            return  # there is an operator: they know how to sign in
        write_private(sign_ins, f"Nobody can sign in yet. Begin here: {written.getvalue()}")


def main(sign_ins: Path) -> int:
    """Do every step and return the exit code; a step that cannot be done is one line."""
    django.setup()
    try:
        copy_front_end()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        load_demo(sign_ins)
        note_the_way_in(sign_ins)
    except (CommandError, OperationalError, OSError) as error:
        words = str(error)
        print(explain(words, settings.DATA_DIR) or " ".join(words.split()), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
