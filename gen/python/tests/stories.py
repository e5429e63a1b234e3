"""A walk through each platform on a fresh demo: reads, writes, a list, a null, and an
error by its type. server/clients_test.go runs it."""

import os

import orglink
from orglink import auth
from orglink.typed import typed

BASE = os.environ.get("ORGLINK_URL", "http://127.0.0.1:8080")
ACCOUNT = "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace"
SESSION = "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10"


def failed(status, model, call, *args, **named):
    """The typed error of a call that must fail."""
    try:
        call(*args, **named)
    except orglink.ApiException as refused:
        assert refused.status == status, refused
        return typed(refused.body, model)
    raise AssertionError("%s did not fail" % call.__name__)


def autodesk():
    acc = auth.acc(BASE, "demo-client", "demo-secret")
    unit = orglink.AccBusinessUnitInput(name="North America")
    put = acc.acc_put_business_units_structure(ACCOUNT, orglink.AccBusinessUnitsInput(business_units=[unit]))
    root = put.business_units[0]
    assert root.parent_id is None and root.name == "North America"
    # None is not sent; a null is, in a dict.
    acc.acc_put_business_units_structure(ACCOUNT, {"business_units": [
        {"id": root.id, "name": "Americas", "parent_id": None}, {"name": "West", "parent_id": root.id}]})
    units = acc.acc_get_business_units_structure(ACCOUNT).business_units
    assert [each.path for each in units] == [None, "Americas"], units
    assert units[0].created_at.endswith("Z")  # as on the wire
    assert acc.acc_list_hubs().data[0].attributes.name == "Demo Construction"
    error = failed(404, "AccError", acc.acc_get_business_units_structure, "00000000-0000-4000-8000-000000000000")
    assert error.code == 1004


def registry():
    comanage = auth.comanage(BASE, "co_1.demo", "demo-secret")
    entry = orglink.ComanageCoPersonEntry(version="1.0", co_id="2", status="Active", timezone="Europe/Berlin")
    person = comanage.comanage_add_co_person("json", orglink.ComanageCoPersonRequest(co_people=[entry]))
    comanage.comanage_edit_co_person(person.id, "json", {"CoPeople": [
        {"Version": "1.0", "CoId": "2", "Status": "Active", "Timezone": None}]})
    read = comanage.comanage_get_co_person(person.id, "json").co_people[0]
    assert read.timezone is None and read.revision == "1"
    identity = comanage.comanage_add_org_identity("json", orglink.ComanageOrgIdentityRequest(org_identities=[
        orglink.ComanageOrgIdentityEntry(version=orglink.ComanageVersion.V1, co_id="2", o="Example",
                                         affiliation=orglink.ComanageAffiliationOrNull.STAFF)]))
    comanage.comanage_add_co_org_identity_link("json", orglink.ComanageCoOrgIdentityLinkRequest(co_org_identity_links=[
        orglink.ComanageCoOrgIdentityLinkEntry(version="1.0", co_person_id=person.id, org_identity_id=identity.id)]))
    links = comanage.comanage_list_co_org_identity_links("json", copersonid=person.id)
    assert [link.org_identity_id for link in links.co_org_identity_links] == [identity.id]
    error = failed(400, "ComanageErrorResponse", comanage.comanage_add_co_person, "json",
                   {"CoPeople": [{"Version": "1.0", "CoId": "", "Status": "Active"}]})
    assert error.invalid_fields == {"co_id": ["A CO ID must be provided"]}, error


def loyalty():
    cux = auth.cux(BASE, "demo-client", "demo-secret")
    session = cux.cux_post_session("6001000000000017", orglink.CuxSessionRequest(correlation_id="python"),
                                   x_identifier_type=orglink.CuxIdentifierType.LOYALTY_ID)
    assert session.channel == "APP"
    link = cux.cux_put_business_unit_link("python", "BUYCO", "a/b 1", cux_link_request={"status": "UNLINKED", "dateLinked": None})
    assert link.status == orglink.CuxLinkStatus.UNLINKED and link.link_id == "a/b 1"
    assert cux.cux_put_business_unit_link("python", "BUYCO", "2", cux_link_request=orglink.CuxLinkRequest(
        date_linked="2020-12-18T15:27:27.000Z")).date_linked == "2020-12-18T15:27:27.000Z"
    assert [each.link_id for each in cux.cux_list_business_unit_links(SESSION)] == ["2", "a/b 1"]
    error = failed(400, "CuxError", cux.cux_put_business_unit_link, "python", "NOSUCH", "1")
    assert error.error_code == "INVALID_REQUEST"


