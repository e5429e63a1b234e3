package server

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"orglink/server/acc"
	"orglink/server/comanage"
	"orglink/server/cux"
	"orglink/server/explorer"
	"orglink/server/responsys"
	"orglink/server/svi"
	"orglink/store"
)

// How long what was counted for the start page is shown, and how long to count may take:
// anybody may ask for the page, as often as they like.
const (
	censusTTL     = 5 * time.Second
	censusTimeout = 2 * time.Second
)

// startPage says what the start page shows. Anybody sees it, so of what is stored there
// are sums over all workspaces. Their names are the operator's data: only a demo's are
// shown.
type startPage struct {
	server *Server

	mu     sync.Mutex // held while it is counted: others wait for the result
	until  time.Time
	census store.Census
	names  []string
	err    error
}

func (p *startPage) facts(r *http.Request) explorer.Start {
	s := p.server
	start := explorer.Start{
		Version:  s.config.Version,
		Document: s.document.Info.Version,
		Database: s.store.Database(),
		Demo:     s.config.Demo,
		Curl:     "curl -i '" + s.origin(r) + "/orglink/v1/version'",
	}
	if s.config.Demo {
		start.Curl = "curl -i -u co_1.demo:" + DemoSecret + " '" + s.origin(r) + "/cos.json'"
	}
	census, names, err := p.counted(r.Context())
	if err != nil {
		return start
	}
	start.Counted, start.Workspaces, start.WorkspaceNames = true, shown(census.Workspaces), names
	start.Families = familyCounts(census)
	return start
}

// counted counts what is stored, at most once in censusTTL.
func (p *startPage) counted(ctx context.Context) (store.Census, []string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		return p.census, p.names, p.err
	}
	// Not the visitor's context: others wait for the result, too.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), censusTimeout)
	defer cancel()
	p.census, p.err = p.server.store.Census(limited)
	if p.err == nil && p.server.config.Demo {
		p.names, p.err = p.server.workspaceNames(limited)
	}
	if p.err != nil {
		p.server.log.LogAttrs(ctx, slog.LevelWarn, "the start page has no counts", slog.String("cause", p.err.Error()))
	}
	p.until = time.Now().Add(censusTTL)
	return p.census, p.names, p.err
}

// maxNames bounds how many workspaces the start page names.
const maxNames = 12

func (s *Server) workspaceNames(ctx context.Context) ([]string, error) {
	list, err := s.store.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, w := range list[:min(len(list), maxNames)] {
		names = append(names, w.Name)
	}
	return names, nil
}

func familyCounts(c store.Census) []explorer.Family {
	count := func(kind string, n store.Count) explorer.Count { return explorer.Count{Kind: kind, N: shown(n)} }
	return []explorer.Family{
		{Tag: acc.Name, Platform: "Autodesk BIM 360 / ACC", Counts: []explorer.Count{
			count("accounts", c.AccAccounts), count("business units", c.AccUnits),
		}},
		{Tag: comanage.Name, Platform: "COmanage Registry", Counts: []explorer.Count{
			count("COs", c.ComanageCOs), count("people", c.ComanagePeople),
			count("org identities", c.ComanageOrgIdentities), count("links", c.ComanageLinks),
		}},
		{Tag: cux.Name, Platform: "ES Loyalty CUX", Counts: []explorer.Count{
			count("business units", c.CuxBusinessUnits), count("members", c.CuxAccounts), count("links", c.CuxLinks),
		}},
		{Tag: responsys.Name, Platform: "Oracle Responsys", Counts: []explorer.Count{
			count("organizations", c.ResponsysOrganizations), count("programs and campaigns", c.ResponsysObjects),
		}},
		{Tag: svi.Name, Platform: "SAS Visual Investigator, Data Hub", Counts: []explorer.Count{
			count("entity types", c.SviEntityTypes), count("relationship types", c.SviRelationshipTypes),
			count("documents", c.SviDocuments), count("links", c.SviLinks),
		}},
	}
}

// shown writes a count with its thousands apart.
func shown(c store.Count) string {
	text := strconv.FormatInt(c.N, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if c.Over {
		return "over " + text
	}
	return text
}
