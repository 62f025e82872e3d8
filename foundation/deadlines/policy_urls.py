"""Addresses below `/<partnership>/set-up/clocks/`: what the pathway policy says of clocks and working days."""

from django.urls import URLPattern, path

from foundation.deadlines.views import policy_clocks, policy_days

app_name = "deadlines_policy"
urlpatterns: list[URLPattern] = [
    path("", policy_clocks.Clocks.as_view(), name="clocks"),
    path("versions/<int:version>/", policy_clocks.ClocksThen.as_view(), name="version"),
    path("days/", policy_days.WorkingDays.as_view(), name="days"),
    path("days/hours/", policy_days.Hours.as_view(), name="hours"),
    path("days/add/", policy_days.AddDays.as_view(), name="days_add"),
    path("days/remove/", policy_days.RemoveDay.as_view(), name="days_remove"),
    path("pause-reasons/", policy_days.PauseReasons.as_view(), name="pause_reasons"),
    path("<slug:kind>/", policy_clocks.ChangeClock.as_view(), name="clock"),
    path("<slug:kind>/example/", policy_clocks.ShowExample.as_view(), name="example"),
]
