"""The app's place in the house."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Early Help Assessments, from draft to approval."""

    name = "assessments"
    label = "assessments"
