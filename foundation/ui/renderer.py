"""Forms as GOV.UK pages: `{{ form }}`, `{{ field.as_field_group }}` and every package's form come out alike."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class PageRenderer(TemplatesSetting):
    """Django's renderer with our templates for a form, a formset and a field."""

    form_template_name = "ui/form.html"
    formset_template_name = "ui/formset.html"
    field_template_name = "ui/field.html"
