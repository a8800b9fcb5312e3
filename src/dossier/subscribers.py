"""Who follows which fact: a table of its own, so that commands that change something need not load what serves requests."""

from dossier.case_templates.events import TemplatePublished
from dossier.cases import subscribers as cases
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.foundation.events import Subscribers

SUBSCRIBERS: Subscribers = {
    CaseCreated: (cases.announce,),
    CaseChanged: (cases.announce,),
    CaseErased: (cases.announce, cases.forget_words),
    TemplatePublished: (cases.index_fields,),
}
