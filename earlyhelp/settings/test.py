"""The same product with quicker password hashes and plain static names: real servers, nothing stood in for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from earlyhelp.settings.base import *  # noqa: F403
from earlyhelp.settings.base import PAGE_OPTIONS, STORAGES

SECRET_KEY = "for-tests-only-" + "0" * 40
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["default"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": STORAGES["default"]["OPTIONS"] | {"location": tempfile.mkdtemp(prefix="earlyhelp-files-")},
}
STATIC_ROOT = Path(tempfile.mkdtemp(prefix="earlyhelp-static-"))
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A misspelt name in a template shows itself instead of printing nothing.
PAGE_OPTIONS["string_if_invalid"] = "UNDEFINED(%s)"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "global_keyprefix": f"earlyhelp-test-{os.environ.get('EARLYHELP_TEST_NAME', '')}-"
    f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}:",
}
