-- +goose Up
CREATE TABLE comanage_cos (
    workspace text NOT NULL,
    id        bigint NOT NULL,
    name      text NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX comanage_cos_name ON comanage_cos (workspace, name);

CREATE TABLE comanage_people (
    workspace text NOT NULL,
    id        bigint NOT NULL,
    co        bigint NOT NULL,
    deleted   boolean NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX comanage_people_co ON comanage_people (workspace, co);

CREATE TABLE comanage_org_identities (
    workspace text NOT NULL,
    id        bigint NOT NULL,
    co        bigint NOT NULL,
    deleted   boolean NOT NULL,
    PRIMARY KEY (workspace, id)
);

-- A row is a link, or, with archive_of set, what the link of that id was before
-- an edit.
CREATE TABLE comanage_links (
    workspace        text NOT NULL,
    id               bigint NOT NULL,
    person_id        bigint NOT NULL,
    org_identity_id  bigint NOT NULL,
    created          timestamptz NOT NULL,
    modified         timestamptz NOT NULL,
    archive_of       bigint,
    revision         bigint NOT NULL,
    deleted          boolean NOT NULL,
    actor_identifier text NOT NULL,
    PRIMARY KEY (workspace, id)
);
-- An org identity belongs to one CO, so one current link of an org identity is
-- one in its CO.
CREATE UNIQUE INDEX comanage_links_current ON comanage_links (workspace, org_identity_id)
    WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_links_person ON comanage_links (workspace, person_id)
    WHERE archive_of IS NULL AND NOT deleted;

CREATE TABLE comanage_api_users (
    workspace     text NOT NULL,
    name          text NOT NULL,
    co            bigint NOT NULL,
    privileged    boolean NOT NULL,
    suspended     boolean NOT NULL,
    valid_from    timestamptz,
    valid_through timestamptz,
    remote_ip     text NOT NULL,
    secret_hash   text NOT NULL,
    secret_digest text NOT NULL,
    PRIMARY KEY (workspace, name)
);
