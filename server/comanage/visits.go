package comanage

import "net/http"

// An answer is one of every operation. Deletions without an id are always refused.

// VisitComanageListCosResponse implements the generated interface.
func (a answer) VisitComanageListCosResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageAddCoResponse implements the generated interface.
func (a answer) VisitComanageAddCoResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageGetCoResponse implements the generated interface.
func (a answer) VisitComanageGetCoResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageEditCoResponse implements the generated interface.
func (a answer) VisitComanageEditCoResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageDeleteCoResponse implements the generated interface.
func (a answer) VisitComanageDeleteCoResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageListCoPeopleResponse implements the generated interface.
func (a answer) VisitComanageListCoPeopleResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageAddCoPersonResponse implements the generated interface.
func (a answer) VisitComanageAddCoPersonResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageGetCoPersonResponse implements the generated interface.
func (a answer) VisitComanageGetCoPersonResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageEditCoPersonResponse implements the generated interface.
func (a answer) VisitComanageEditCoPersonResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageDeleteCoPersonResponse implements the generated interface.
func (a answer) VisitComanageDeleteCoPersonResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageListOrgIdentitiesResponse implements the generated interface.
func (a answer) VisitComanageListOrgIdentitiesResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageAddOrgIdentityResponse implements the generated interface.
func (a answer) VisitComanageAddOrgIdentityResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageGetOrgIdentityResponse implements the generated interface.
func (a answer) VisitComanageGetOrgIdentityResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageEditOrgIdentityResponse implements the generated interface.
func (a answer) VisitComanageEditOrgIdentityResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageDeleteOrgIdentityResponse implements the generated interface.
func (a answer) VisitComanageDeleteOrgIdentityResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageListNamesResponse implements the generated interface.
func (a answer) VisitComanageListNamesResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageAddNameResponse implements the generated interface.
func (a answer) VisitComanageAddNameResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageGetNameResponse implements the generated interface.
func (a answer) VisitComanageGetNameResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageEditNameResponse implements the generated interface.
func (a answer) VisitComanageEditNameResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageDeleteNameResponse implements the generated interface.
func (a answer) VisitComanageDeleteNameResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageListIdentifiersResponse implements the generated interface.
func (a answer) VisitComanageListIdentifiersResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageAddIdentifierResponse implements the generated interface.
func (a answer) VisitComanageAddIdentifierResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageGetIdentifierResponse implements the generated interface.
func (a answer) VisitComanageGetIdentifierResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageEditIdentifierResponse implements the generated interface.
func (a answer) VisitComanageEditIdentifierResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageDeleteIdentifierResponse implements the generated interface.
func (a answer) VisitComanageDeleteIdentifierResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitComanageListCoOrgIdentityLinksResponse implements the generated interface.
func (a answer) VisitComanageListCoOrgIdentityLinksResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageAddCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageAddCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageGetCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageGetCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageEditCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageEditCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageDeleteCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageDeleteCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageDeleteCoWithoutIDResponse implements the generated interface.
func (a answer) VisitComanageDeleteCoWithoutIDResponse(w http.ResponseWriter) error {
	return a.write(w)
}
