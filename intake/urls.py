"""Addresses below `/<partnership>/enquiries/`."""

from django.urls import path

from intake.views import following, screening, telling, writing

app_name = "intake"
urlpatterns = [
    path("", following.Mine.as_view(), name="mine"),
    path("new/", writing.Start.as_view(), name="start"),
    path("draft/<uuid:draft_id>/", writing.Resume.as_view(), name="draft"),
    path("draft/<uuid:draft_id>/family/", writing.Family.as_view(), name="draft_family"),
    path("draft/<uuid:draft_id>/people/", writing.People.as_view(), name="draft_people"),
    path("draft/<uuid:draft_id>/people/add/", writing.Person.as_view(), name="draft_person_add"),
    path("draft/<uuid:draft_id>/people/<slug:key>/", writing.Person.as_view(), name="draft_person"),
    path("draft/<uuid:draft_id>/people/<slug:key>/remove/", writing.RemovePerson.as_view(), name="draft_person_remove"),
    path("draft/<uuid:draft_id>/story/", writing.Story.as_view(), name="draft_story"),
    path("draft/<uuid:draft_id>/consent/", writing.Consent.as_view(), name="draft_consent"),
    path("draft/<uuid:draft_id>/check/", writing.Check.as_view(), name="draft_check"),
    path("draft/<uuid:draft_id>/delete/", writing.Discard.as_view(), name="draft_discard"),
    path("<uuid:enquiry_id>/", following.Open.as_view(), name="open"),
    path("sent/<uuid:enquiry_id>/", following.Sent.as_view(), name="sent"),
    path("sent/<uuid:enquiry_id>/thank-you/", following.Confirmation.as_view(), name="confirmation"),
    path("queue/", screening.Queue.as_view(), name="queue"),
    path("queue/oldest/", screening.TakeOldest.as_view(), name="take_oldest"),
    path("queue/<uuid:enquiry_id>/", screening.Screening.as_view(), name="enquiry"),
    path("queue/<uuid:enquiry_id>/take/", screening.Take.as_view(), name="take"),
    path("queue/<uuid:enquiry_id>/give-back/", screening.GiveBack.as_view(), name="give_back"),
    path("queue/<uuid:enquiry_id>/letter/", telling.Letter.as_view(), name="letter"),
    path("queue/<uuid:enquiry_id>/told/", telling.RecordTold.as_view(), name="record_told"),
]
