"""What there is, in tables: what to reach, who follows which fact, where pages lead, and what is done later. `dossier.server` makes a server of it."""

from dossier.audit import jobs as audit_jobs
from dossier.audit.pages import PAGES as AUDIT_PAGES
from dossier.audit.routes import router as audit
from dossier.automations import jobs as automation_jobs
from dossier.automations import subscribers as automations
from dossier.automations.pages import PAGES as AUTOMATION_PAGES
from dossier.automations.routes import router as automation_routes
from dossier.case_templates.events import TemplatePublished
from dossier.case_templates.pages import PAGES as TEMPLATE_PAGES
from dossier.case_templates.routes import router as case_templates
from dossier.cases import jobs as case_jobs
from dossier.cases import subscribers as cases
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.pages import PAGES as CASE_PAGES
from dossier.cases.pages.lists import LIST_PAGES as CASE_LISTS
from dossier.cases.routes import ROUTERS as CASES
from dossier.cases.routes import people as erasing
from dossier.contacts import jobs as contact_jobs
from dossier.contacts.events import ContactErased, ContactFilled
from dossier.contacts.pages import PAGES as CONTACT_PAGES
from dossier.contacts.pages.people import LIST_PAGES as CONTACT_LISTS
from dossier.contacts.routes import router as contacts
from dossier.files import jobs as file_jobs
from dossier.files.events import FileChecked, FilePut, FileRead, FileRenamed
from dossier.files.pages import PAGES as FILE_PAGES
from dossier.files.routes import ROUTERS as FILES
from dossier.form_templates.events import FormTemplatePublished
from dossier.form_templates.pages import PAGES as FORM_TEMPLATE_PAGES
from dossier.form_templates.routes import ROUTERS as FORM_TEMPLATES
from dossier.forms import jobs as form_jobs
from dossier.forms import subscribers as forms
from dossier.forms.events import (
    AnswersSaved,
    FormChanged,
    FormCreated,
    FormDeclined,
    FormDeleted,
    FormNotReached,
    FormReviewed,
    FormSubmitted,
    ResponseBegun,
    ResponseErased,
)
from dossier.forms.pages import PAGES as FORM_PAGES
from dossier.forms.pages.lists import LIST_PAGES as FORM_LISTS
from dossier.forms.portal import PAGES as PORTAL
from dossier.forms.routes import ROUTERS as FORMS
from dossier.foundation.events import Subscribers
from dossier.foundation.jobs import Jobs
from dossier.foundation.text import gettext_noop
from dossier.letters.pages import PAGES as LETTER_PAGES
from dossier.letters.routes import router as letters
from dossier.listing.export_pages import PAGES as EXPORT_PAGES
from dossier.members import jobs as member_jobs
from dossier.members.events import MemberErased, MemberRenamed
from dossier.members.pages import NOT_FOUND
from dossier.members.pages import PAGES as MEMBER_PAGES
from dossier.messages import jobs as message_jobs
from dossier.messages import subscribers as messages
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived, MessageSent
from dossier.messages.pages import PAGES as MESSAGE_PAGES
from dossier.messages.routes import router as message_routes
from dossier.notices import jobs as notice_jobs
from dossier.notices import subscribers as notices
from dossier.notices.pages import PAGES as NOTICE_PAGES
from dossier.notices.pages import mails as notice_mails
from dossier.records import jobs as record_jobs
from dossier.steps import jobs as step_jobs
from dossier.steps import subscribers as steps
from dossier.steps.pages import PAGES as STEP_PAGES
from dossier.steps.routes import router as step_routes
from dossier.tokens.pages import PAGES as TOKEN_PAGES
from dossier.web import addresses
from dossier.web.workspace.navigation import Entry, Navigation
from dossier.web.workspace.showcase import PAGES as SHOWCASE
from dossier.webhooks import jobs as webhook_jobs
from dossier.webhooks import subscribers as webhooks
from dossier.webhooks.pages import PAGES as WEBHOOK_PAGES
from dossier.webhooks.routes import ROUTERS as WEBHOOKS
from dossier.workspaces.pages import PAGES as WORKSPACE_PAGES
from dossier.workspaces.routes import router as workspaces

ROUTERS = (
    *CASES,
    step_routes,
    letters,
    erasing,
    case_templates,
    *FORM_TEMPLATES,
    automation_routes,
    message_routes,
    contacts,
    *FORMS,
    *FILES,
    *WEBHOOKS,
    workspaces,
    audit,
)

PAGES = (
    *MEMBER_PAGES,
    *WORKSPACE_PAGES,
    *TOKEN_PAGES,
    *AUDIT_PAGES,
    *FORM_TEMPLATE_PAGES,
    *STEP_PAGES,  # before those of forms: form-batches/cases is no {id}
    *FORM_PAGES,
    *TEMPLATE_PAGES,
    *CONTACT_PAGES,
    *CASE_PAGES,
    *LETTER_PAGES,
    *AUTOMATION_PAGES,
    *FILE_PAGES,
    *MESSAGE_PAGES,
    *EXPORT_PAGES,
    *NOTICE_PAGES,
    *WEBHOOK_PAGES,
    *SHOWCASE,
    *PORTAL,
    NOT_FOUND,
)

