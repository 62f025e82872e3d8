"""Addresses of assessments, under a partnership."""

from django.urls import path

from assessments import decisions, views

app_name = "assessments"
urlpatterns = [
    path("waiting/", decisions.Waiting.as_view(), name="waiting"),
    path("<uuid:assessment_id>/", views.Overview.as_view(), name="detail"),
    path("<uuid:assessment_id>/sections/<slug:key>/", views.WriteSection.as_view(), name="section"),
    path("<uuid:assessment_id>/sections/<slug:key>/draft/", views.KeepDraft.as_view(), name="draft"),
    path("<uuid:assessment_id>/check/", views.CheckAndAgree.as_view(), name="check"),
    path("<uuid:assessment_id>/reopen/", views.Reopen.as_view(), name="reopen"),
    path("<uuid:assessment_id>/submit/", views.Submit.as_view(), name="submit"),
    path("<uuid:assessment_id>/read/", views.Read.as_view(), name="read"),
    path("<uuid:assessment_id>/pdf/", views.AskForPdf.as_view(), name="pdf"),
    path("<uuid:assessment_id>/decide/", decisions.Decide.as_view(), name="approve"),
]
