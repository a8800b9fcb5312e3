"""What is worked on as a draft and published in versions that never change again: case templates, form templates.

A kind says what its documents consist of (`model.Parts`), where they lie (`Shelf`), and how they are looked at (`Drafting`).
"""

from dossier.drafting.actions import Drafting, raise_if_behind, raise_if_changed, raise_if_published
from dossier.drafting.store import Compiled, Shelf

__all__ = ["Compiled", "Drafting", "Shelf", "raise_if_behind", "raise_if_changed", "raise_if_published"]
