-- +goose Up

-- Floors that follow from a very large chosen id are none: new ids do not follow it.
DELETE FROM id_floors WHERE of_table <> 'responsys_organizations' AND last > 1073741824;

-- New ids, of all workspaces, follow those that any of them has or had, but for very
-- large chosen ones. They are for clients that keep ids in 32 bits.

CREATE SEQUENCE comanage_cos_ids MAXVALUE 2147483647;
SELECT setval('comanage_cos_ids', MAX(id)) FROM (
    SELECT id FROM comanage_cos UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_cos') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE comanage_people_ids MAXVALUE 2147483647;
SELECT setval('comanage_people_ids', MAX(id)) FROM (
    SELECT id FROM comanage_people UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_people') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE comanage_org_identities_ids MAXVALUE 2147483647;
SELECT setval('comanage_org_identities_ids', MAX(id)) FROM (
    SELECT id FROM comanage_org_identities UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_org_identities') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE comanage_names_ids MAXVALUE 2147483647;
SELECT setval('comanage_names_ids', MAX(id)) FROM (
    SELECT id FROM comanage_names UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_names') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE comanage_identifiers_ids MAXVALUE 2147483647;
SELECT setval('comanage_identifiers_ids', MAX(id)) FROM (
    SELECT id FROM comanage_identifiers UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_identifiers') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE comanage_links_ids MAXVALUE 2147483647;
SELECT setval('comanage_links_ids', MAX(id)) FROM (
    SELECT id FROM comanage_links UNION ALL SELECT last FROM id_floors WHERE of_table = 'comanage_links') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE svi_entity_types_ids MAXVALUE 2147483647;
SELECT setval('svi_entity_types_ids', MAX(id)) FROM (
    SELECT id FROM svi_entity_types UNION ALL SELECT last FROM id_floors WHERE of_table = 'svi_entity_types') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;

CREATE SEQUENCE svi_relationship_types_ids MAXVALUE 2147483647;
SELECT setval('svi_relationship_types_ids', MAX(id)) FROM (
    SELECT id FROM svi_relationship_types UNION ALL SELECT last FROM id_floors WHERE of_table = 'svi_relationship_types') AS used
WHERE id <= 1073741824 HAVING MAX(id) > 0;
