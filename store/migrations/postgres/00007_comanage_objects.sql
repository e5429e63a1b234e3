-- +goose Up

-- The largest id that a table gave out before rows were deleted for good, so that
-- no id is given out twice.
CREATE TABLE id_floors (
    workspace text NOT NULL,
    of_table  text NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (workspace, of_table)
);

ALTER TABLE comanage_cos ADD COLUMN description text;
ALTER TABLE comanage_cos ADD COLUMN status text NOT NULL DEFAULT 'Active';
ALTER TABLE comanage_cos ADD COLUMN created timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
ALTER TABLE comanage_cos ADD COLUMN modified timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
UPDATE comanage_cos SET created = date_trunc('second', now()), modified = date_trunc('second', now());
ALTER TABLE comanage_cos ALTER COLUMN status DROP DEFAULT, ALTER COLUMN created DROP DEFAULT, ALTER COLUMN modified DROP DEFAULT;

ALTER TABLE comanage_people ADD COLUMN status text NOT NULL DEFAULT 'Active';
ALTER TABLE comanage_people ADD COLUMN timezone text;
ALTER TABLE comanage_people ADD COLUMN date_of_birth text;
ALTER TABLE comanage_people ADD COLUMN created timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
ALTER TABLE comanage_people ADD COLUMN modified timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
ALTER TABLE comanage_people ADD COLUMN archive_of bigint;
ALTER TABLE comanage_people ADD COLUMN revision bigint NOT NULL DEFAULT 0;
ALTER TABLE comanage_people ADD COLUMN actor_identifier text NOT NULL DEFAULT '';
UPDATE comanage_people SET created = date_trunc('second', now()), modified = date_trunc('second', now());
ALTER TABLE comanage_people ALTER COLUMN status DROP DEFAULT, ALTER COLUMN created DROP DEFAULT, ALTER COLUMN modified DROP DEFAULT, ALTER COLUMN revision DROP DEFAULT, ALTER COLUMN actor_identifier DROP DEFAULT;
DROP INDEX comanage_people_co;
CREATE INDEX comanage_people_co ON comanage_people (workspace, co, id)
    WHERE archive_of IS NULL AND NOT deleted;

ALTER TABLE comanage_org_identities ADD COLUMN status text;
ALTER TABLE comanage_org_identities ADD COLUMN date_of_birth text;
ALTER TABLE comanage_org_identities ADD COLUMN affiliation text;
ALTER TABLE comanage_org_identities ADD COLUMN title text;
ALTER TABLE comanage_org_identities ADD COLUMN o text;
ALTER TABLE comanage_org_identities ADD COLUMN ou text;
ALTER TABLE comanage_org_identities ADD COLUMN valid_from timestamptz;
ALTER TABLE comanage_org_identities ADD COLUMN valid_through timestamptz;
ALTER TABLE comanage_org_identities ADD COLUMN manager_identifier text;
ALTER TABLE comanage_org_identities ADD COLUMN sponsor_identifier text;
ALTER TABLE comanage_org_identities ADD COLUMN created timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
ALTER TABLE comanage_org_identities ADD COLUMN modified timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00Z';
ALTER TABLE comanage_org_identities ADD COLUMN archive_of bigint;
ALTER TABLE comanage_org_identities ADD COLUMN revision bigint NOT NULL DEFAULT 0;
ALTER TABLE comanage_org_identities ADD COLUMN actor_identifier text NOT NULL DEFAULT '';
UPDATE comanage_org_identities SET created = date_trunc('second', now()), modified = date_trunc('second', now());
ALTER TABLE comanage_org_identities ALTER COLUMN created DROP DEFAULT, ALTER COLUMN modified DROP DEFAULT, ALTER COLUMN revision DROP DEFAULT, ALTER COLUMN actor_identifier DROP DEFAULT;
CREATE INDEX comanage_org_identities_co ON comanage_org_identities (workspace, co, id)
    WHERE archive_of IS NULL AND NOT deleted;

