"""Addresses below `/<partnership>/set-up/`."""

from django.urls import URLPattern, path

from foundation.partnership.views import changes, configuration, pathway, settings

app_name = "partnership"
urlpatterns: list[URLPattern] = [
    path("", settings.SetUp.as_view(), name="home"),
    path("words/", settings.Words.as_view(), name="words"),
    path("signing-in/", settings.SigningIn.as_view(), name="signing_in"),
    path("changes/", changes.Changes.as_view(), name="changes"),
    path("pathway/", pathway.ShowPolicy.as_view(), name="pathway"),
    path("pathway/confirm/", pathway.Confirm.as_view(), name="pathway_confirm"),
    path("pathway/start/", pathway.Start.as_view(), name="pathway_start"),
    path("pathway/versions/<int:version>/", pathway.ShowVersion.as_view(), name="pathway_version"),
    path("configuration/", configuration.Configuration.as_view(), name="configuration"),
    path("configuration/take/", configuration.Take.as_view(), name="configuration_take"),
    path("configuration/file/", configuration.Download.as_view(), name="configuration_file"),
]
