-- +goose Up

ALTER TABLE svi_entity_types ADD COLUMN created_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00';
ALTER TABLE svi_entity_types ADD COLUMN created_by text NOT NULL DEFAULT 'orglink';
ALTER TABLE svi_entity_types ADD COLUMN last_updated_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00';
ALTER TABLE svi_entity_types ADD COLUMN last_updated_by text NOT NULL DEFAULT 'orglink';
UPDATE svi_entity_types SET created_at = CURRENT_TIMESTAMP, last_updated_at = CURRENT_TIMESTAMP;

ALTER TABLE svi_relationship_types ADD COLUMN reverse_label text NOT NULL DEFAULT '';
ALTER TABLE svi_relationship_types ADD COLUMN kind text NOT NULL DEFAULT 'RELATIONSHIP';
ALTER TABLE svi_relationship_types ADD COLUMN created_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00';
ALTER TABLE svi_relationship_types ADD COLUMN created_by text NOT NULL DEFAULT 'orglink';
ALTER TABLE svi_relationship_types ADD COLUMN last_updated_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00';
ALTER TABLE svi_relationship_types ADD COLUMN last_updated_by text NOT NULL DEFAULT 'orglink';
UPDATE svi_relationship_types SET reverse_label = reverse_name, created_at = CURRENT_TIMESTAMP, last_updated_at = CURRENT_TIMESTAMP;
CREATE INDEX svi_relationship_type_ends ON svi_relationship_types (workspace, to_type);
