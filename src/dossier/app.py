"""What there is, in tables: what to reach, who follows which fact, and what is done later. `dossier.server` makes a server of it."""

from dossier.audit import jobs as audit_jobs
from dossier.audit.pages import PAGES as AUDIT_PAGES
from dossier.audit.routes import router as audit
from dossier.case_templates.events import TemplatePublished
from dossier.case_templates.pages import PAGES as TEMPLATE_PAGES
from dossier.case_templates.routes import router as case_templates
from dossier.cases import jobs as case_jobs
from dossier.cases import subscribers as cases
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.pages import PAGES as CASE_PAGES
from dossier.cases.routes import ROUTERS as CASES
from dossier.contacts import jobs as contact_jobs
from dossier.contacts.pages import PAGES as CONTACT_PAGES
from dossier.contacts.routes import router as contacts
from dossier.foundation.events import Subscribers
from dossier.foundation.jobs import Jobs
from dossier.members import jobs as member_jobs
from dossier.members.pages import NOWHERE
from dossier.members.pages import PAGES as MEMBER_PAGES
from dossier.tokens.pages import PAGES as TOKEN_PAGES
from dossier.workspaces.pages import PAGES as WORKSPACE_PAGES
from dossier.workspaces.routes import router as workspaces

ROUTERS = (*CASES, case_templates, contacts, workspaces, audit)

PAGES = (
    *MEMBER_PAGES,
    *WORKSPACE_PAGES,
    *TOKEN_PAGES,
    *AUDIT_PAGES,
    *TEMPLATE_PAGES,
    *CONTACT_PAGES,
    *CASE_PAGES,
    NOWHERE,
)

SUBSCRIBERS: Subscribers = {
    CaseCreated: (cases.announce,),
    CaseChanged: (cases.announce,),
    CaseErased: (cases.announce, cases.forget_words),
    TemplatePublished: (cases.index_fields,),
}

JOBS: Jobs = {**case_jobs.JOBS, **contact_jobs.JOBS, **audit_jobs.JOBS, **member_jobs.JOBS}
