-- +goose Up
CREATE TABLE workspaces (
    name        text NOT NULL PRIMARY KEY,
    signing_key bytea NOT NULL,
    created_at  timestamptz
);

CREATE TABLE clients (
    workspace     text NOT NULL,
    family        text NOT NULL,
    id            text NOT NULL,
    secret_digest text NOT NULL,
    scopes        text NOT NULL,
    grants        text NOT NULL,
    PRIMARY KEY (workspace, family, id)
);

CREATE TABLE static_tokens (
    workspace text NOT NULL,
    family    text NOT NULL,
    digest    text NOT NULL,
    subject   text NOT NULL,
    scopes    text NOT NULL,
    PRIMARY KEY (workspace, family, digest)
);
