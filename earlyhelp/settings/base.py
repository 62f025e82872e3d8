"""What every installation shares. What differs between installations comes from the environment."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from earlyhelp.settings.logs import (  # noqa: F401
    DJANGO_STRUCTLOG_IP_LOGGING_ENABLED,
    DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL,
    LOGGING,
)
from earlyhelp.settings.work import *  # noqa: F403
from foundation.common import clock

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("EARLYHELP_DATA_DIR", ROOT / ".data"))


def required(name: str) -> str:
    """The value of an environment variable that the product cannot start without."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"{name} is not set: start with `make run`, or see README.md.") from None


def database(url: str) -> dict[str, Any]:
    """Django's description of a `postgres://user:password@host:port/name` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("A database address begins with postgres://: Early Help runs on PostgreSQL only.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


SECRET_KEY = os.environ.get("EARLYHELP_SECRET_KEY", "")  # Django refuses to start without one
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("EARLYHELP_OLD_SECRET_KEYS", "").split(",") if key]
DEBUG = False
DEMO = os.environ.get("EARLYHELP_DEMO") == "1"
if os.environ.get(clock.OFFSET) and not DEMO:
    raise ImproperlyConfigured(f"{clock.OFFSET} sets the clock of a demonstration: it needs EARLYHELP_DEMO=1.")
SECURE_COOKIES = os.environ.get("EARLYHELP_HTTPS", "0" if DEMO else "1") == "1"
ALLOWED_HOSTS = os.environ.get("EARLYHELP_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# How people reach the pages: messages are written where no request says so. Without an ending slash.
_HERE = f"http://127.0.0.1:{os.environ.get('EARLYHELP_PORT') or 8000}"
PUBLIC_ADDRESS = (
    os.environ.get("EARLYHELP_ADDRESS") or (f"https://{ALLOWED_HOSTS[0]}" if SECURE_COOKIES else _HERE)
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("EARLYHELP_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "guardian",
    "django_filters",
    "django_fsm",
    "pgtrigger",
    "pghistory",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_structlog",
    "foundation.tenancy",
    "foundation.audit",
    "foundation.outbox",
    "foundation.ui",
    "foundation.accounts",
    "foundation.formdefs",
    "foundation.partnership",
    "foundation.notifications",
    "foundation.documents",
    "foundation.deadlines",
    "cases",
    "consent",
    "intake",
    "assessments",
    "earlyhelp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "foundation.accounts.sessions.SessionLimits",
    "foundation.accounts.middleware.PartnershipMiddleware",
    "axes.middleware.AxesMiddleware",
    "foundation.ui.middleware.ErrorPages",
]

ROOT_URLCONF = "earlyhelp.urls"
WSGI_APPLICATION = "earlyhelp.wsgi.application"
ASGI_APPLICATION = "earlyhelp.asgi.application"

PAGE_OPTIONS: dict[str, Any] = {
    "context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "foundation.ui.context.shell",
    ],
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": PAGE_OPTIONS,
    },
]
FORM_RENDERER = "foundation.ui.renderer.PageRenderer"

# The app's own role does the work; the owner migrates; maintenance is for backup, bulk loading and erasure.
DATABASES = {
    "default": database(required("DATABASE_URL")),
    "owner": database(os.environ.get("DATABASE_OWNER_URL") or required("DATABASE_URL")),
    "maintenance": database(os.environ.get("DATABASE_MAINTENANCE_URL") or required("DATABASE_URL")),
}
for alias in ("owner", "maintenance"):
    DATABASES[alias] |= {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0}
APP_DATABASE_ROLE = DATABASES["default"]["USER"]
MAINTENANCE_DATABASE_ROLE = DATABASES["maintenance"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing lives only in the broker: sessions and counters of failed codes are rows.
REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        # Past this number Django throws counters away; at its own 300, anyone could have theirs forgotten.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# No policy lets a session live longer; each partnership's own limits are kept by SessionLimits.
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "foundation.ui.errors.csrf_failure"
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("EARLYHELP_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# A long note is refused by its field, with its words kept; only what no field could hold is refused whole.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "foundation.accounts.backends.LockoutBackend",
    "foundation.accounts.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody's rights, so no row for nobody
GUARDIAN_RAISE_403 = True
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "hats"
ACCOUNT_ADAPTER = "foundation.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "foundation.accounts.forms.SignInForm",
    "change_password": "foundation.accounts.forms.ChangePasswordForm",
    "reset_password": "foundation.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "foundation.accounts.forms.NewPasswordForm",
    "reauthenticate": "foundation.accounts.forms.ConfirmPasswordForm",
}
# A whole school signs in at once from one address, so sign-ins as such are not limited: their counter would be one
# lock for all. Failed passwords are counted by the lockout below; "login_failed" counts wrong second-factor codes.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "reset_password": "60/m/ip,5/h/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "foundation.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Early Help"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "foundation.accounts.forms.ChallengeForm",
    "reauthenticate": "foundation.accounts.forms.ConfirmCodeForm",
    "activate_totp": "foundation.accounts.forms.SetUpAppForm",
    "authenticate_webauthn": "foundation.accounts.forms.ChallengeKeyForm",
    "reauthenticate_webauthn": "foundation.accounts.forms.KeyAgainForm",
    "add_webauthn": "foundation.accounts.forms.AddKeyForm",
    "edit_webauthn": "foundation.accounts.forms.RenameKeyForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("EARLYHELP_PROXY") == "1" else 0

# Failed sign-ins within the pause: a person's from anywhere, and everybody's from one address.
AXES_FAILURE_LIMIT = 10
SIGN_IN_ADDRESS_LIMIT = 100
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_HANDLER = "foundation.accounts.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "foundation.accounts.lockout.person_key"
AXES_CLIENT_IP_CALLABLE = "foundation.accounts.lockout.client_address"
AXES_CLIENT_STR_CALLABLE = "foundation.accounts.lockout.client_words"
AXES_LOCKOUT_CALLABLE = "foundation.accounts.lockout.same_answer"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "next"]
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("EARLYHELP_STATIC_ROOT", DATA_DIR / "static"))
STATICFILES_DIRS = [ROOT / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": os.environ.get("EARLYHELP_FILES", DATA_DIR / "files"),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "earlyhelp.staticfiles.GzipManifestStorage"},
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("EARLYHELP_MAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EARLYHELP_MAIL_PORT", "1025"))
CELERY_BROKER_URL = REDIS_URL

# Messages go by GOV.UK Notify where its key and template are given, else to the mail server above.
NOTIFY_KEY = os.environ.get("EARLYHELP_NOTIFY_KEY", "")
NOTIFY_TEMPLATE = os.environ.get("EARLYHELP_NOTIFY_TEMPLATE", "")
NOTIFY_URL = os.environ.get("EARLYHELP_NOTIFY_URL") or "https://api.notifications.service.gov.uk"
DEFAULT_FROM_EMAIL = os.environ.get("EARLYHELP_MAIL_FROM", "early-help@localhost")
