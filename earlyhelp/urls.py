"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from earlyhelp import health, home
from earlyhelp.operator.views import SetUpInstallation

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="hats"), name="start"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("", include("foundation.accounts.urls")),
    path("operator/", include("earlyhelp.operator.urls")),
    path("set-up/<str:token>/", SetUpInstallation.as_view(), name="set_up"),
    path("<slug:partnership>/", home.Home.as_view(), name="home"),
    path("<slug:partnership>/set-up/", include("foundation.partnership.urls")),
    path("<slug:partnership>/set-up/clocks/", include("foundation.deadlines.policy_urls")),
    path("<slug:partnership>/set-up/", include("foundation.accounts.partnership_urls")),
    path("<slug:partnership>/set-up/", include("foundation.notifications.partnership_urls")),
    path("<slug:partnership>/inbox/", include("foundation.notifications.urls")),
    path("<slug:partnership>/documents/", include("foundation.documents.urls")),
    path("<slug:partnership>/clocks/", include("foundation.deadlines.urls")),
    path("<slug:partnership>/cases/", include("cases.urls")),
    path("<slug:partnership>/enquiries/", include("intake.urls")),
    path("<slug:partnership>/consent/", include("consent.urls")),
    path("<slug:partnership>/assessments/", include("assessments.urls")),
]

handler400 = "foundation.ui.errors.bad_request"
handler403 = "foundation.ui.errors.not_allowed"
handler404 = "foundation.ui.errors.not_found"
handler500 = "foundation.ui.errors.server_error"
