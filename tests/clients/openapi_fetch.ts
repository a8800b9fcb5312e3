// What an integrator writes with the types of openapi-typescript and openapi-fetch.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const [baseUrl, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const template = await client.POST("/case_templates", {
  body: {
    title: "Claim",
    schema: [{ key: "amount", type: "number", name: "Amount" }],
    contacts: [{ key: "main", name: "Insured" }],
  },
});
assert(template.data, JSON.stringify(template.error));
const made = await client.POST("/cases", {
  body: { template: { id: template.data.id }, contacts: [{ key: "main", given_name: "Tess" }] },
});
assert(made.data, JSON.stringify(made.error));
const params = { path: { id: made.data.id } };
const updated = await client.POST("/cases/{id}/data", { params, body: { data: { amount: 12.5 } } });
assert(updated.data && "schema" in updated.data, JSON.stringify(updated.error));
assert.deepEqual(updated.data.schema.map((each) => each.value), [12.5]);
const refused = await client.POST("/cases/{id}/data", { params, body: { data: { amount: "much" } } });
assert(refused.error?.errors[0]?.source?.pointer);
const page = await client.GET("/cases");
assert(page.data?.data.some((each) => each.id === made.data.id));
assert.equal((await client.DELETE("/cases/{id}", { params })).response.status, 204);
assert.equal((await client.GET("/cases/{id}", { params })).response.status, 404);
console.log("well");