SUBSCRIBERS: Subscribers = {
    CaseCreated: (
        cases.announce,
        steps.plan,
        automations.follow,
        notices.tell_owner,
        notices.tell_of_steps,
    ),
    CaseChanged: (
        cases.announce,
        steps.plan,
        steps.close_forms,
        automations.follow,
        notices.tell_owner,
        notices.tell_of_steps,
    ),
    CaseErased: (cases.announce, cases.unindex, cases.forget_exports, notices.forget_mails, webhooks.forget_case),
    FileChecked: (cases.check_file,),
    FilePut: (cases.put_file,),
    FileRead: (cases.take_files_words, forms.forget_papers),
    FileRenamed: (cases.rename_file,),
    ContactErased: (messages.forget, notices.forget_contact, forms.forget, webhooks.forget),
    MemberErased: (messages.forget_member, notices.forget_member, forms.forget_member, webhooks.forget_member),
    ContactFilled: (cases.hear_of_contact,),
    FormTemplatePublished: (steps.check_form_template,),
    FormCreated: (steps.count_made, webhooks.form_created),
    FormChanged: (forms.follow, steps.follow_form, notices.tell_owner_of_form, webhooks.form_changed),
    FormDeleted: (webhooks.form_deleted,),
    FormNotReached: (notices.tell_of_form_not_reached, webhooks.form_not_reached),
    ResponseBegun: (webhooks.response_begun,),
    AnswersSaved: (webhooks.answers_saved,),
    FormSubmitted: (forms.tell_of_answers, steps.take_answers, notices.tell_of_answers, webhooks.form_submitted),
    FormDeclined: (forms.call_off_declined, steps.note_declined, notices.tell_of_answers, webhooks.form_declined),
    FormReviewed: (steps.count_reviewed,),
    ResponseErased: (webhooks.response_erased,),
    MessageSent: (steps.tell_of_message, forms.tell_of_message),
    MessageFailed: (steps.tell_of_message, forms.tell_of_message, notices.tell_of_message),
    MessageBounced: (steps.tell_of_message, forms.tell_of_message, notices.tell_of_message, automations.hear),
    MessageReceived: (steps.tell_of_message, notices.tell_of_message, automations.hear),
    TemplatePublished: (cases.index_fields,),
    MemberRenamed: (cases.take_owners_words,),
}

NAVIGATION = Navigation(
    main=(
        Entry(gettext_noop("Cases"), "folder", addresses.CASES, more=addresses.CASES + "/views"),
        Entry(gettext_noop("Forms"), "clipboard-list", addresses.FORMS, more=addresses.FORMS + "/views"),
        Entry(gettext_noop("Messages"), "mail", addresses.MESSAGES),
        Entry(gettext_noop("Contacts"), "users", addresses.CONTACTS),
        Entry(gettext_noop("Templates"), "template", addresses.TEMPLATES, needs="templates.design"),
        Entry(gettext_noop("Settings"), "settings", addresses.PROFILE, under=addresses.SETTINGS),
    ),
    settings=(
        Entry(gettext_noop("My profile"), "user", addresses.PROFILE),
        Entry(gettext_noop("How I am told"), "bell", addresses.NOTICE_CHOICES),
        Entry(gettext_noop("General"), "building", addresses.GENERAL, needs="workspace.change"),
        Entry(gettext_noop("Messages"), "mail", addresses.MESSAGE_TEXTS, needs="messages.design"),
        Entry(gettext_noop("Members"), "users", addresses.MEMBERS, needs="members.manage"),
        Entry(gettext_noop("Mail"), "mail", addresses.MAIL, needs="workspace.change"),
        Entry(gettext_noop("API tokens"), "key", addresses.TOKENS, needs="tokens.manage"),
        Entry(gettext_noop("Webhooks"), "external-link", addresses.WEBHOOKS, needs="webhooks.manage"),
        Entry(gettext_noop("Secrets"), "shield-lock", addresses.SECRETS, needs="secrets.manage"),
        Entry(gettext_noop("Jobs"), "refresh", addresses.JOBS, needs="jobs.manage"),
        Entry(gettext_noop("Audit log"), "shield-lock", addresses.AUDIT, needs="audit.read"),
    ),
)

JOBS: Jobs = {
    **case_jobs.JOBS,
    **step_jobs.JOBS,
    **contact_jobs.JOBS,
    **form_jobs.JOBS,
    **file_jobs.JOBS,
    **message_jobs.JOBS,
    **audit_jobs.JOBS,
    **member_jobs.JOBS,
    **record_jobs.JOBS,
    **notice_jobs.JOBS,
    **notice_mails.JOBS,
    **webhook_jobs.JOBS,
    **automation_jobs.JOBS,
    **CASE_LISTS.jobs(),
    **CONTACT_LISTS.jobs(),
    **FORM_LISTS.jobs(),
}
