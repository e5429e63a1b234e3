package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	errTransactionLost = errors.New("the transaction was rolled back by the database")
	errTooLong         = errors.New("too large to share a commit")
)

// writeConn is the writer's connection as GORM sees it. Statements run under the
// writer's context, never a caller's: an interrupt would roll back a transaction that
// others share.
//
// It notes whether a job may have written, ends the turn of one that takes too long,
// and refuses statements once the database has rolled the transaction back by itself
// (a full disk, an I/O error): what follows would commit on its own.
type writeConn struct {
	pool *sql.DB
	conn *sql.Conn

	inTransaction bool
	wrote         bool      // the job may have written
	deadline      time.Time // of the job, where it shares its commit
	tooLong       bool      // the job was stopped at its deadline
}

func (c *writeConn) open(ctx context.Context) (err error) {
	c.inTransaction = false
	c.conn, err = c.pool.Conn(ctx)
	return err
}

func (c *writeConn) close() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Close()
}

// begin begins a transaction, on a new connection if the last one was given up.
func (c *writeConn) begin() error {
	if c.conn == nil {
		if err := c.open(context.Background()); err != nil {
			return err
		}
	}
	err := c.control("BEGIN IMMEDIATE")
	c.inTransaction = err == nil
	return err
}

// commit commits the transaction, or leaves nothing of it.
func (c *writeConn) commit() error {
	err := c.control("COMMIT")
	if err == nil {
		c.inTransaction = false
		return nil
	}
	c.rollback()
	return fmt.Errorf("commit: %w", err)
}

// rollback ends the transaction. A connection on which it fails is given up, which ends
// the transaction, too.
func (c *writeConn) rollback() {
	c.inTransaction = false
	if c.stands() && c.control("ROLLBACK") != nil {
		c.giveUp()
	}
}

func (c *writeConn) giveUp() {
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn }) // has it closed
	_ = c.conn.Close()
	c.conn = nil
}

func (c *writeConn) savepoint() error { return lost(c.control("SAVEPOINT job")) }

func (c *writeConn) rollbackToSavepoint() error { return lost(c.control("ROLLBACK TO job")) }

// lost makes a transaction of which the connection does not do what it should one that
// is lost.
func lost(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errTransactionLost, err)
}

// enter begins the turn of a job.
func (c *writeConn) enter(shared bool) {
	c.wrote, c.tooLong, c.deadline = false, false, time.Time{}
	if shared {
		c.deadline = time.Now().Add(sharedTime)
	}
}

// leave ends the turn of a job. An error says that the transaction must not be
// committed with it.
func (c *writeConn) leave() error {
	if c.tooLong {
		return errTooLong
	}
	if !c.stands() {
		return errTransactionLost
	}
	return nil
}

// stands reports whether the transaction is still open.
func (c *writeConn) stands() bool {
	open := false
	err := c.conn.Raw(func(driverConn any) error {
		open = !driverConn.(interface{ AutoCommit() bool }).AutoCommit()
		return nil
	})
	return err == nil && open
}

// control runs a statement of the writer's own.
func (c *writeConn) control(statement string) error {
	_, err := c.conn.ExecContext(context.Background(), statement)
	return sentinel(err)
}

// admit decides whether a statement of a job may run.
func (c *writeConn) admit(statement string) error {
	if !c.inTransaction {
		return nil // GORM asks for the library's version when it opens
	}
	if !c.stands() {
		return errTransactionLost
	}
	if !c.deadline.IsZero() && time.Now().After(c.deadline) {
		c.tooLong = true
		return errTooLong
	}
	c.wrote = c.wrote || !readOnly(statement)
	return nil
}

// readOnly reports whether the statement surely changes nothing. To be wrong the
// other way costs time only: a failed batch runs again.
func readOnly(statement string) bool {
	if !strings.HasPrefix(statement, "WITH") {
		return strings.HasPrefix(statement, "SELECT")
	}
	return !strings.Contains(statement, "INSERT") && !strings.Contains(statement, "UPDATE") && !strings.Contains(statement, "DELETE")
}

// PrepareContext implements [gorm.ConnPool], which GORM calls where it keeps prepared
// statements: the driver does.
func (c *writeConn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.conn.PrepareContext(ctx, query)
}

// ExecContext implements [gorm.ConnPool].
func (c *writeConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := c.admit(query); err != nil {
		return nil, err
	}
	return c.conn.ExecContext(ctx, query, args...)
}

// QueryContext implements [gorm.ConnPool].
func (c *writeConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := c.admit(query); err != nil {
		return nil, err
	}
	return c.conn.QueryContext(ctx, query, args...)
}

// QueryRowContext implements [gorm.ConnPool]; an error shows when the row is read.
func (c *writeConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if c.admit(query) != nil {
		refused, cancel := context.WithCancel(ctx)
		cancel()
		return c.conn.QueryRowContext(refused, query, args...)
	}
	return c.conn.QueryRowContext(ctx, query, args...)
}
