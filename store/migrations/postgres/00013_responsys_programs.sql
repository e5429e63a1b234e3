-- +goose Up
ALTER TABLE responsys_users ADD COLUMN login_state text NOT NULL DEFAULT 'ACTIVE';
ALTER TABLE responsys_users ADD COLUMN email text NOT NULL DEFAULT '';
ALTER TABLE responsys_users ADD COLUMN locale text NOT NULL DEFAULT 'en';
ALTER TABLE responsys_users ADD COLUMN created_on text NOT NULL DEFAULT '1970-01-01';
UPDATE responsys_users SET created_on =
    COALESCE((SELECT to_char(w.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM workspaces w WHERE w.name = responsys_users.workspace), created_on);

CREATE TABLE responsys_accounts (
    workspace    text NOT NULL,
    name         text NOT NULL,
    display_name text NOT NULL,
    time_zone    text NOT NULL,
    PRIMARY KEY (workspace)
);

CREATE TABLE responsys_programs (
    workspace      text NOT NULL,
    name           text NOT NULL,
    id             bigint NOT NULL,
    folder         text NOT NULL,
    list_id        bigint NOT NULL,
    list_name      text NOT NULL,
    channels       text NOT NULL,
    created_on     text NOT NULL,
    created_by     text NOT NULL,
    modified_on    text NOT NULL,
    modified_by    text NOT NULL,
    status         text NOT NULL,
    published_on   text NOT NULL,
    unpublished_on text NOT NULL,
    PRIMARY KEY (workspace, name)
);
CREATE UNIQUE INDEX responsys_program_ids ON responsys_programs (workspace, id);
INSERT INTO responsys_programs
SELECT o.workspace, o.name, 10000007 + 20 * (row_number() OVER (PARTITION BY o.workspace ORDER BY o.name) - 1),
    'Programs', 7, 'CONTACTS_LIST', '[]', day, 'N/A', day, 'N/A', 'NOT_RUNNING', '', ''
FROM responsys_objects o
JOIN (SELECT name, COALESCE(to_char(created_at AT TIME ZONE 'UTC', 'DD/MM/YYYY'), '01/01/1970') AS day FROM workspaces) w ON w.name = o.workspace
WHERE o.kind = 'program';
