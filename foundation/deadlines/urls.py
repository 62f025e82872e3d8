"""The addresses of clocks, below a partnership's."""

from django.urls import path

from foundation.deadlines.views import moving, reading

app_name = "deadlines"
urlpatterns = [
    path("", reading.Late.as_view(), name="late"),
    path("<uuid:deadline_id>/", reading.ShowClock.as_view(), name="detail"),
    path("<uuid:deadline_id>/more-time/", moving.AskForMoreTime.as_view(), name="ask"),
    path("<uuid:deadline_id>/pause/", moving.PauseClock.as_view(), name="pause"),
    path("<uuid:deadline_id>/resume/", moving.ResumeClock.as_view(), name="resume"),
    path("more-time/<uuid:extension_id>/", moving.AnswerRequest.as_view(), name="answer"),
    path("more-time/<uuid:extension_id>/take-back/", moving.TakeBackRequest.as_view(), name="take_back"),
]