def marketing():
    responsys = auth.responsys(BASE, "demo", "demo-secret")
    root = responsys.responsys_get_organizations().attributes.organizations.attribute_values[0]
    assert [child.name for child in root.children] == ["APAC", "Global"] and root.children[0].children is None
    request = orglink.ResponsysEditAccessAttributesRequest(attributes=orglink.ResponsysEditAttributes(
        organizations=orglink.ResponsysEditOrganizations(attribute_values=[orglink.ResponsysAttributeName(name="APAC")])))
    assigned = responsys.responsys_post_program_attributes("example_program", request)
    assert assigned.attributes.organizations.attribute_values[0].lineage == "7:4000007:"
    assert responsys.responsys_get_program_attributes("example_program") == assigned
    assert "example_program" in [program.name for program in responsys.responsys_list_programs().programs]
    error = failed(404, "ResponsysError", responsys.responsys_get_program, "none")
    assert error.error_details == []


def data_hub():
    svi = auth.svi(BASE, "demo", "demo-secret")
    made = svi.svi_post_document(orglink.SviDocumentInput(
        object_type_name="person", field_values={"id": "python", "first_name": "Maria", "last_name": "Example"}))
    version = made.field_values["version"]
    made.field_values["first_name"] = None
    put = svi.svi_put_document("person", made.id, made)
    assert "first_name" not in put.field_values and put.created_at == made.created_at
    patched = svi.svi_patch_document("person", made.id, [
        orglink.SviPatchOperation(op="add", path="/fieldValues/last_name", value="Model")], if_match=str(version + 1))
    assert patched.field_values["last_name"] == "Model"
    error = failed(412, "SviError", svi.svi_put_document, "person", made.id, made)
    assert error.http_status_code == 412
    assert made.id in [document.id for document in svi.svi_list_documents("person")]
    assert svi.svi_filter_documents("person", {"start": 0, "limit": 1}).items is not None
    links = typed(svi.svi_get_links(relationship_name="witnessed_by", entity_type_name="intel_report", entity_id="uuid_502",
                                    include_entity_labels=True),
                  "SviLinks")
    link = links.items[0]
    assert link.from_object_display_label == "John Smith"
    assert link.restricted_fields["ssn"].masked.current_user_is_authorized_to_reveal
    assert svi.svi_get_link(link.id, include_display_label=True).display_label == "Witnessed by"
    assert svi.svi_get_link_field("statement", link.id).raw is None
    calls = typed(svi.svi_get_relationships(qualified_name="person__calls"), "SviRelationshipType")
    assert calls.cardinality == "MANY_TO_MANY" and calls.fields[0].name == "purpose"
    svi.svi_delete_document("person", made.id)


def workbench():
    admin = auth.workbench(BASE + "/w/python", "demo-secret")
    admin.workbench_apply_fixtures(orglink.Fixtures(cux=orglink.CuxFixtures(
        business_units=["BUYCO"], clients=[orglink.FixtureClient(id="app", secret="app")],
        tokens=[orglink.FixtureToken(token="python", subject="app")])))
    assert "python" in [workspace.name for workspace in admin.workbench_list_workspaces().workspaces]
    assert admin.workbench_get_version().version
    inside = auth.cux(BASE + "/w/python/", token="python")
    assert failed(401, "CuxError", inside.cux_list_business_unit_links, SESSION).status_code == 401
    admin.workbench_drop_workspace("python")
    wrong = auth.workbench(BASE, "wrong")
    assert failed(401, "WorkbenchProblem", wrong.workbench_list_workspaces).status == 401


for story in (autodesk, registry, loyalty, marketing, data_hub, workbench):
    story()
    print("ok", story.__name__)
