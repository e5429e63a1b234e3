package store

import "context"

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
	for _, kind := range []struct {
		count *Count
		model any
		where string
	}{
		{&c.Workspaces, &Workspace{}, ""},
		{&c.AccAccounts, &AccAccount{}, ""},
		{&c.AccUnits, &AccUnit{}, ""},
		{&c.ComanageCOs, &ComanageCO{}, ""},
		{&c.ComanagePeople, &ComanagePerson{}, currentObjects},
		{&c.ComanageOrgIdentities, &ComanageOrgIdentity{}, currentObjects},
		{&c.ComanageLinks, &ComanageLink{}, currentObjects},
		{&c.CuxBusinessUnits, &CuxBusinessUnit{}, ""},
		{&c.CuxAccounts, &CuxAccount{}, ""},
		{&c.CuxLinks, &CuxLink{}, ""},
		{&c.ResponsysOrganizations, &ResponsysOrganization{}, ""},
		{&c.ResponsysObjects, &ResponsysObject{}, ""},
		{&c.SviEntityTypes, &SviEntityType{}, ""},
		{&c.SviRelationshipTypes, &SviRelationshipType{}, ""},
		{&c.SviDocuments, &SviDocument{}, ""},
		{&c.SviLinks, &SviLink{}, ""},
	} {
		some := s.reads.Model(kind.model).Select("1").Limit(CountLimit + 1)
		if kind.where != "" {
			some = some.Where(kind.where)
		}
		var n int64
		if err := s.reads.WithContext(ctx).Table("(?) AS some", some).Count(&n).Error; err != nil {
			return Census{}, err
		}
		*kind.count = Count{min(n, CountLimit), n > CountLimit}
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
