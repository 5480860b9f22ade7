"""Copies of public pages that are shown while the database is away: see ki_site/outage/.

They hold nothing that is true at one instant only, and no form, as nobody could take what is sent.
"""

# In `request.META`, where no visitor can put anything in small letters. Templates ask for `request.META.kept_copy`.
MARK = "kept_copy"


def is_kept_copy(request):
    return MARK in request.META
