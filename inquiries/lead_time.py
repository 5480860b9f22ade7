"""How early an interpreter has to be asked for."""

from datetime import timedelta

from contacts.opening import is_public_holiday

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# No public holidays, but town halls are closed: month and day.
CHRISTMAS_EVE, NEW_YEARS_EVE = (12, 24), (12, 31)


def is_working_day(date):
    is_closed = (date.month, date.day) in (CHRISTMAS_EVE, NEW_YEARS_EVE) or is_public_holiday(date)
    return date.weekday() < SATURDAY and not is_closed


def earliest_date(rules, today):
    """The first day for which the rules of a city let somebody ask on `today`."""
    if not rules.lead_in_working_days:
        return today + timedelta(days=rules.lead_days)
    date, left = today, rules.lead_days
    while left > 0 or not is_working_day(date):
        date += ONE_DAY
        left -= is_working_day(date)
    return date
