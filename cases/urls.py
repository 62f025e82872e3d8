"""The addresses of cases, below a partnership's."""

from django.urls import path

from cases.views import contact, detail, filters, listing, looks

app_name = "cases"
urlpatterns = [
    path("", listing.CaseList.as_view(), name="list"),
    path("filters/", filters.MyFilters.as_view(), name="filters"),
    path("filters/new/", filters.SaveFilter.as_view(), name="filter_new"),
    path("filters/<uuid:filter_id>/", filters.ChangeFilter.as_view(), name="filter"),
    path("filters/<uuid:filter_id>/delete/", filters.DeleteFilter.as_view(), name="filter_delete"),
    path("unusual-looks/", looks.UnusualLooks.as_view(), name="unusual"),
    path("unusual-looks/<uuid:look_id>/", looks.LookInto.as_view(), name="unusual_look"),
    path("<uuid:case_id>/", detail.CaseDetail.as_view(), name="detail"),
    path("<uuid:case_id>/contact/", contact.RecordContact.as_view(), name="contact"),
    path("<uuid:case_id>/contacts/", contact.Contacts.as_view(), name="contacts"),
    path("<uuid:case_id>/who-looked/", looks.WhoLooked.as_view(), name="looks"),
]
