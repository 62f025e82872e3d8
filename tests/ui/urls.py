"""Addresses that only the tests of the shell have: every component on one page, every error in a view."""

from __future__ import annotations

from django.urls import include, path

from earlyhelp.urls import urlpatterns as product
from tests.ui import gallery

handler400 = "foundation.ui.errors.bad_request"
handler403 = "foundation.ui.errors.not_allowed"
handler404 = "foundation.ui.errors.not_found"
handler500 = "foundation.ui.errors.server_error"

pages = [
    path("", gallery.Gallery.as_view(), name="gallery"),
    path("form/", gallery.GalleryForm.as_view(), name="gallery_form"),
    path("saving/", gallery.GallerySaving.as_view(), name="gallery_saving"),
    path("autosave/", gallery.GalleryAutosave.as_view(), name="gallery_autosave"),
    path("halves/", gallery.InHalves.as_view(), name="gallery_halves"),
    path("raise/<str:what>/", gallery.Raises.as_view(), name="raises"),
]
urlpatterns = [
    path("help/gallery/", include(pages)),
    path("help/<slug:partnership>/cases/", gallery.Gallery.as_view(), name="nav_cases"),
    path("help/<slug:partnership>/queue/", gallery.Gallery.as_view(), name="nav_queue"),
    *product,
]
