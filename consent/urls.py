"""The addresses of consent, below a partnership's."""

from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("case/<uuid:case_id>/record/", views.RecordConsent.as_view(), name="record"),
    path("<uuid:consent_id>/withdraw/", views.WithdrawConsent.as_view(), name="withdraw"),
]
