-- +goose Up
CREATE TABLE cux_settings (
    workspace       text NOT NULL,
    session_seconds bigint NOT NULL,
    PRIMARY KEY (workspace)
);

ALTER TABLE cux_accounts ADD COLUMN profile text;

-- E-mail addresses are the same in any case. One of which another account has the same
-- in another case stays as it is: nobody can say whose it is.
UPDATE cux_accounts SET email = lower(email)
WHERE email <> lower(email) AND NOT EXISTS (
    SELECT 1 FROM cux_accounts other
    WHERE other.workspace = cux_accounts.workspace AND other.id <> cux_accounts.id
        AND lower(other.email) = lower(cux_accounts.email)
);
