package store

import "gorm.io/gorm"

// ComanageFilter chooses current objects; zero fields do not count. PersonID and
// OrgIdentityID are for objects that belong to one, Identifier for people and org
// identities, GivenName and FamilyName for people.
type ComanageFilter struct {
	CO, PersonID, OrgIdentityID int64
	// Identifier is a part of an identifier in any case.
	Identifier string
	// GivenName and FamilyName are beginnings of the parts of a name, in any case.
	GivenName, FamilyName string
}

// ComanagePage returns the first chosen current objects, by ascending id, whose id
// is larger than after; at most limit.
func ComanagePage[T ComanageObject](q *Query, filter ComanageFilter, after int64, limit int) ([]T, error) {
	owner := ownerColumn(new(T))
	searches := q.searches(filter, owner)
	var page []T
	if len(searches) == 0 {
		err := q.chosen(filter).Where("id > ?", after).Order("id").Limit(limit).Find(&page).Error
		return page, err
	}
	// What is searched is read in the order of its owners, from where the last page
	// ended: a join would be free to search everything anew for every page.
	for len(page) < limit {
		var owners []int64
		err := searches[0].Where(owner+" > ?", after).Distinct(owner).Order(owner).Limit(limit-len(page)).Pluck(owner, &owners).Error
		if err != nil || len(owners) == 0 {
			return page, err
		}
		after = owners[len(owners)-1]
		statement := q.chosen(ComanageFilter{}).Where("id IN ?", owners) // of the CO, as what they own
		for _, search := range searches[1:] {
			statement = statement.Where("id IN (?)", search.Select(owner).Where(owner+" IN ?", owners))
		}
		var found []T
		if err := statement.Order("id").Find(&found).Error; err != nil {
			return nil, err
		}
		page = append(page, found...)
	}
	return page, nil
}

// chosen selects the current objects that the filter chooses by their own columns.
func (q *Query) chosen(filter ComanageFilter) *gorm.DB {
	statement := q.rows().Where(currentObjects)
	if filter.CO != 0 {
		statement = statement.Where("co = ?", filter.CO)
	}
	if filter.PersonID != 0 {
		statement = statement.Where("person_id = ?", filter.PersonID)
	}
	if filter.OrgIdentityID != 0 {
		statement = statement.Where("org_identity_id = ?", filter.OrgIdentityID)
	}
	return statement
}

// searches select the identifiers and names that the filter looks for.
func (q *Query) searches(filter ComanageFilter, owner string) []*gorm.DB {
	owned := func(model any) *gorm.DB {
		return q.chosen(ComanageFilter{CO: filter.CO}).Model(model).Where(owner + " IS NOT NULL")
	}
	var searches []*gorm.DB
	if filter.Identifier != "" {
		searches = append(searches, owned(&ComanageIdentifier{}).
			Where(`folded LIKE ? ESCAPE '\'`, "%"+likePattern(filter.Identifier)+"%"))
	}
	if filter.GivenName != "" || filter.FamilyName != "" {
		searches = append(searches, owned(&ComanageName{}).
			Where(`given_folded LIKE ? ESCAPE '\'`, likePattern(filter.GivenName)+"%").
			Where(`family_folded LIKE ? ESCAPE '\'`, likePattern(filter.FamilyName)+"%"))
	}
	for i, search := range searches {
		searches[i] = search.Session(&gorm.Session{}) // may be used many times
	}
	return searches
}

// ownerColumn is the column by which names and identifiers refer to an object.
func ownerColumn(object any) string {
	if _, ok := object.(*ComanageOrgIdentity); ok {
		return "org_identity_id"
	}
	return "person_id"
}
