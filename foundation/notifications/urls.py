"""Addresses below `/<partnership>/inbox/`."""

from django.urls import URLPattern, path

from foundation.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern] = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("read/", views.ReadAll.as_view(), name="read_all"),
    path("choices/", views.Choices.as_view(), name="choices"),
    path("<uuid:message_id>/", views.Open.as_view(), name="open"),
]
