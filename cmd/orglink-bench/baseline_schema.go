package main

import (
	"database/sql"
	"fmt"
	"strings"
)

// baselineSchema is that of both databases; serial stands for ids that the database
// gives out. The indexes are those that rules and lists need.
const baselineSchema = `
CREATE TABLE cux_units (key text PRIMARY KEY);
CREATE TABLE cux_sessions (correlation_id text PRIMARY KEY, account_id text NOT NULL, expires_at text);
CREATE TABLE cux_links (
	account_id text NOT NULL, business_unit text NOT NULL, link_id text NOT NULL,
	date_linked text NOT NULL, status text NOT NULL,
	PRIMARY KEY (account_id, business_unit, link_id));

CREATE TABLE comanage_people (id bigint PRIMARY KEY, co bigint NOT NULL, deleted boolean NOT NULL);
CREATE TABLE comanage_orgs (id bigint PRIMARY KEY, co bigint NOT NULL, deleted boolean NOT NULL);
CREATE TABLE comanage_links (
	id serial, co bigint NOT NULL, person_id bigint NOT NULL, org_id bigint NOT NULL,
	created text NOT NULL, modified text NOT NULL, archive_of bigint, revision bigint NOT NULL,
	deleted boolean NOT NULL, actor text NOT NULL);
CREATE UNIQUE INDEX comanage_links_current ON comanage_links (org_id) WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_links_person ON comanage_links (person_id, id) WHERE archive_of IS NULL AND NOT deleted;
CREATE INDEX comanage_links_co ON comanage_links (co, id) WHERE archive_of IS NULL AND NOT deleted;

CREATE TABLE svi_entities (name text PRIMARY KEY, version bigint NOT NULL, label text NOT NULL, fields text NOT NULL);
CREATE TABLE svi_types (
	id bigint PRIMARY KEY, name text NOT NULL, from_type text NOT NULL, to_type text NOT NULL,
	version bigint NOT NULL, label text NOT NULL, fields text NOT NULL);
CREATE UNIQUE INDEX svi_types_name ON svi_types (from_type, name);
CREATE TABLE svi_links (
	type_id bigint NOT NULL, id text NOT NULL, from_id text NOT NULL, to_id text NOT NULL,
	version bigint NOT NULL, attributes text NOT NULL, valid_from text, valid_to text,
	created_at text NOT NULL, created_by text NOT NULL, updated_at text NOT NULL, updated_by text NOT NULL,
	PRIMARY KEY (type_id, id));
CREATE INDEX svi_links_ends ON svi_links (type_id, from_id, to_id, id);
CREATE INDEX svi_links_to ON svi_links (to_id, type_id, from_id, id);
CREATE TABLE svi_link_versions (
	type_id bigint NOT NULL, link_id text NOT NULL, version bigint NOT NULL, operation text NOT NULL,
	attributes text NOT NULL, valid_from text, valid_to text,
	created_at text NOT NULL, created_by text NOT NULL, updated_at text NOT NULL, updated_by text NOT NULL,
	PRIMARY KEY (type_id, link_id, version));

CREATE TABLE acc_accounts (id text PRIMARY KEY, region text NOT NULL, made bigint NOT NULL);
CREATE TABLE acc_units (
	id text PRIMARY KEY, account_id text NOT NULL, parent_id text, name text NOT NULL, description text,
	serial_number bigint NOT NULL, created_at text NOT NULL, updated_at text NOT NULL);
CREATE INDEX acc_units_in_order ON acc_units (account_id, serial_number);
CREATE INDEX acc_units_below ON acc_units (parent_id);`

// baselineFill stores what [orglinkFill] and the fixtures give Orglink.
var baselineFill = []string{
	`INSERT INTO cux_units VALUES ('BUYCO')`,
	`INSERT INTO cux_sessions VALUES ('` + cuxAll + `', '` + cuxAll + `', NULL),
		('` + cuxOne + `', '` + cuxOne + `', NULL), ('` + cuxHundred + `', '` + cuxHundred + `', NULL)`,
	fillCux("cux_links (account_id, business_unit, link_id, date_linked, status)", "", cuxAll, "{rows}"),
	fillCux("cux_links (account_id, business_unit, link_id, date_linked, status)", "", cuxOne, "1"),
	fillCux("cux_links (account_id, business_unit, link_id, date_linked, status)", "", cuxHundred, "100"),
	`INSERT INTO comanage_people VALUES (12, 2, false)`,
	numbers("{rows} + {spare}") + `INSERT INTO comanage_orgs SELECT ` + firstID + ` + i, 2, false FROM numbers`,
	numbers("{rows}") + `INSERT INTO comanage_links SELECT ` + firstID + ` + i, 2, 12, ` + firstID + ` + i,
		'2026-01-02 03:04:05', '2026-01-02 03:04:05', CAST(NULL AS bigint), 0, false, 'co_1.demo' FROM numbers`,
	`INSERT INTO svi_entities VALUES ('person', 1, 'Person', '{}')`,
	`INSERT INTO svi_types VALUES (10, 'calls', 'person', 'person', 1, 'Calls', '{}')`,
	numbers("{rows}") + `INSERT INTO svi_links SELECT 10, ` + sqlText("i") + `, 'f' || ` + sqlText("i") + `, 't' || ` + sqlText("i") + `,
		1, '{"purpose":"to ask"}', NULL, NULL, '2026-01-02T03:04:05.000Z', 'demo', '2026-01-02T03:04:05.000Z', 'demo' FROM numbers`,
	numbers("{accounts}") + `INSERT INTO acc_accounts SELECT ` + sqlUUID("i") + `, 'US', {rows} + 1 FROM numbers`,
	numbers("{accounts}") + `INSERT INTO acc_units SELECT ` + sqlUUID("1000000 * i") + `, ` + sqlUUID("i") + `, NULL, 'Root', NULL,
		1, '2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.000Z' FROM numbers`,
	numbers("{rows}") + `INSERT INTO acc_units SELECT ` + unitID + `, ` + sqlUUID(unitAccount) + `, ` + sqlUUID("1000000 * ("+unitAccount+")") + `,
		'Unit', NULL, 1 + i, '2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.000Z' FROM numbers`,
}

// fillBaseline makes the baseline's tables and their rows in an empty database.
func fillBaseline(db *sql.DB, postgres bool, d dataset) error {
	serial := "integer PRIMARY KEY"
	if postgres {
		serial = "bigserial PRIMARY KEY"
	}
	for statement := range strings.SplitSeq(strings.ReplaceAll(baselineSchema, "id serial", "id "+serial), ";") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("%w in %s", err, statement)
		}
	}
	fill := baselineFill
	if postgres {
		fill = append(fill[:len(fill):len(fill)], `SELECT setval('comanage_links_id_seq', (SELECT MAX(id) FROM comanage_links))`)
	}
	return d.fill(db, postgres, fill)
}
