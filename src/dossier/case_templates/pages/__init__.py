"""Where templates are designed: drafts edited a part at a time, published, compared, brought in and out."""

from dossier.case_templates.pages.designer import PAGES

__all__ = ["PAGES"]
