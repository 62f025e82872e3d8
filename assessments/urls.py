"""Addresses of assessments, under a partnership."""

from django.urls import path

from assessments.views import agreeing, deciding, reading, writing

app_name = "assessments"
urlpatterns = [
    path("waiting/", deciding.Waiting.as_view(), name="waiting"),
    path("<uuid:assessment_id>/", reading.Overview.as_view(), name="detail"),
    path("<uuid:assessment_id>/sections/<slug:key>/", writing.WriteSection.as_view(), name="section"),
    path("<uuid:assessment_id>/sections/<slug:key>/draft/", writing.KeepDraft.as_view(), name="draft"),
    path("<uuid:assessment_id>/check/", agreeing.CheckAndAgree.as_view(), name="check"),
    path("<uuid:assessment_id>/reopen/", agreeing.Reopen.as_view(), name="reopen"),
    path("<uuid:assessment_id>/submit/", agreeing.Submit.as_view(), name="submit"),
    path("<uuid:assessment_id>/read/", reading.Read.as_view(), name="read"),
    path("<uuid:assessment_id>/pdf/", reading.AskForPdf.as_view(), name="pdf"),
    path("<uuid:assessment_id>/decide/", deciding.Decide.as_view(), name="approve"),
]
