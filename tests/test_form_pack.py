"""templates/ki/: how crispy forms are drawn."""

import re

from crispy_forms.utils import render_crispy_form
from django import forms


class Example(forms.Form):
    name = forms.CharField(label="Ihr Name", help_text="Wie wir Sie nennen dürfen.")
    email = forms.EmailField(label="E-Mail", required=False, widget=forms.EmailInput({"autocomplete": "email"}))
    topic = forms.ChoiceField(label="Thema", choices=[("a", "Schule"), ("b", "Arbeit")], widget=forms.RadioSelect)


def test_form_labels_every_field_and_says_in_words_what_is_required():
    html = render_crispy_form(Example())
    for field in ("name", "email"):
        assert re.search(rf'<label[^>]*for="id_{field}"', html)
    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>\s*Thema", html)
    assert html.count("(Pflichtfeld)") == 2
    assert 'autocomplete="email"' in html
    assert 'id="id_name_helptext"' in html


def test_errors_are_summed_up_with_links_to_the_fields_and_the_input_is_kept():
    form = Example({"name": "", "email": "keine Adresse"})
    html = render_crispy_form(form)
    summary = html[html.index("error-summary") : html.index("</ul>")]
    for field in form.errors:
        target = re.search(rf'href="#(id_{field}[^"]*)"', summary)[1]
        assert f'id="{target}"' in html
    assert 'value="keine Adresse"' in html
    assert re.search(r'<input[^>]*name="email"[^>]*aria-invalid="true"', html)
    described = re.search(r'<input[^>]*name="name"[^>]*aria-describedby="([^"]+)"', html)[1].split()
    assert [name for name in described if f'id="{name}"' not in html] == []
