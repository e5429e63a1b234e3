package store

import (
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// How a machine is noticed that vanished without a word: nothing acknowledges what was
// sent to it, or it does not answer where nothing was sent. Connections that only wait for
// an answer (a commit waits for its standby, say) are kept, however long they wait.
const vanishedAfter = 5 * time.Second

// connectTimeout is how long it may take to connect to one host, where the URL does not
// say it with connect_timeout.
const connectTimeout = 2 * time.Second

// postgresConfig reads the URL of a Postgres database.
func postgresConfig(dataSource string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dataSource)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	dialer := net.Dialer{
		Timeout: config.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable:   true,
			Idle:     vanishedAfter / 5,
			Interval: vanishedAfter / 5,
			Count:    4,
		},
		Control: func(network, _ string, conn syscall.RawConn) error {
			if network == "unix" {
				return nil
			}
			return limitUnacknowledged(conn, vanishedAfter)
		},
	}
	config.DialFunc = dialer.DialContext
	return config, nil
}
