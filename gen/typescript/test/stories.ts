// A walk through each platform on a fresh demo: reads, writes, a list, a null, and an
// error by its type. server/clients_test.go runs it.
import assert from "node:assert/strict";
import { acc, comanage, cux, responsys, svi, workbench, type components } from "orglink";

const baseUrl = process.env["ORGLINK_URL"] ?? "http://127.0.0.1:8080";
const account = { path: { account_id: "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace" } };
const session = "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10";
const json = { format: "json" } as const;

/** The data of an answer that must have some. */
function got<T>(answer: { data?: T; error?: unknown; response: Response }): NonNullable<T> {
  assert.ok(answer.data != null, `${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

/** The typed error of an answer that must be one. */
function failed<T>(status: number, answer: { error?: T; response: Response }): NonNullable<T> {
  assert.equal(answer.response.status, status, answer.response.url);
  assert.ok(answer.error != null);
  return answer.error;
}

async function autodesk() {
  const client = acc({ baseUrl, clientId: "demo-client", clientSecret: "demo-secret" });
  const put = got(await client.PUT("/hq/v1/accounts/{account_id}/business_units_structure", {
    params: account,
    body: { business_units: [{ name: "North America", parent_id: null, description: null }] },
  }));
  const root = put.business_units[0];
  assert.ok(root);
  assert.equal(root.parent_id, null);
  got(await client.PUT("/hq/v1/accounts/{account_id}/business_units_structure", {
    params: account,
    body: { business_units: [{ name: "West", parent_id: root.id }] },
  }));
  const list = got(await client.GET("/hq/v1/accounts/{account_id}/business_units_structure", { params: account }));
  assert.deepEqual(list.business_units.map((unit) => unit.path), [null, "North America"]);
  const hubs = got(await client.GET("/project/v1/hubs"));
  assert.equal(hubs.data[0]?.attributes.name, "Demo Construction");
  const refused = failed(404, await client.GET("/hq/v1/accounts/{account_id}/business_units_structure", {
    params: { path: { account_id: "00000000-0000-4000-8000-000000000000" } },
  }));
  if (!("code" in refused)) assert.fail("not the error of the account administration");
  assert.equal(refused.code, 1004);
}

async function registry() {
  const client = comanage({ baseUrl, user: "co_1.demo", password: "demo-secret" });
  const entry = { Version: "1.0", CoId: "2", Status: "Active" } as const;
  const person = got(await client.POST("/co_people.{format}", {
    params: { path: json }, body: { CoPeople: [{ ...entry, Timezone: "Europe/Berlin" }] },
  }));
  const path = { id: person.Id, ...json };
  const edited = await client.PUT("/co_people/{id}.{format}", { params: { path }, body: { CoPeople: [{ ...entry, Timezone: null }] } });
  assert.equal(edited.response.status, 200);
  const read = got(await client.GET("/co_people/{id}.{format}", { params: { path } }));
  assert.equal(read.CoPeople[0]?.Timezone, undefined);
  assert.equal(read.CoPeople[0]?.Revision, "1");
  const organization: components["schemas"]["ComanageOrgIdentityEntry"] = { Version: "1.0", CoId: "2", Affiliation: null, O: "Example" };
  const identity = got(await client.POST("/org_identities.{format}", { params: { path: json }, body: { OrgIdentities: [organization] } }));
  const body = { CoOrgIdentityLinks: [{ Version: "1.0" as const, CoPersonId: person.Id, OrgIdentityId: identity.Id }] };
  got(await client.POST("/co_org_identity_links.{format}", { params: { path: json }, body }));
  const links = got(await client.GET("/co_org_identity_links.{format}", { params: { path: json, query: { copersonid: person.Id } } }));
  assert.deepEqual(links.CoOrgIdentityLinks.map((link) => link.OrgIdentityId), [identity.Id]);
  const invalid = failed(400, await client.POST("/co_people.{format}", { params: { path: json }, body: { CoPeople: [{ ...entry, CoId: "" }] } }));
  assert.equal(invalid.ResponseType, "ErrorResponse");
  assert.deepEqual(invalid.InvalidFields?.["co_id"], ["A CO ID must be provided"]);
}

async function loyalty() {
  const client = cux({ baseUrl, clientId: "demo-client", clientSecret: "demo-secret" });
  const opened = got(await client.POST("/client/users/{identifier}/sessions", {
    params: { path: { identifier: "6001000000000017" }, header: { "X-Identifier-Type": "LOYALTY_ID" } },
    body: { correlationId: "typescript", externalAgentSessionId: null },
  }));
  assert.equal(opened.channel, "APP");
  const link = { correlation_id: opened.correlationId, business_unit: "BUYCO", link_id: "a/b 1" };
  const put = got(await client.PUT("/client/users/{correlation_id}/business/units/{business_unit}/links/{link_id}", {
    params: { path: link }, body: { status: "UNLINKED", dateLinked: null },
  }));
  assert.equal(put.status, "UNLINKED");
  const links = got(await client.GET("/client/users/{correlation_id}/business/units/links/", { params: { path: { correlation_id: session } } }));
  assert.deepEqual(links.map((each) => each.linkId), ["a/b 1"]);
  const refused = failed(400, await client.PUT("/client/users/{correlation_id}/business/units/{business_unit}/links/{link_id}", {
    params: { path: { ...link, business_unit: "NOSUCH" } }, body: {},
  }));
  assert.equal(refused.errorCode, "INVALID_REQUEST");
}

async function marketing() {
  const client = responsys({ baseUrl, user: "demo", password: "demo-secret" });
  const tree = got(await client.GET("/rest/api/v1.3/attributes/organizations"));
  assert.equal(tree.attributes.organizations.attributeValues[0]?.children?.[0]?.name, "APAC");
  const params = { path: { programName: "example_program" } };
  const assigned = got(await client.POST("/rest/api/v1.3/attributes/programs/{programName}", {
    params, body: { attributes: { organizations: { attributeValues: [{ name: "APAC" }] } } },
  }));
  assert.equal(assigned.attributes.organizations.attributeValues[0]?.lineage, "7:4000007:");
  assert.deepEqual(got(await client.GET("/rest/api/v1.3/attributes/programs/{programName}", { params })), assigned);
  const programs = got(await client.GET("/rest/api/v1.3/programs"));
  assert.ok(programs.programs.some((program) => program.name === "example_program"));
  const refused = failed(404, await client.GET("/rest/api/v1.3/programs/{programName}", { params: { path: { programName: "none" } } }));
  assert.deepEqual(refused.errorDetails, []);
}

async function dataHub() {
  const client = svi({ baseUrl, token: "demo-token" });
  const made = got(await client.POST("/documents", {
    body: { objectTypeName: "person", id: null, fieldValues: { id: "typescript", first_name: "Maria", last_name: "Example" } },
  }));
  const path = { entityTypeName: "person", documentId: made.id };
  const put = got(await client.PUT("/documents/{entityTypeName}/{documentId}", {
    params: { path }, body: { ...made, fieldValues: { ...made.fieldValues, first_name: null } },
  }));
  assert.equal(put.fieldValues["first_name"], undefined);
  const patched = got(await client.PATCH("/documents/{entityTypeName}/{documentId}", {
    params: { path, header: { "If-Match": String(put.fieldValues["version"]) } },
    body: [{ op: "add", path: "/fieldValues/last_name", value: "Model" }],
    headers: { "Content-Type": "application/json-patch+json" },
  }));
  assert.equal(patched.fieldValues["last_name"], "Model");
  const stale = failed(412, await client.PUT("/documents/{entityTypeName}/{documentId}", { params: { path }, body: made }));
  assert.equal(stale.httpStatusCode, 412);
  const found = got(await client.GET("/documents/{entityTypeName}", { params: { path: { entityTypeName: "person" } } }));
  if (!Array.isArray(found)) assert.fail("not an array, which is SAS' JSON form of it");
  assert.ok(found.some((document) => document.id === made.id));
  const links = got(await client.GET("/links", {
    params: { query: { _relationshipName: "witnessed_by", _fromEntityTypeName: "intel_report", _entityId: "uuid_502" } },
  }));
  if (!("items" in links)) assert.fail("not a list of links");
  const link = links.items[0];
  assert.ok(link);
  const field = got(await client.GET("/links/@item/fields/{fieldName}", { params: { path: { fieldName: "statement" }, query: { _id: link.id } } }));
  assert.equal(field.raw, null);
}

async function orglink() {
  const admin = workbench({ baseUrl: `${baseUrl}/w/typescript`, token: "demo-secret" });
  got(await admin.PUT("/orglink/v1/fixtures", { body: { cux: { businessUnits: ["BUYCO"], tokens: [{ token: "t", subject: "s" }], clients: [{ id: "s", secret: "s" }] } } }));
  const list = got(await admin.GET("/orglink/v1/workspaces"));
  assert.ok(list.workspaces.some((workspace) => workspace.name === "typescript"));
  const inside = cux({ baseUrl: `${baseUrl}/w/typescript/`, token: "t" });
  const params = { path: { correlation_id: session } };
  const elsewhere = failed(401, await inside.GET("/client/users/{correlation_id}/business/units/links/", { params }));
  assert.equal(elsewhere.statusCode, 401);
  const dropped = await admin.DELETE("/orglink/v1/workspaces/{workspace}", { params: { path: { workspace: "typescript" } } });
  assert.equal(dropped.response.status, 204);
  const refused = failed(401, await workbench({ baseUrl, token: "wrong" }).GET("/orglink/v1/workspaces"));
  assert.equal(refused.status, 401);
}

for (const story of [autodesk, registry, loyalty, marketing, dataHub, orglink]) {
  await story();
  console.log("ok", story.name);
}
