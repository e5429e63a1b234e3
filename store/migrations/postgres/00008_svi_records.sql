-- +goose Up
-- What is stored of a document gets the shape of what is stored of a link. When and
-- by whom older documents were made is not known; constants stand in.
ALTER TABLE svi_entity_types ADD COLUMN columns text NOT NULL DEFAULT '{}';
ALTER TABLE svi_documents RENAME COLUMN field_values TO attributes;
ALTER TABLE svi_documents ADD COLUMN created_at timestamptz NOT NULL DEFAULT '2026-01-01 00:00:00+00:00';
ALTER TABLE svi_documents ADD COLUMN created_by text NOT NULL DEFAULT 'orglink';
ALTER TABLE svi_documents ADD COLUMN last_updated_at timestamptz NOT NULL DEFAULT '2026-01-01 00:00:00+00:00';
ALTER TABLE svi_documents ADD COLUMN last_updated_by text NOT NULL DEFAULT 'orglink';
ALTER TABLE svi_relationship_types ADD COLUMN history_enabled boolean NOT NULL DEFAULT TRUE;

-- Where a cardinality allows one link at an end, the id at that end stands here,
-- else NULL, which is in no index. Of older links that break their type's
-- cardinality, which nothing held then, the first of an end stands for it.
ALTER TABLE svi_links ADD COLUMN only_from text;
ALTER TABLE svi_links ADD COLUMN only_to text;
UPDATE svi_links SET only_from = from_id
WHERE (workspace, relationship_id, id) IN (
    SELECT l.workspace, l.relationship_id, MIN(l.id) FROM svi_links AS l
    JOIN svi_relationship_types AS t ON t.workspace = l.workspace AND t.id = l.relationship_id
    WHERE t.cardinality IN ('ONE_TO_ONE', 'MANY_TO_ONE')
    GROUP BY l.workspace, l.relationship_id, l.from_id);
UPDATE svi_links SET only_to = to_id
WHERE (workspace, relationship_id, id) IN (
    SELECT l.workspace, l.relationship_id, MIN(l.id) FROM svi_links AS l
    JOIN svi_relationship_types AS t ON t.workspace = l.workspace AND t.id = l.relationship_id
    WHERE t.cardinality IN ('ONE_TO_ONE', 'ONE_TO_MANY')
    GROUP BY l.workspace, l.relationship_id, l.to_id);
CREATE UNIQUE INDEX svi_links_only_from ON svi_links (workspace, relationship_id, only_from) WHERE only_from IS NOT NULL;
CREATE UNIQUE INDEX svi_links_only_to ON svi_links (workspace, relationship_id, only_to) WHERE only_to IS NOT NULL;

-- The links of a document are read in the order of their other ends, by bytes,
-- whatever the database's locale.
DROP INDEX svi_links_ends;
ALTER TABLE svi_links ALTER COLUMN from_id TYPE text COLLATE "C";
ALTER TABLE svi_links ALTER COLUMN to_id TYPE text COLLATE "C";
-- No two indexes begin with the same columns but the workspace: where the planner has
-- no statistics yet, it takes the links of a type for a handful, and one index that
-- begins with the type for as good as another. Of two that are as good it takes the
-- newer one.
CREATE INDEX svi_links_ends ON svi_links (workspace, relationship_id, from_id, to_id, id);
CREATE INDEX svi_links_to ON svi_links (workspace, to_id, relationship_id, from_id, id);
ALTER TABLE svi_links DROP CONSTRAINT svi_links_pkey;
ALTER TABLE svi_links ADD PRIMARY KEY (workspace, id, relationship_id);

CREATE TABLE svi_link_versions (
    workspace       text NOT NULL,
    relationship_id bigint NOT NULL,
    link_id         text COLLATE "C" NOT NULL,
    version         bigint NOT NULL,
    operation       text NOT NULL,
    attributes      text NOT NULL,
    valid_from      timestamptz,
    valid_to        timestamptz,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    last_updated_at timestamptz NOT NULL,
    last_updated_by text NOT NULL,
    PRIMARY KEY (workspace, relationship_id, link_id, version)
);
