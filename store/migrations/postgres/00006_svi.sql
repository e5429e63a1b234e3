-- +goose Up
CREATE TABLE svi_entity_types (
    workspace   text NOT NULL,
    id          bigint NOT NULL,
    name        text NOT NULL,
    label       text NOT NULL,
    version     bigint NOT NULL,
    fields      text NOT NULL,
    read_groups text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX svi_entity_type_names ON svi_entity_types (workspace, name);

CREATE TABLE svi_relationship_types (
    workspace    text NOT NULL,
    id           bigint NOT NULL,
    from_type    text NOT NULL,
    name         text NOT NULL,
    to_type      text NOT NULL,
    label        text NOT NULL,
    reverse_name text NOT NULL,
    version      bigint NOT NULL,
    cardinality  text NOT NULL,
    "symmetric"  boolean NOT NULL,
    bridge       boolean NOT NULL,
    columns      text NOT NULL,
    fields       text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX svi_relationship_type_names ON svi_relationship_types (workspace, from_type, name);

CREATE TABLE svi_documents (
    workspace    text NOT NULL,
    type         text NOT NULL,
    id           text NOT NULL,
    version      bigint NOT NULL,
    field_values text NOT NULL,
    valid_from   timestamptz,
    valid_to     timestamptz,
    PRIMARY KEY (workspace, type, id)
);

-- Links of the same ends are ordered by bytes, whatever the database's locale.
CREATE TABLE svi_links (
    workspace       text NOT NULL,
    relationship_id bigint NOT NULL,
    id              text COLLATE "C" NOT NULL,
    from_id         text NOT NULL,
    to_id           text NOT NULL,
    version         bigint NOT NULL,
    attributes      text NOT NULL,
    valid_from      timestamptz,
    valid_to        timestamptz,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    last_updated_at timestamptz NOT NULL,
    last_updated_by text NOT NULL,
    PRIMARY KEY (workspace, relationship_id, id)
);
CREATE INDEX svi_links_ends ON svi_links (workspace, relationship_id, from_id, to_id);

CREATE TABLE svi_users (
    workspace     text NOT NULL,
    name          text NOT NULL,
    password_hash text NOT NULL,
    password_mark text NOT NULL,
    groups        text NOT NULL,
    PRIMARY KEY (workspace, name)
);
