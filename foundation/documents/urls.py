"""Addresses below `/<partnership>/documents/`."""

from django.urls import path

from foundation.documents import views

app_name = "documents"
urlpatterns = [
    path("<uuid:document_id>/", views.Detail.as_view(), name="detail"),
    path("<uuid:document_id>/progress/", views.Progress.as_view(), name="progress"),
    path("<uuid:document_id>/file/", views.Download.as_view(), name="download"),
    path("<uuid:document_id>/cancel/", views.Cancel.as_view(), name="cancel"),
    path("<uuid:document_id>/again/", views.AskAgain.as_view(), name="ask_again"),
]
