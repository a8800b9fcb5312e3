"""Who reacts to what: a table of its own, so that commands that change something need not load what serves requests."""

from dossier.automations import reactions as automation_reactions
from dossier.case_templates.events import TemplatePublished
from dossier.cases import reactions as case_reactions
from dossier.cases.events import CaseChanged
from dossier.foundation.events import Reactions

REACTIONS: Reactions = {
    CaseChanged: (automation_reactions.settle_case,),
    TemplatePublished: (case_reactions.index_fields,),
}
