"""How long a session lasts: without a click, and since signing in (ACC-4).

A session remembers when it began and when its person was last seen to do something. Being seen is written down at
most once in SLACK, so a session ends SLACK later at the latest than the policy says, and never earlier: whoever is
told that nothing happened for 30 minutes did nothing for 30 minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode

from foundation.accounts import keeping
from foundation.accounts.hats import memberships_once
from foundation.accounts.models import Membership, User
from foundation.common import clock
from foundation.tenancy.models import Partnership
from foundation.ui.errors import wants_json

BEGAN = "session_began_at"
SEEN = "session_seen_at"
ENDED = "session_ended"
SLACK = 60  # seconds
WARNING = 120  # seconds before the end
# What somebody sends from a page left open is theirs for so long after their session ended; in seconds.
STILL_THEIRS = 24 * 60 * 60
# Said by script that asks by itself, so that a page left open does not keep its person signed in.
BACKGROUND = "Eh-Background"
NO_SESSION = ("/healthz/", settings.STATIC_URL)


class Why(StrEnum):
    """Why a session ended."""

    IDLE = "idle"
    LONG = "long"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Limits:
    """Minutes without a click, and hours since signing in."""

    idle_minutes: int
    session_hours: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session stands. Moments are seconds since 1970."""

    began_at: float
    seen_at: float
    limits: Limits

    @property
    def idle_ends_at(self) -> float:
        """When it ends if nothing more happens."""
        return self.seen_at + self.limits.idle_minutes * 60 + SLACK

    @property
    def ends_at(self) -> float:
        """When it ends whatever happens."""
        return self.began_at + self.limits.session_hours * 3600

    def over(self, now: float) -> Why | None:
        """Why it is over, if it is."""
        if now >= self.ends_at:
            return Why.LONG
        return Why.IDLE if now >= self.idle_ends_at else None

    def left(self, now: float) -> dict[str, int]:
        """Whole seconds until either end."""
        return {"idle": max(0, int(self.idle_ends_at - now)), "whole": max(0, int(self.ends_at - now))}


def limits_of(memberships: Iterable[Membership]) -> Limits:
    """The strictest policy of a person's partnerships binds them everywhere; without any, the product's own."""
    partnerships = {membership.partnership.pk: membership.partnership for membership in memberships}.values()
    return Limits(
        idle_minutes=min((one.idle_minutes for one in partnerships), default=_default("idle_minutes")),
        session_hours=min((one.session_hours for one in partnerships), default=_default("session_hours")),
    )


def begin(session: SessionBase) -> None:
    """A session begins: at sign-in, and for one from before there were limits, when it is first seen."""
    session[BEGAN] = session[SEEN] = clock.now().timestamp()
    session.pop(ENDED, None)


def end(request: HttpRequest, user: User, why: Why, limits: Limits | None = None) -> None:
    """Take the session away, id and all. The browser's next one knows why, and whose words may still come (ACC-4)."""
    request.session.flush()
    request.session.set_expiry(0)
    mark(request.session, user, why, limits)
    request.user = AnonymousUser()


def mark(session: SessionBase, user: User, why: Why, limits: Limits | None = None) -> None:
    """Write into a session that is nobody's whose it was, and why it ended."""
    session[ENDED] = {
        "user": user.pk,
        "at": clock.now().timestamp(),
        "why": why.value,
        "minutes": limits.idle_minutes if limits else 0,
        "hours": limits.session_hours if limits else 0,
        "kept": False,
    }


def notice(request: HttpRequest) -> str:
    """What the sign-in page says about the session that ended here; "" for nothing."""
    ended = _ended(request.session)
    if ended is None or (ended["why"] == Why.LEFT and not ended["kept"]):
        return ""
    kept = " What you wrote was kept. Sign in again to see it." if ended["kept"] else ""
    return reason(ended) + kept


def reason(ended: dict[str, Any]) -> str:
    """Why a session ended, in a sentence."""
    return {
        Why.IDLE: f"You were signed out because nothing happened for {ended['minutes']} minutes.",
        Why.LONG: f"You were signed out because you signed in {_hours(ended['hours'])} ago.",
        Why.LEFT: "You have signed out.",
    }[Why(ended["why"])]


