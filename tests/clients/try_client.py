"""What an integrator writes with the generated Python client: every value typed, every refusal read."""

import sys

from dossier_client import AuthenticatedClient
from dossier_client.api.default import (
    create_case,
    create_case_template,
    delete_case,
    get_case,
    list_cases,
    update_case_data,
)
from dossier_client.models import (
    ById,
    Case,
    CaseTemplate,
    ContactInput,
    CreateCase,
    CreateTemplate,
    ErrorList,
    UpdateData,
)

TEMPLATE = {
    "title": "Claim",
    "schema": [{"key": "amount", "type": "number", "name": "Amount"}],
    "contacts": [{"key": "main", "name": "Insured"}],
}

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
template = create_case_template.sync(client=client, body=CreateTemplate.from_dict(TEMPLATE))
assert isinstance(template, CaseTemplate), template
case = create_case.sync(
    client=client,
    body=CreateCase(template=ById(id=template.id), contacts=[ContactInput(key="main", given_name="Tess")]),
)
assert isinstance(case, Case), case
assert case.contacts[0].given_name == "Tess"
updated = update_case_data.sync(case.id, client=client, body=UpdateData.from_dict({"data": {"amount": 12.5}}))
assert isinstance(updated, Case), updated
assert [each.value for each in updated.schema] == [12.5]
refused = update_case_data.sync(case.id, client=client, body=UpdateData.from_dict({"data": {"amount": "much"}}))
assert isinstance(refused, ErrorList), refused
assert refused.errors[0].source, refused
page = list_cases.sync(client=client)
assert page
assert not isinstance(page, ErrorList)
assert case.id in [each.id for each in page.data]
assert delete_case.sync_detailed(case.id, client=client).status_code == 204
assert isinstance(get_case.sync(case.id, client=client), ErrorList)
sys.stdout.write("well")
