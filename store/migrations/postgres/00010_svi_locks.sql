-- +goose Up
CREATE TABLE svi_locks (
    workspace  text NOT NULL,
    type       text NOT NULL,
    id         text NOT NULL,
    holder     text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (workspace, type, id)
);

-- Documents are listed by id in the order of bytes, whatever the database's locale.
ALTER TABLE svi_documents ALTER COLUMN id TYPE text COLLATE "C";
