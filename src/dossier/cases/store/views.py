"""Where the saved views of the list of cases are."""

from dossier.listing.views import SavedViews

VIEWS = SavedViews("case_views", "case_view_defaults")
