package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxConnections is how many connections can have links of their own.
const maxConnections = 64

// work is a call that is made over and over.
type work struct {
	name, family string
	write        bool
	status       int // of the answer
	method       string
	// next is the path of a connection's next request, and its body.
	next func(t *target, c *connection) (path, body string)
	// match is the version that If-Match names, if the call has it.
	match func(t *target, c *connection) string
	// seen looks at an answer, if need be.
	seen func(t *target, c *connection)
}

const (
	cuxPut       = "PUT CUX link"
	cuxListOne   = "GET CUX list of 1"
	cuxListMany  = "GET CUX list of 100"
	sviPut       = "PUT SVI link, If-Match"
	comanagePost = "POST COmanage link"
	comanageGet  = "GET COmanage link"
	accPut       = "PUT ACC structure of 1"
)

var works = []work{
	{
		name: cuxPut, family: "cux", write: true, status: http.StatusOK, method: http.MethodPut,
		next: func(t *target, c *connection) (string, string) {
			id := 1 + c.random.IntN(t.data.rows)
			// Another date than what is stored: SQLite writes nothing where nothing changes.
			date := fmt.Sprintf("2020-12-18T15:%02d:%02d.%03dZ", c.random.IntN(60), c.random.IntN(60), c.random.IntN(1000))
			return "/client/users/" + cuxAll + "/business/units/BUYCO/links/" + strconv.Itoa(id),
				`{"dateLinked":"` + date + `","status":"LINKED"}`
		},
	},
	{name: cuxListOne, family: "cux", status: http.StatusOK, method: http.MethodGet, next: cuxList(cuxOne)},
	{name: cuxListMany, family: "cux", status: http.StatusOK, method: http.MethodGet, next: cuxList(cuxHundred)},
	{
		name: sviPut, family: "svi", write: true, status: http.StatusOK, method: http.MethodPut,
		next: func(t *target, c *connection) (string, string) {
			return "/links/@item?_id=" + url.QueryEscape("calls|_|person|_|person|_|"+strconv.Itoa(1+c.index*(t.data.rows/maxConnections))),
				`{"fieldValues":{"version":` + t.version(c) + `,"purpose":"to ask again"}}`
		},
		match: func(t *target, c *connection) string { return t.version(c) },
		seen:  func(t *target, c *connection) { t.versions[c.index] = c.answer.etag },
	},
	{
		name: comanagePost, family: "comanage", write: true, status: http.StatusCreated, method: http.MethodPost,
		next: func(t *target, _ *connection) (string, string) {
			org := firstIDNumber + int64(t.data.rows) + t.linked.Add(1)
			return "/co_org_identity_links.json", fmt.Sprintf(`{"RequestType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[`+
				`{"Version":"1.0","CoPersonId":"12","OrgIdentityId":"%d"}]}`, org)
		},
	},
	{
		name: comanageGet, family: "comanage", status: http.StatusOK, method: http.MethodGet,
		next: func(t *target, c *connection) (string, string) {
			return "/co_org_identity_links/" + strconv.FormatInt(firstIDNumber+1+c.random.Int64N(int64(t.data.rows)), 10) + ".json", ""
		},
	},
	{
		name: accPut, family: "acc", write: true, status: http.StatusOK, method: http.MethodPut,
		next: func(t *target, c *connection) (string, string) {
			// A unit of the connection's own account.
			unit := c.index + maxConnections*c.random.IntN(t.data.rows/maxConnections)
			if unit == 0 {
				unit = maxConnections
			}
			account := 1 + unit%accAccounts
			return "/hq/v1/accounts/" + uuidOf(account) + "/business_units_structure",
				`{"business_units":[{"id":"` + uuidOf(unitBase+unit) + `","parent_id":"` + uuidOf(1_000_000*account) +
					`","name":"Unit","description":"USA, Canada"}]}`
		},
	},
}

func cuxList(session string) func(*target, *connection) (string, string) {
	return func(*target, *connection) (string, string) {
		return "/client/users/" + session + "/business/units/links/", ""
	}
}

// version is the one that the connection's link has.
func (t *target) version(c *connection) string {
	if t.versions[c.index] == "" {
		return "1"
	}
	return t.versions[c.index]
}

// do makes one call and checks the status of its answer.
func (w work) do(t *target, c *connection) error {
	path, body := w.next(t, c)
	c.request(t, t.tokens[w.family], w.method, path)
	if w.match != nil {
		c.header("If-Match", `"`+w.match(t, c)+`"`)
	}
	if body == "" {
		c.noBody()
	} else {
		c.body(body)
	}
	if err := c.roundTrip(); err != nil {
		return fmt.Errorf("%s of %s: %w", w.name, t.name, err)
	}
	if c.answer.status != w.status {
		return fmt.Errorf("%s of %s: the answer is %d, want %d, after %d org identities were linked",
			w.name, t.name, c.answer.status, w.status, t.linked.Load())
	}
	if w.seen != nil {
		w.seen(t, c)
	}
	return nil
}

// once makes one call on a connection of its own, and tells how long it took and how
// long the answer is.
func (w work) once(t *target) (took time.Duration, length int64, err error) {
	c, err := dial(t.process.addr, 0)
	if err != nil {
		return 0, 0, err
	}
	defer c.close()
	began := time.Now()
	err = w.do(t, c)
	return time.Since(began), c.answer.length, err
}
