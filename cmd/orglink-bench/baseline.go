package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// baselineCommand serves the calls that are measured as somebody would write them by
// hand for these alone: net/http and database/sql, prepared statements, tables of its
// own. It checks what needs the database, and nothing else: no document, no credentials,
// no workspaces, no log. It is the ceiling that Orglink is held against.
type baselineCommand struct {
	Addr        string `default:"127.0.0.1:8081" help:"Address to listen on (default: ${default})."`
	DatabaseURL string `required:"" placeholder:"URL" help:"Database: sqlite:PATH or postgres://..."`
	Commit      string `enum:"shared,each" default:"shared" help:"Whether writes on SQLite share commits: shared or each (default: ${default})."`
}

// Run serves until the process is told to stop.
func (c *baselineCommand) Run(ctx context.Context) error {
	batch := maxBatch
	if c.Commit == "each" {
		batch = 1
	}
	db, err := openBaseline(c.DatabaseURL, batch)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return errors.Join(err, db.close())
	}
	s := http.Server{Handler: baseline{db}.routes()}
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), stopTimeout/2)
		defer cancel()
		_ = s.Shutdown(grace) // what goes on after the grace is cut off
	}()
	if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, db.close())
	}
	return db.close()
}

// baseline has the handlers of the baseline.
type baseline struct{ db *baselineDB }

func (b baseline) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("PUT /client/users/{session}/business/units/{unit}/links/{link}", answered(b.putCuxLink))
	mux.HandleFunc("GET /client/users/{session}/business/units/links/{$}", answered(b.listCuxLinks))
	mux.HandleFunc("PUT /links/@item", answered(b.putSviLink))
	mux.HandleFunc("POST /co_org_identity_links.json", answered(b.postComanageLink))
	mux.HandleFunc("GET /co_org_identity_links/{file}", answered(b.getComanageLink))
	mux.HandleFunc("PUT /hq/v1/accounts/{account}/business_units_structure", answered(b.putAccUnits))
	return mux
}

// refusal is the status of a request that breaks a rule.
type refusal int

func (r refusal) Error() string { return http.StatusText(int(r)) }

// answered writes what a handler refuses or fails with.
func answered(handler func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := handler(w, r)
		if err == nil {
			return
		}
		status := http.StatusInternalServerError
		var refused refusal
		if errors.As(err, &refused) {
			status = int(refused)
		} else {
			fmt.Fprintf(os.Stderr, "%s: %v\n", r.URL.Path, err)
		}
		http.Error(w, http.StatusText(status), status)
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header()["Content-Type"] = jsonType
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(text))}
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may be gone
	return nil
}

var jsonType = []string{"application/json"}

func readJSON(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return refusal(http.StatusBadRequest)
	}
	return nil
}

// Times are kept as the text that the answers show.

func toTheMillisecond() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

func toTheSecond() string { return time.Now().UTC().Format(time.DateTime) }
