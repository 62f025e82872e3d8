"""The addresses of cases, below a partnership's."""

from django.urls import path

from cases import views

app_name = "cases"
urlpatterns = [
    path("", views.CaseList.as_view(), name="list"),
    path("<uuid:case_id>/", views.CaseDetail.as_view(), name="detail"),
]
