"""What a browser would send."""

import json

from django.forms import JSONField


def form_data(response):
    """What a browser would send back of a page's form, without a button."""
    data = {}
    forms = [response.context["adminform"].form]
    if rows := response.context.get("rows"):
        forms.append(rows)
    for formset in response.context.get("inline_admin_formsets") or []:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if bound.field.show_hidden_initial and bound.initial is not None:
                data[bound.html_initial_name] = bound.initial
            if value is True:
                data[bound.html_name] = "on"
            elif isinstance(value, dict) or (isinstance(bound.field, JSONField) and isinstance(value, list)):
                data[bound.html_name] = json.dumps(value)
            elif value is not None and value is not False and value != "":
                data[bound.html_name] = value
    return data
