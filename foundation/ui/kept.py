"""Words that were kept for a page while nobody was signed in, put back into its form (ACC-4).

The room that keeps them says how they are found: `kept.provide(fn(request) -> QueryDict | None)`. A page that makes its
form by `PageFormView` needs no more; another asks `words_for` on GET, gives them to its form as data, and calls
`unchecked`. `ui/kept_words.html`, in every page, says what they are when they were asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

Find = Callable[[HttpRequest], QueryDict | None]
_find: list[Find] = []


def provide(find: Find) -> None:
    """Say how kept words are found; the last one given wins."""
    _find[:] = [find]


def words_for(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page and person, when the page is asked for and not sent; looked for once a request."""
    if request.method not in {"GET", "HEAD"} or not _find:
        return None
    asked: Any = request
    if not hasattr(asked, "kept_words"):
        asked.kept_words = _find[-1](request)
    found: QueryDict | None = asked.kept_words
    return found
