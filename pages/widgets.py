"""Choices that are made by looking: which picture, and which part of it."""

from django import forms

LOOK = {"all": ["css/picture.css", "css/pictures-admin.css"]}


class PictureChoice(forms.RadioSelect):
    """The pictures of a city, small, each with its name."""

    template_name = "admin/widgets/picture_choice.html"

    class Media:
        css = LOOK

    def create_option(self, name, value, *args, **kwargs):
        return super().create_option(name, value, *args, **kwargs) | {"image": getattr(value, "instance", None)}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        options = [option for _group, group, _index in context["widget"]["optgroups"] for option in group]
        context["options"] = options
        context["chosen"] = next((option for option in options if option["selected"] and option["image"]), None)
        return context


class FocalPointInput(forms.RadioSelect):
    """Nine fields, laid over the picture once there is one: pressing one is clicking on the picture."""

    template_name = "admin/widgets/focal_point.html"
    image = None

    class Media:
        css = LOOK

    def get_context(self, name, value, attrs):
        return super().get_context(name, value, attrs) | {"image": self.image}
