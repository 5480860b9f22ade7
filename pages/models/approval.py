"""Four eyes: where a city wants it, nobody publishes alone what they wrote last."""

from django.core.exceptions import ValidationError

FOUR_EYES = "four_eyes"


def name_of(user):
    return user.get_full_name() or user.get_username()


def approver_of(draft, by):
    """Who besides its writer says that the draft may be public: for the history. Raises ValidationError if nobody does.

    Nobody is above that rule, superusers neither. `by` is None where no person publishes: commands of the operator.
    """
    if draft.is_approved:
        return draft.approved_by
    if by is None or not draft.page.city.four_eyes:
        return ""
    if by.pk == draft.updated_by_id:
        raise ValidationError(
            "Hier gilt das Vier-Augen-Prinzip: Sie haben diesen Text zuletzt geändert. Veröffentlichen kann ihn jemand "
            "anderes aus Ihrem Team. Oder Sie bitten jemanden mit „Freigabe erbitten“ um eine Freigabe per Link.",
            code=FOUR_EYES,
        )
    return name_of(by)
