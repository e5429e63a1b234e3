-- +goose Up
CREATE TABLE responsys_users (
    workspace       text NOT NULL,
    name            text NOT NULL,
    password_hash   text NOT NULL,
    password_digest text NOT NULL,
    enabled         boolean NOT NULL,
    PRIMARY KEY (workspace, name)
);

CREATE TABLE responsys_organizations (
    workspace text NOT NULL,
    id        bigint NOT NULL,
    name      text NOT NULL,
    parent_id bigint,
    position  bigint NOT NULL,
    PRIMARY KEY (workspace, id),
    FOREIGN KEY (workspace, parent_id) REFERENCES responsys_organizations (workspace, id)
);
CREATE UNIQUE INDEX responsys_organization_names ON responsys_organizations (workspace, name);
CREATE UNIQUE INDEX responsys_organization_root ON responsys_organizations (workspace) WHERE parent_id IS NULL;
CREATE INDEX responsys_organization_children ON responsys_organizations (workspace, parent_id);

CREATE TABLE responsys_objects (
    workspace text NOT NULL,
    kind      text NOT NULL,
    name      text NOT NULL,
    PRIMARY KEY (workspace, kind, name)
);

CREATE TABLE responsys_assignments (
    workspace       text NOT NULL,
    kind            text NOT NULL,
    object          text NOT NULL,
    organization_id bigint NOT NULL,
    position        bigint NOT NULL,
    PRIMARY KEY (workspace, kind, object, organization_id),
    FOREIGN KEY (workspace, kind, object) REFERENCES responsys_objects (workspace, kind, name) ON DELETE CASCADE,
    FOREIGN KEY (workspace, organization_id) REFERENCES responsys_organizations (workspace, id) ON DELETE CASCADE
);
CREATE INDEX responsys_assignment_organizations ON responsys_assignments (workspace, organization_id);
