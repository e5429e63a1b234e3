package store

// Integer ids come from the database without a counter row, whose lock would be
// held until the commit: on Postgres from a sequence named like the table, shared
// by all workspaces; on SQLite, whose writer is alone, as the largest id plus one.

// nextID takes a new id for a row of the table.
//
// On Postgres it holds, in common with others and until the commit, the lock that
// claimID takes alone: the sequence cannot be handing out ids while it is moved.
func (tx *Tx) nextID(table string) (int64, error) {
	var id int64
	if tx.embedded() {
		err := tx.rows().Table(table).Select("COALESCE(MAX(id), 0) + 1").Scan(&id).Error
		return id, err
	}
	err := tx.db.Raw("SELECT nextval(CAST(? AS regclass)) FROM pg_advisory_xact_lock_shared(hashtext(?))",
		sequenceOf(table), sequenceOf(table)).Scan(&id).Error
	return id, err
}

// claimID keeps an id that was chosen elsewhere from being taken again. It is
// called before the row is inserted, in the same transaction.
func (tx *Tx) claimID(table string, id int64) error {
	if tx.embedded() {
		return nil // the row itself will be the largest
	}
	sequence := sequenceOf(table)
	if err := tx.db.Exec("SELECT pg_advisory_xact_lock(hashtext(?))", sequence).Error; err != nil {
		return err
	}
	return tx.db.Exec("SELECT setval(CAST(? AS regclass), ?) FROM "+sequence+" WHERE last_value <= ?",
		sequence, id, id).Error
}

func sequenceOf(table string) string { return table + "_id_seq" }

// embedded reports whether the database is SQLite.
func (tx *Tx) embedded() bool { return tx.db.Name() == sqliteDialect.name }
