-- +goose Up
CREATE TABLE svi_locks (
    workspace  text NOT NULL,
    type       text NOT NULL,
    id         text NOT NULL,
    holder     text NOT NULL,
    expires_at datetime NOT NULL,
    PRIMARY KEY (workspace, type, id)
);
