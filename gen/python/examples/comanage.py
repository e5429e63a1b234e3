"""COmanage Registry: a person is enrolled, on the data of `make run`.

A person and an org identity are made and linked. To link them once more is refused: the
text is in the reason phrase, as all of Registry's are.
"""

import os

import orglink
from orglink import auth

registry = auth.comanage(os.environ.get("ORGLINK_URL", "http://127.0.0.1:8080"), "co_1.demo", "demo-secret")

person = registry.comanage_add_co_person("json", orglink.ComanageCoPersonRequest(co_people=[
    orglink.ComanageCoPersonEntry(version="1.0", co_id="2", status="Active")]))
print("made", person.object_type, person.id)

identity = registry.comanage_add_org_identity("json", orglink.ComanageOrgIdentityRequest(org_identities=[
    orglink.ComanageOrgIdentityEntry(version="1.0", co_id="2", affiliation="member", o="Example University")]))
registry.comanage_add_name("json", orglink.ComanageNameRequest(names=[
    orglink.ComanageNameEntry(version="1.0", given="Maria", family="Example", type="official", primary_name=True,
                              person=orglink.ComanagePersonReference(type="CO", id=person.id))]))

link = orglink.ComanageCoOrgIdentityLinkRequest(co_org_identity_links=[
    orglink.ComanageCoOrgIdentityLinkEntry(version="1.0", co_person_id=person.id, org_identity_id=identity.id)])
registry.comanage_add_co_org_identity_link("json", link)
for linked in registry.comanage_list_co_org_identity_links("json", copersonid=person.id).co_org_identity_links:
    print("link", linked.id, "joins person", linked.co_person_id, "and identity", linked.org_identity_id)

try:
    registry.comanage_add_co_org_identity_link("json", link)
except orglink.ApiException as refused:
    print("refused:", refused.status, refused.reason)
