package store

import (
	"context"
	"strings"
)

// Count is how many rows of a kind there are in all workspaces.
type Count struct {
	// N is at most CountLimit.
	N int64
	// Over says that there are more than that.
	Over bool
}

// CountLimit is up to where rows are counted: to count a table whole would cost the more
// the more is in it.
const CountLimit = 100_000

// Census is how much is stored in all workspaces.
type Census struct {
	Workspaces                                                        Count
	AccAccounts, AccUnits                                             Count
	ComanageCOs, ComanagePeople, ComanageOrgIdentities, ComanageLinks Count
	CuxBusinessUnits, CuxAccounts, CuxLinks                           Count
	ResponsysOrganizations, ResponsysObjects                          Count
	SviEntityTypes, SviRelationshipTypes, SviDocuments, SviLinks      Count
}

// Census counts what is stored, each kind up to CountLimit. Of COmanage's objects those
// are counted that its lists show.
func (s *Store) Census(ctx context.Context) (Census, error) {
	var c Census
	kinds := []struct {
		count *Count
		model any
		where string
	}{
		{&c.Workspaces, &Workspace{}, "TRUE"},
		{&c.AccAccounts, &AccAccount{}, "TRUE"},
		{&c.AccUnits, &AccUnit{}, "TRUE"},
		{&c.ComanageCOs, &ComanageCO{}, "TRUE"},
		{&c.ComanagePeople, &ComanagePerson{}, currentObjects},
		{&c.ComanageOrgIdentities, &ComanageOrgIdentity{}, currentObjects},
		{&c.ComanageLinks, &ComanageLink{}, currentObjects},
		{&c.CuxBusinessUnits, &CuxBusinessUnit{}, "TRUE"},
		{&c.CuxAccounts, &CuxAccount{}, "TRUE"},
		{&c.CuxLinks, &CuxLink{}, "TRUE"},
		{&c.ResponsysOrganizations, &ResponsysOrganization{}, "TRUE"},
		{&c.ResponsysObjects, &ResponsysObject{}, "TRUE"},
		{&c.SviEntityTypes, &SviEntityType{}, "TRUE"},
		{&c.SviRelationshipTypes, &SviRelationshipType{}, "TRUE"},
		{&c.SviDocuments, &SviDocument{}, "TRUE"},
		{&c.SviLinks, &SviLink{}, "TRUE"},
	}
	// One statement, and so one way to the database and back.
	var columns []string
	var parts, counts []any
	for _, kind := range kinds {
		columns = append(columns, "(SELECT count(*) FROM (?) AS part)")
		parts = append(parts, s.reads.Model(kind.model).Select("1").Where(kind.where).Limit(CountLimit+1))
		counts = append(counts, &kind.count.N)
	}
	err := s.reads.WithContext(ctx).Raw("SELECT "+strings.Join(columns, ", "), parts...).Row().Scan(counts...)
	if err != nil {
		return Census{}, err
	}
	for _, kind := range kinds {
		kind.count.Over = kind.count.N > CountLimit
		kind.count.N = min(kind.count.N, CountLimit)
	}
	return c, nil
}

// Database names the kind of the database, and nothing else of it.
func (s *Store) Database() string {
	if s.dialect.embedded {
		return "SQLite"
	}
	return "PostgreSQL"
}
