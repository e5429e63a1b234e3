package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// dataset is what is stored before a measurement: so many rows of each of the tables
// that the works use, and what lets all of them be reached.
type dataset struct {
	rows int
	// spare is how many COmanage org identities are there to be linked.
	spare int
}

const (
	// Accounts of CUX with all the rows, with one link and with a hundred; each has a
	// session of its own id.
	cuxAll     = "00000000-0000-4000-8000-00000000000a"
	cuxOne     = "00000000-0000-4000-8000-00000000000b"
	cuxHundred = "00000000-0000-4000-8000-00000000000c"
	// firstID is below all ids of COmanage objects that are filled in.
	firstID       = "1000"
	firstIDNumber = int64(1000)
	// accAccounts is how many accounts of ACC the units are spread over, so that the
	// connections do not wait for each other's lock on one.
	accAccounts = 64
	// accUploads is how many empty accounts there are for a first upload.
	accUploads = 8
)

// Unit i belongs to the account unitAccount, below that account's root.
const (
	unitAccount = "1 + i % 64"
	unitBase    = 1_000_000_000
)

var unitID = sqlUUID(strconv.Itoa(unitBase) + " + i")

// sqlText makes text of an expression, in the SQL of both databases.
func sqlText(expression string) string { return "CAST(" + expression + " AS text)" }

// sqlUUID makes a UUID of a number, in the SQL of both databases.
func sqlUUID(expression string) string {
	return "'00000000-0000-4000-8000-' || substr(" + sqlText("1000000000000 + "+expression) + ", 2)"
}

// uuidOf is what sqlUUID makes of a number.
func uuidOf(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// numbers begins a statement that has the numbers from 1 on as i.
func numbers(count string) string {
	return "WITH RECURSIVE numbers(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM numbers WHERE i < " + count + ")\n"
}

func fillCux(into, before, account, count string) string {
	return numbers(count) + `INSERT INTO ` + into + ` SELECT ` + before + `'` + account + `', 'BUYCO', ` + sqlText("i") + `,
		'2020-12-18T15:27:27.000Z', 'LINKED' FROM numbers`
}

const orglinkCuxLinks = "cux_links (workspace, account_id, business_unit, link_id, date_linked, status)"

// orglinkFill stores rows in Orglink's tables, beside the fixtures.
var orglinkFill = []string{
	fillCux(orglinkCuxLinks, "'default', ", cuxAll, "{rows}"),
	fillCux(orglinkCuxLinks, "'default', ", cuxOne, "1"),
	fillCux(orglinkCuxLinks, "'default', ", cuxHundred, "100"),
	numbers("{rows} + {spare}") + `INSERT INTO comanage_org_identities
		(workspace, id, co, created, modified, revision, deleted, actor_identifier)
		SELECT 'default', ` + firstID + ` + i, 2, {time}, {time}, 0, false, 'co_1.demo' FROM numbers`,
	numbers("{rows}") + `INSERT INTO comanage_links
		(workspace, id, co, person_id, org_identity_id, created, modified, revision, deleted, actor_identifier)
		SELECT 'default', ` + firstID + ` + i, 2, 12, ` + firstID + ` + i, {time}, {time}, 0, false, 'co_1.demo' FROM numbers`,
	numbers("{rows}") + `INSERT INTO svi_links
		(workspace, relationship_id, id, from_id, to_id, version, attributes, created_at, created_by, last_updated_at, last_updated_by)
		SELECT 'default', 10, ` + sqlText("i") + `, 'f' || ` + sqlText("i") + `, 't' || ` + sqlText("i") + `,
		1, '{"purpose":"to ask"}', {time}, 'demo', {time}, 'demo' FROM numbers`,
	`UPDATE acc_accounts SET made = {rows} + 1`,
	numbers("{accounts}") + `INSERT INTO acc_units SELECT 'default', ` + sqlUUID("1000000 * i") + `, ` + sqlUUID("i") + `, NULL, 'Root', NULL,
		1, {time}, {time} FROM numbers`,
	numbers("{rows}") + `INSERT INTO acc_units SELECT 'default', ` + unitID + `, ` + sqlUUID(unitAccount) + `, ` +
		sqlUUID("1000000 * ("+unitAccount+")") + `, 'Unit', NULL, 1 + i, {time}, {time} FROM numbers`,
}

// fill executes statements, with the dataset's numbers in them.
func (d dataset) fill(db *sql.DB, postgres bool, statements []string) error {
	now := "'2026-01-02 03:04:05+00:00'"
	if postgres {
		now = "CAST(" + now + " AS timestamptz)"
	}
	values := strings.NewReplacer("{rows}", strconv.Itoa(d.rows), "{spare}", strconv.Itoa(d.spare),
		"{accounts}", strconv.Itoa(accAccounts+accUploads), "{time}", now)
	for _, statement := range statements {
		if _, err := db.Exec(values.Replace(statement)); err != nil {
			return fmt.Errorf("%w in %s", err, statement)
		}
	}
	return nil
}

// fixtures is what Orglink has to be provisioned with beside the demo.
func (d dataset) fixtures() ([]byte, error) {
	type object = map[string]any
	var accounts []object
	for i := range accAccounts + accUploads {
		accounts = append(accounts, object{
			"id": uuidOf(i + 1), "name": fmt.Sprint("Account ", i+1), "region": "US", "clients": []string{demoClient},
		})
	}
	var members []object
	for i, id := range []string{cuxAll, cuxOne, cuxHundred} {
		members = append(members, object{
			"accountId": id, "loyaltyId": fmt.Sprint(9001000000000000 + i), "sessions": []object{{"correlationId": id}},
		})
	}
	return json.Marshal(object{"acc": object{"accounts": accounts}, "cux": object{"accounts": members}})
}
