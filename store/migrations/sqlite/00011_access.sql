-- +goose Up
ALTER TABLE clients ADD COLUMN enabled boolean NOT NULL DEFAULT true;

CREATE TABLE refusals (
    workspace text NOT NULL,
    family    text NOT NULL,
    kind      text NOT NULL,
    value     text NOT NULL,
    until     datetime,
    PRIMARY KEY (workspace, family, kind, value)
);

CREATE INDEX refusals_until ON refusals (workspace, until);

CREATE TABLE rate_limits (
    workspace  text NOT NULL,
    family     text NOT NULL,
    function   text NOT NULL,
    per_minute bigint NOT NULL,
    PRIMARY KEY (workspace, family, function)
);

-- Tokens know nothing of whom was disabled since: the refusals do.
INSERT INTO refusals (workspace, family, kind, value)
    SELECT workspace, 'responsys', 'user', name FROM responsys_users WHERE NOT enabled;
