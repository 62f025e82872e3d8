"""Addresses below `/operator/`, outside every partnership."""

from django.urls import path

from earlyhelp.operator import views

urlpatterns = [
    path("", views.Partnerships.as_view(), name="operator"),
    path("new/", views.NewPartnership.as_view(), name="operator_new"),
    path("partnerships/<slug:slug>/", views.OnePartnership.as_view(), name="operator_partnership"),
]
