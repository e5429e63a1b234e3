// SAS Data Hub: a link between two documents is made, changed and read, on the data of
// `make run`. A second change at the same version is refused.
import { svi } from "orglink";

const baseUrl = process.env["ORGLINK_URL"] ?? "http://127.0.0.1:8080";
const hub = svi({ baseUrl, user: "demo", password: "demo-secret" });

const phone = await hub.POST("/documents", {
  body: { objectTypeName: "phone", fieldValues: { number: `+1 ${Date.now()}`, provider: "Example Telecom" } },
});
if (!phone.data) throw new Error(phone.error.message);
console.log("made", phone.data.objectTypeName, phone.data.id);

const type = await hub.GET("/admin/relationships", { params: { query: { qualifiedName: "intel_report__witnessed_by" } } });
if (!type.data || "length" in type.data) throw new Error("there is no such relationship type");
console.log("a link", type.data.fromObjectName, type.data.label, type.data.toObjectName, "has", type.data.fields.map((f) => f.name));

const list = await hub.GET("/links", {
  params: { query: { _relationshipName: "witnessed_by", _entityTypeName: "intel_report", _entityId: "uuid_502" } },
});
if (!list.data || !("items" in list.data)) throw new Error("no list");
const link = list.data.items[0];
if (!link) throw new Error("the demo has no link");
console.log(list.data.count, "link:", link.id);

const params = { query: { _id: link.id }, header: { "If-Match": String(link.fieldValues["version"]) } };
const body = [{ op: "add" as const, path: "/fieldValues/statement", value: "At the harbour" }];
const changed = await hub.PATCH("/links/@item", { params, body });
if (!changed.data) throw new Error(changed.error.message);
console.log("now at version", changed.data.fieldValues["version"], "by", changed.data.fieldValues["last_updated_by_user_id"]);

const again = await hub.PATCH("/links/@item", { params, body });
console.log("refused:", again.response.status, again.error?.message);