ALTER TABLE comanage_links ADD COLUMN co bigint NOT NULL DEFAULT 0;
UPDATE comanage_links SET co = (SELECT p.co FROM comanage_people AS p
    WHERE p.workspace = comanage_links.workspace AND p.id = comanage_links.person_id);
ALTER TABLE comanage_links ALTER COLUMN co DROP DEFAULT;
DROP INDEX comanage_links_person;
CREATE INDEX comanage_links_person ON comanage_links (workspace, person_id, id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_links_co ON comanage_links (workspace, co, id)
    WHERE archive_of IS NULL AND NOT deleted;

-- Of person_id and org_identity_id one is set, here and below.
CREATE TABLE comanage_names (
    workspace        text NOT NULL,
    id               bigint NOT NULL,
    co               bigint NOT NULL,
    person_id        bigint,
    org_identity_id  bigint,
    honorific        text,
    given            text NOT NULL,
    middle           text,
    family           text,
    suffix           text,
    type             text NOT NULL,
    language         text,
    primary_name     boolean NOT NULL,
    given_folded     text NOT NULL,
    family_folded    text NOT NULL,
    created          timestamptz NOT NULL,
    modified         timestamptz NOT NULL,
    archive_of       bigint,
    revision         bigint NOT NULL,
    deleted          boolean NOT NULL,
    actor_identifier text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX comanage_names_co ON comanage_names (workspace, co, id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_names_person ON comanage_names (workspace, person_id, id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_names_org_identity ON comanage_names (workspace, org_identity_id, id)
    WHERE archive_of IS NULL AND NOT deleted;
-- For searching the people of a CO by name, in their order.
CREATE INDEX comanage_names_people ON comanage_names (workspace, co, person_id)
    WHERE person_id IS NOT NULL AND archive_of IS NULL AND NOT deleted;
CREATE UNIQUE INDEX comanage_names_person_primary ON comanage_names (workspace, person_id)
    WHERE primary_name AND archive_of IS NULL AND NOT deleted;
CREATE UNIQUE INDEX comanage_names_org_identity_primary ON comanage_names (workspace, org_identity_id)
    WHERE primary_name AND archive_of IS NULL AND NOT deleted;

CREATE TABLE comanage_identifiers (
    workspace        text NOT NULL,
    id               bigint NOT NULL,
    co               bigint NOT NULL,
    person_id        bigint,
    org_identity_id  bigint,
    identifier       text NOT NULL,
    type             text NOT NULL,
    language         text,
    login            boolean NOT NULL,
    status           text NOT NULL,
    folded           text NOT NULL,
    created          timestamptz NOT NULL,
    modified         timestamptz NOT NULL,
    archive_of       bigint,
    revision         bigint NOT NULL,
    deleted          boolean NOT NULL,
    actor_identifier text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX comanage_identifiers_co ON comanage_identifiers (workspace, co, id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_identifiers_person ON comanage_identifiers (workspace, person_id, id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_identifiers_org_identity ON comanage_identifiers (workspace, org_identity_id, id)
    WHERE archive_of IS NULL AND NOT deleted;
-- For searching the people or the org identities of a CO by identifier, in their
-- order.
CREATE INDEX comanage_identifiers_people ON comanage_identifiers (workspace, co, person_id)
    WHERE person_id IS NOT NULL AND archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_identifiers_org_identities ON comanage_identifiers (workspace, co, org_identity_id)
    WHERE org_identity_id IS NOT NULL AND archive_of IS NULL AND NOT deleted;
-- Registry keeps identifiers unique among the people of a CO, not among its org
-- identities.
CREATE UNIQUE INDEX comanage_identifiers_unique ON comanage_identifiers (workspace, co, type, identifier)
    WHERE person_id IS NOT NULL AND archive_of IS NULL AND NOT deleted;
