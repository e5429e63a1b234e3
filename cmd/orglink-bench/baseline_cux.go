package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

type cuxLink struct {
	LinkID       string `json:"linkId"`
	BusinessUnit string `json:"businessUnit"`
	DateLinked   string `json:"dateLinked"`
	Status       string `json:"status"`
}

func (b baseline) putCuxLink(w http.ResponseWriter, r *http.Request) error {
	link := cuxLink{LinkID: r.PathValue("link"), BusinessUnit: r.PathValue("unit")}
	if err := readJSON(r, &link); err != nil {
		return err
	}
	if link.DateLinked == "" {
		link.DateLinked = toTheMillisecond()
	}
	if link.Status == "" {
		link.Status = "LINKED"
	}
	err := b.db.write(func(s statements) error {
		var account string
		var expires *string
		var configured bool
		err := queryRow(s, []any{&account, &expires, &configured}, `SELECT account_id, expires_at,
				EXISTS (SELECT 1 FROM cux_units u WHERE u.key = $1)
			FROM cux_sessions WHERE correlation_id = $2`,
			link.BusinessUnit, r.PathValue("session"))
		if err := openSession(expires, err); err != nil {
			return err
		}
		if !configured {
			return refusal(http.StatusNotFound)
		}
		_, err = s.Exec(`INSERT INTO cux_links VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account_id, business_unit, link_id)
			DO UPDATE SET date_linked = excluded.date_linked, status = excluded.status`,
			account, link.BusinessUnit, link.LinkID, link.DateLinked, link.Status)
		return err
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, link)
}

// openSession refuses a session that there is not, or that has expired.
func openSession(expires *string, err error) error {
	if err != nil {
		return orRefused(err, http.StatusBadRequest)
	}
	if expires != nil && *expires < time.Now().UTC().Format(time.RFC3339Nano) {
		return refusal(http.StatusBadRequest)
	}
	return nil
}

// flushAt is how much of a long list is sent at once.
const flushAt = 32 << 10

func (b baseline) listCuxLinks(w http.ResponseWriter, r *http.Request) error {
	var account string
	var expires *string
	err := queryRow(b.db.reads, []any{&account, &expires},
		`SELECT account_id, expires_at FROM cux_sessions WHERE correlation_id = $1`, r.PathValue("session"))
	if err := openSession(expires, err); err != nil {
		return err
	}
	rows, err := b.db.reads.Query(`SELECT business_unit, link_id, date_linked, status FROM cux_links
		WHERE account_id = $1 ORDER BY business_unit, link_id`, account)
	if err != nil {
		return err
	}
	defer rows.Close()
	w.Header()["Content-Type"] = jsonType
	text, flushed := []byte{'['}, false
	for rows.Next() {
		var link cuxLink
		if err := rows.Scan(&link.BusinessUnit, &link.LinkID, &link.DateLinked, &link.Status); err != nil {
			return err
		}
		element, err := json.Marshal(link)
		if err != nil {
			return err
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, element...)
		if len(text) > flushAt {
			if _, err := w.Write(text); err != nil {
				return err
			}
			text, flushed = append(text[:0], ' '), true
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	text = append(text, ']')
	if !flushed {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(text))}
	}
	_, err = w.Write(text)
	return err
}
