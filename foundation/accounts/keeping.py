"""Words sent after a session had ended: kept, given back to the same person on the same page, thrown away (ACC-4).

They are kept behind the wall of the partnership whose page they were written on, and sealed: whoever reads the table
reads nothing. The page's own policy is asked before they are shown, because they stand in that page's form.
"""

from __future__ import annotations

import datetime as dt
import json
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import get_script_prefix

from foundation.accounts.hats import own_memberships
from foundation.accounts.models import KeptWords, User
from foundation.common import clock, sealing
from foundation.tenancy.models import RESERVED_SLUGS
from foundation.tenancy.scope import tenant_scope
from foundation.ui.errors import way_back

KEPT_FOR = dt.timedelta(days=7)
PURPOSE = "kept words"
NEVER = frozenset({"csrfmiddlewaretoken"})
SECRET = ("password", "passcode", "secret")
LONGEST = 1_000_000  # characters, of all fields together
MOST_PAGES = 20  # of one person in one partnership; the oldest give way


def first_part(path: str) -> str:
    """The first part of a path: "rotherham" of "/rotherham/cases/"."""
    return path.removeprefix("/").split("/", 1)[0]


def slug_of(url: str) -> str:
    """The partnership that an address of ours is inside; "" for none."""
    slug = first_part("/" + url.removeprefix(get_script_prefix()).partition("?")[0])
    return "" if slug in RESERVED_SLUGS else slug


def is_inside(request: HttpRequest) -> bool:
    """Whether a request is for a page inside some partnership."""
    return bool(slug_of(request.get_full_path()))


def page_of(request: HttpRequest) -> str:
    """The page on which what was sent was written, which need not be the address that it was sent to."""
    own, before = request.get_full_path(), way_back(request)
    return before if request.method == "POST" and before and slug_of(before) == slug_of(own) else own


def keep(user: User, page: str, sent: QueryDict) -> bool:
    """Keep what was sent, in place of what was kept for the page before. False when there is nothing to keep, when it
    is too much, or when the person is no member of that partnership any more.
    """
    words = words_of(sent)
    text = json.dumps(words)
    if not any(any(values) for values in words.values()) or len(text) > LONGEST or len(page) > _PAGE_LIMIT:
        return False
    slug = slug_of(page)
    partnership_id = next((one.partnership.pk for one in own_memberships(user) if one.partnership.slug == slug), None)
    if partnership_id is None:
        return False
    with tenant_scope(partnership_id):
        _put(user, page, sealing.seal(text, purpose=PURPOSE))
    return True


def words_of(sent: QueryDict) -> dict[str, list[str]]:
    """The fields worth keeping; files are not among them."""
    return {
        name: values
        for name, values in sent.lists()
        if name not in NEVER and not any(secret in name.lower() for secret in SECRET)
    }


def words_for(request: HttpRequest) -> QueryDict | None:
    """What was kept for the person and page of a request inside a partnership, as it was sent."""
    if not isinstance(request.user, User) or not is_inside(request):
        return None
    kept = _theirs(request.user, request.get_full_path()).first()
    if kept is None or kept.kept_at < clock.now() - KEPT_FOR:
        return None
    try:
        words = json.loads(sealing.unseal(kept.words, purpose=PURPOSE))
    except sealing.NotSealedHere:  # the installation's key has changed: nobody can read them any more
        return None
    found = QueryDict(mutable=True)
    for name, values in words.items():
        found.setlist(name, values)
    return found


def settle(request: HttpRequest, user: User, status: int) -> None:
    """Throw away what has been used, or stands on a page that the person may not open; inside the scope.

    A form that was taken has used the words of its page, wherever they came from.
    """
    if request.method == "POST" and status < 400:
        _theirs(user, page_of(request)).delete()
    elif request.method == "GET" and status in {403, 404}:
        useless = _theirs(user, request.get_full_path())
        if useless.exists():  # a refusal writes nothing where there is nothing to throw away
            useless.delete()


def discard(user: User, page: str) -> None:
    """The person does not want them."""
    slug = slug_of(page)
    for partnership_id in {one.partnership.pk for one in own_memberships(user) if one.partnership.slug == slug}:
        with tenant_scope(partnership_id):
            _theirs(user, page).delete()


def sweep(partnership_id: UUID) -> int:
    """Throw away what was kept longer than seven days, and say how many."""
    with tenant_scope(partnership_id):
        gone, _ = KeptWords.objects.filter(kept_at__lt=clock.now() - KEPT_FOR).delete()
    return int(gone)


_PAGE_LIMIT = int(KeptWords._meta.get_field("path").max_length or 0)


def _theirs(user: User, page: str) -> QuerySet[KeptWords]:
    found: QuerySet[KeptWords] = KeptWords.objects.filter(user=user, path=page)
    return found


def _put(user: User, page: str, sealed: str) -> None:
    KeptWords.objects.update_or_create(user=user, path=page, defaults={"words": sealed, "kept_at": clock.now()})
    kept = KeptWords.objects.filter(user=user).order_by("-kept_at", "-id").values_list("pk", flat=True)
    KeptWords.objects.filter(pk__in=list(kept[MOST_PAGES:])).delete()
