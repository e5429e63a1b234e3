-- +goose Up
CREATE TABLE acc_accounts (
    workspace text NOT NULL,
    id        text NOT NULL,
    name      text NOT NULL,
    region    text NOT NULL,
    made      integer NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE acc_provisionings (
    workspace  text NOT NULL,
    account_id text NOT NULL,
    client_id  text NOT NULL,
    PRIMARY KEY (workspace, account_id, client_id)
);

CREATE TABLE acc_units (
    workspace   text NOT NULL,
    id          text NOT NULL,
    account_id  text NOT NULL,
    parent_id   text,
    name        text NOT NULL,
    description text,
    serial      integer NOT NULL,
    created_at  datetime NOT NULL,
    updated_at  datetime NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX acc_units_in_order ON acc_units (workspace, account_id, serial);
CREATE INDEX acc_units_below ON acc_units (workspace, parent_id);
