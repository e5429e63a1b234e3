package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// errUnreachable says that the database could not be asked, or broke off before it was
// asked to commit.
var errUnreachable = fmt.Errorf("%w: the database does not answer", ErrBusy)

// beforeCommit tells what an error means that came before COMMIT was sent. A connection
// that breaks then takes its transaction with it: to run it again is safe. An error of
// COMMIT itself never comes here: nobody knows what became of that transaction.
func beforeCommit(err error) error {
	if brokenConnection(err) || cannotConnect(err) || readOnlyServer(err) {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return err
}

// brokenConnection reports whether a connection that was there is there no more: the
// server was killed or shut down, its machine vanished, or somebody in between hung up.
func brokenConnection(err error) bool {
	if cannotConnect(err) {
		return false
	}
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		switch failure.Code {
		case "57P01", "57P02", "57P05", // the server shuts down, another process of it crashed, an idle session ends
			"08000", "08003", "08006", "08P01": // pgbouncer has lost its server, or gives up to look for one
			return true
		}
		return false
	}
	var network net.Error
	return errors.Is(err, syscall.ETIMEDOUT) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.As(err, &network) && !network.Timeout()
}

// cannotConnect reports whether no connection was made.
func cannotConnect(err error) bool {
	var failure *pgconn.ConnectError
	return errors.As(err, &failure)
}

// readOnlyServer reports whether the connection leads to a server that takes no writes:
// a standby, or one that is being relieved.
func readOnlyServer(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == "25006"
}

// rereader has a read whose connection proves broken run again on another one, so that
// nobody pays for the connections that a restart of the server left in the pool.
type rereader struct {
	*sql.DB
}

// QueryContext implements [gorm.ConnPool].
func (r rereader) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	for range poolSize + 1 {
		if rows, err = r.DB.QueryContext(ctx, query, args...); err == nil || !brokenConnection(err) {
			break
		}
	}
	return rows, err
}

// QueryRowContext implements [gorm.ConnPool].
func (r rereader) QueryRowContext(ctx context.Context, query string, args ...any) (row *sql.Row) {
	for range poolSize + 1 {
		if row = r.DB.QueryRowContext(ctx, query, args...); !brokenConnection(row.Err()) {
			break
		}
	}
	return row
}

// GetDBConn implements [gorm.GetDBConnector].
func (r rereader) GetDBConn() (*sql.DB, error) { return r.DB, nil }
