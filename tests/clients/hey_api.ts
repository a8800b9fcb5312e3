// What an integrator writes with the client that @hey-api/openapi-ts generates.
import assert from "node:assert/strict";
import { client } from "./hey/client.gen.js";
import { createCase, createCaseTemplate, deleteCase, getCase, listCases, updateCaseData } from "./hey/sdk.gen.js";

const [baseUrl, token] = process.argv.slice(2);
client.setConfig({ baseUrl, auth: token, headers: { Authorization: `Bearer ${token}` } });

const template = await createCaseTemplate({
  body: {
    title: "Claim",
    schema: [{ key: "amount", type: "number", name: "Amount" }],
    contacts: [{ key: "main", name: "Insured" }],
  },
});
assert(template.data, JSON.stringify(template.error));
const made = await createCase({
  body: { template: { id: template.data.id }, contacts: [{ key: "main", given_name: "Tess" }] },
});
assert(made.data, JSON.stringify(made.error));
assert.equal(made.data.contacts[0]?.given_name, "Tess");
const path = { id: made.data.id };
const updated = await updateCaseData({ path, body: { data: { amount: 12.5 } } });
assert(updated.data && "schema" in updated.data, JSON.stringify(updated.error));
assert.deepEqual(updated.data.schema.map((each) => each.value), [12.5]);
const refused = await updateCaseData({ path, body: { data: { amount: "much" } } });
assert(refused.error?.errors[0]?.source);
const page = await listCases();
assert(page.data?.data.some((each) => each.id === path.id));
assert.equal((await deleteCase({ path })).response?.status, 204);
assert.equal((await getCase({ path })).response?.status, 404);
console.log("well");
