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

// maxStatements bounds how many prepared statements the writer keeps. Their texts are
// few, but for those whose number of values varies.
const maxStatements = 256

// writeConn is the writer's connection as GORM sees it. Statements run under the
// writer's context, never a caller's: an interrupt would roll back a transaction that
// others share.
//
// It notes whether a job may have written, ends the turn of one that takes too long,
// and refuses statements once the database has rolled the transaction back by itself
// (a full disk, an I/O error): what follows would commit on its own.
type writeConn struct {
	pool       *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt

	inTransaction bool
	wrote         bool      // the job may have written
	deadline      time.Time // of the job, where it shares its commit
	tooLong       bool      // the job was stopped at its deadline
}

func (c *writeConn) open(ctx context.Context) (err error) {
	c.statements = map[string]*sql.Stmt{}
	c.inTransaction = false
	c.conn, err = c.pool.Conn(ctx)
	return err
}

func (c *writeConn) close() error {
	if c.conn == nil {
		return nil
	}
	c.forgetStatements()
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
	c.forgetStatements()
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
	prepared, err := c.prepare(statement)
	if err == nil {
		_, err = prepared.ExecContext(context.Background())
	}
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

// prepare returns the prepared statement of a text, made once.
func (c *writeConn) prepare(text string) (*sql.Stmt, error) {
	if prepared := c.statements[text]; prepared != nil {
		return prepared, nil
	}
	prepared, err := c.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	if len(c.statements) >= maxStatements {
		c.forgetStatements()
	}
	c.statements[text] = prepared
	return prepared, nil
}

func (c *writeConn) forgetStatements() {
	for text, prepared := range c.statements {
		_ = prepared.Close()
		delete(c.statements, text)
	}
}

// PrepareContext implements [gorm.ConnPool], which GORM uses where it prepares by
// itself.
func (c *writeConn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.conn.PrepareContext(ctx, query)
}

// ExecContext implements [gorm.ConnPool].
func (c *writeConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := c.admit(query); err != nil {
		return nil, err
	}
	prepared, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	return prepared.ExecContext(ctx, args...)
}

// QueryContext implements [gorm.ConnPool].
func (c *writeConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := c.admit(query); err != nil {
		return nil, err
	}
	prepared, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	return prepared.QueryContext(ctx, args...)
}

// QueryRowContext implements [gorm.ConnPool]; an error shows when the row is read.
func (c *writeConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if c.admit(query) != nil {
		refused, cancel := context.WithCancel(ctx)
		cancel()
		return c.conn.QueryRowContext(refused, query, args...)
	}
	prepared, err := c.prepare(query)
	if err != nil { // reported by the row, when the text is prepared again
		return c.conn.QueryRowContext(ctx, query, args...)
	}
	return prepared.QueryRowContext(ctx, args...)
}
