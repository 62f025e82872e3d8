"""The administrator's address, below `/<partnership>/set-up/`."""

from django.urls import URLPattern, path

from foundation.notifications import views

app_name = "mail"
urlpatterns: list[URLPattern] = [
    path("messages/", views.NotArrived.as_view(), name="not_arrived"),
]
