-- +goose Up
CREATE TABLE cux_business_units (
    workspace text NOT NULL,
    key       text NOT NULL,
    PRIMARY KEY (workspace, key)
);

CREATE TABLE cux_accounts (
    workspace         text NOT NULL,
    id                text NOT NULL,
    loyalty_id        text NOT NULL,
    external_id       text,
    email             text,
    partner_link_id   text,
    phone_number      text,
    external_agent_id text,
    PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX cux_accounts_loyalty_id ON cux_accounts (workspace, loyalty_id);
CREATE UNIQUE INDEX cux_accounts_external_id ON cux_accounts (workspace, external_id);
CREATE UNIQUE INDEX cux_accounts_email ON cux_accounts (workspace, email);
CREATE UNIQUE INDEX cux_accounts_partner_link_id ON cux_accounts (workspace, partner_link_id);
CREATE UNIQUE INDEX cux_accounts_phone_number ON cux_accounts (workspace, phone_number);
CREATE UNIQUE INDEX cux_accounts_external_agent_id ON cux_accounts (workspace, external_agent_id);

CREATE TABLE cux_sessions (
    workspace                 text NOT NULL,
    correlation_id            text NOT NULL,
    account_id                text NOT NULL,
    channel                   text NOT NULL,
    external_agent_session_id text,
    expires_at                datetime,
    PRIMARY KEY (workspace, correlation_id)
);

CREATE TABLE cux_links (
    workspace     text NOT NULL,
    account_id    text NOT NULL,
    business_unit text NOT NULL,
    link_id       text NOT NULL,
    date_linked   text NOT NULL,
    status        text NOT NULL,
    PRIMARY KEY (workspace, account_id, business_unit, link_id)
);
