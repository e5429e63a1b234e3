package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// errFailedTransaction says that a statement failed of which the function did not tell:
// Postgres would answer a COMMIT by rolling back.
var errFailedTransaction = errors.New("a statement of the transaction failed")

// pgTx is a transaction on Postgres, on a connection of the pool. It begins in the round
// trip that holds the workspace, too: what a short write costs is its round trips.
type pgTx struct{ conn *sql.Conn }

// beginPostgres begins a transaction in which the workspace is held, if one is given. It
// fails with ErrNoWorkspace if that one is not there any more.
func beginPostgres(ctx context.Context, pool *sql.DB, held *Workspace) (*pgTx, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx := &pgTx{conn}
	var key []byte
	err = tx.raw(func(conn *pgx.Conn) error {
		batch := &pgx.Batch{}
		batch.Queue("BEGIN")
		if held != nil {
			batch.Queue("SELECT signing_key FROM workspaces WHERE name = $1 FOR KEY SHARE", held.Name).
				QueryRow(func(row pgx.Row) error { return row.Scan(&key) })
		}
		return conn.SendBatch(ctx, batch).Close()
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	if held != nil {
		err = held.standing(key, err)
	}
	if err != nil {
		tx.end()
		return nil, err
	}
	return tx, nil
}

// raw calls fn with the driver's own connection.
func (tx *pgTx) raw(fn func(*pgx.Conn) error) error {
	return tx.conn.Raw(func(driverConn any) error { return fn(driverConn.(*stdlib.Conn).Conn()) })
}

// orm is GORM in the transaction.
func (tx *pgTx) orm(ctx context.Context, db *gorm.DB) *gorm.DB {
	session := db.Session(&gorm.Session{NewDB: true, Context: ctx})
	session.Statement.ConnPool = tx.conn
	return session
}

func (tx *pgTx) commit(ctx context.Context) error {
	if tx.status() != statusOpen {
		return errFailedTransaction
	}
	_, err := tx.conn.ExecContext(ctx, "COMMIT")
	return err
}

// The states of a connection, in Postgres' protocol.
const (
	statusIdle = 'I'
	statusOpen = 'T'
)

// status is the state of the connection; 0 if it is broken.
func (tx *pgTx) status() (status byte) {
	_ = tx.raw(func(conn *pgx.Conn) error {
		status = conn.PgConn().TxStatus()
		return nil
	})
	return status
}

// rollbackTimeout bounds how long a caller waits for a rollback, whatever its context
// says. The pool closes connections on which it did not succeed.
const rollbackTimeout = 5 * time.Second

// end gives the connection back; what was not committed is rolled back.
func (tx *pgTx) end() {
	if status := tx.status(); status != statusIdle && status != 0 {
		ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
		defer cancel()
		_, _ = tx.conn.ExecContext(ctx, "ROLLBACK")
	}
	_ = tx.conn.Close()
}
