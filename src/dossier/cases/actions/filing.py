"""How cases hold files: those that their fields name, and those that were put on them."""

from dossier.cases.actions.later import TELL_OF_FILES
from dossier.cases.actions.saving import DATA
from dossier.cases.model import Case
from dossier.cases.store.collection import HOLDERS
from dossier.cases.store.texts import SEARCH
from dossier.files import HeldFiles

FILES: HeldFiles[Case] = HeldFiles(DATA, HOLDERS, TELL_OF_FILES, SEARCH)
