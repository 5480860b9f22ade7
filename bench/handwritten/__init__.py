"""What somebody would write by hand for one page: own tables, one view with three queries, one template.

The page shows what ours shows: menu, languages, contact with hours, funders, data for search engines. It knows no
drafts, no planned texts, no history, no missing or outdated translations, no holidays, no absences, no previews.
"""