def shell_words(request: HttpRequest) -> dict[str, Any] | None:
    """What a page says of its session: the seconds left, and where script asks and acts. None for nobody's."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return None
    left = standing.left(clock.now().timestamp())
    return {
        **left,
        "warn_after": max(0, min(left.values()) - WARNING),
        "fixed": left["whole"] <= left["idle"],
        "minutes": standing.limits.idle_minutes,
        "hours": _hours(standing.limits.session_hours),
        "person": person_mark(request),
        "url": reverse("account_session"),
        "end_url": reverse("account_session_end"),
        "discard_url": reverse("account_kept_discard"),
    }


def person_mark(request: HttpRequest) -> str:
    """Tells one person's pages from another's in one browser, and says nothing of who it is."""
    return salted_hmac("accounts.person", str(request.user.pk), algorithm="sha256").hexdigest()[:16]


class SessionLimits:
    """Ends sessions that are past their limits, before any page is made; keeps the words that were just sent.

    Stands before PartnershipMiddleware. Sets `request.standing` for whoever is signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Without a session's cookie there is nothing to do, and nothing is read."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path_info.startswith(NO_SESSION):
            return self.get_response(request)
        if SESSION_KEY in request.session and isinstance(request.user, User):
            return self._signed_in(request, request.user)
        return self._nobody(request) or self.get_response(request)

    def _signed_in(self, request: HttpRequest, user: User) -> HttpResponseBase:
        limits = limits_of(memberships_once(request, user))
        session, now = request.session, clock.now().timestamp()
        if not isinstance(session.get(BEGAN), float) or not isinstance(session.get(SEEN), float):
            begin(session)
        why = Standing(session[BEGAN], session[SEEN], limits).over(now)
        if why is not None:
            end(request, user, why, limits)
            return self._nobody(request) or self.get_response(request)
        if counts(request) and now - session[SEEN] >= SLACK:
            session[SEEN] = now
        request.standing = Standing(session[BEGAN], session[SEEN], limits)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _nobody(self, request: HttpRequest) -> HttpResponse | None:
        """Something was sent from a page of a session that has ended: keep its words, and ask to sign in again."""
        if _ended(request.session) is None or request.method != "POST" or not keeping.is_inside(request):
            return None
        if token_fits(request):
            keep_late_words(request, keeping.page_of(request))
        return self._sign_in_first(request)

    def _sign_in_first(self, request: HttpRequest) -> HttpResponse:
        page = keeping.page_of(request)
        if not wants_json(request):
            return redirect_to_login(page)
        ended = request.session[ENDED]
        url = f"{reverse('account_login')}?{urlencode({'next': page})}"
        answer = {"sentence": reason(ended), "url": url, "kept": bool(ended["kept"])}
        return JsonResponse(answer, status=401)


def keep_late_words(request: HttpRequest, page: str) -> None:
    """Keep what was sent from a browser whose session has ended, for whoever was signed in then."""
    ended = _ended(request.session)
    if ended is None or clock.now().timestamp() - ended["at"] >= STILL_THEIRS:
        return
    user = User.objects.filter(pk=ended["user"], is_active=True).first()
    if user and keeping.keep(user, page, request.POST):
        request.session[ENDED] = {**ended, "kept": True}


def counts(request: HttpRequest) -> bool:
    """Whether a person did this. What script asks by itself, to show progress or the time left, is not counted."""
    return BACKGROUND not in request.headers


class _TokenCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def token_fits(request: HttpRequest) -> bool:
    """Whether what was sent comes from a page of ours: asked here because no view is reached."""
    return _TokenCheck(lambda _: HttpResponse()).process_view(request, _no_view, (), {}) is None


def _no_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _ended(session: SessionBase) -> dict[str, Any] | None:
    ended = session.get(ENDED)
    return ended if isinstance(ended, dict) and SESSION_KEY not in session else None


def _default(field: str) -> int:
    return int(getattr(Partnership(), field))


def _hours(hours: int) -> str:
    return "an hour" if hours == 1 else f"{hours} hours"
