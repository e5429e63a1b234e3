package comanage

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/store"
)

// ComanageGetCoOrgIdentityLink shows one link, also a deleted or archived one.
func (h Handlers) ComanageGetCoOrgIdentityLink(ctx context.Context, r gen.ComanageGetCoOrgIdentityLinkRequestObject) (gen.ComanageGetCoOrgIdentityLinkResponseObject, error) {
	var link store.ComanageLink
	err := h.Store.Read(ctx, func(q *store.Query) error {
		var err error
		link, _, err = callerFrom(ctx).enterByLink(q, r.ID, q.ComanageLink)
		return err
	})
	if err != nil {
		return nil, err
	}
	return reply(ctx, http.StatusOK, phraseOK, linksDocument([]gen.ComanageCoOrgIdentityLink{linkRow(link)})), nil
}

// ComanageListCoOrgIdentityLinks shows current links.
func (h Handlers) ComanageListCoOrgIdentityLinks(ctx context.Context, r gen.ComanageListCoOrgIdentityLinksRequestObject) (gen.ComanageListCoOrgIdentityLinksResponseObject, error) {
	rows := []gen.ComanageCoOrgIdentityLink{}
	var view view
	err := h.Store.Read(ctx, func(q *store.Query) error {
		var err error
		if view, err = chooseView(q, callerFrom(ctx), r.Params); err != nil {
			return err
		}
		return q.ComanageLinks(view.filter, func(l store.ComanageLink) error {
			rows = append(rows, linkRow(l))
			return nil
		})
	})
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0 && view.ifNone != "":
		return reply(ctx, http.StatusNoContent, view.ifNone, nil), nil
	}
	return reply(ctx, http.StatusOK, phraseOK, linksDocument(rows)), nil
}

// view is which links to list, and the phrase of the 204 if there are none; empty
// where an empty list is the answer.
type view struct {
	filter store.ComanageLinkFilter
	ifNone string
}

// chooseView reads the filters: a person, else an org identity, else a CO, else
// nothing.
func chooseView(q *store.Query, c caller, params gen.ComanageListCoOrgIdentityLinksParams) (view, error) {
	switch {
	case params.Copersonid != nil:
		id, err := identity(c, *params.Copersonid, phraseNoPersonGiven, phrasePersonUnknown, func(id int64) (int64, error) {
			person, err := q.ComanagePerson(id)
			return person.CO, err
		})
		return view{store.ComanageLinkFilter{PersonID: id}, phrasePersonHasNoLink}, err
	case params.Orgidentityid != nil:
		id, err := identity(c, *params.Orgidentityid, phraseNoOrgGiven, phraseOrgUnknown, func(id int64) (int64, error) {
			org, err := q.ComanageOrgIdentity(id)
			return org.CO, err
		})
		return view{store.ComanageLinkFilter{OrgIdentityID: id}, phraseOrgHasNoLink}, err
	case params.Coid != nil:
		id, err := knownCO(q, c, *params.Coid)
		return view{filter: store.ComanageLinkFilter{CO: id}}, err
	}
	return view{}, c.unknown(nil)
}

// identity reads the id of a person or an org identity, whose CO coOf finds, in a
// filter.
func identity(c caller, text, notGiven, unknown string, coOf func(int64) (int64, error)) (int64, error) {
	if text == "" {
		return 0, c.unknown(errInvalid(notGiven))
	}
	id, ok := parseID(text)
	if !ok {
		return 0, c.unknown(errNotFound(unknown))
	}
	co, err := coOf(id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, c.unknown(errNotFound(unknown))
	}
	if err != nil {
		return 0, err
	}
	return id, c.enter(co)
}

// knownCO reads the id of a CO in a filter. Registry has two phrases for an
// unknown one: its own check comes first for a caller of a CO.
func knownCO(q *store.Query, c caller, text string) (int64, error) {
	phrase := phraseCONotFound
	if c.platform() {
		phrase = phraseCOUnknown
	}
	id, ok := parseID(text)
	if !ok {
		return 0, errNotFound(phrase)
	}
	_, err := q.ComanageCO(id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, errNotFound(phrase)
	}
	if err != nil {
		return 0, err
	}
	return id, c.enter(id)
}

// timeLayout is how Registry writes a time, which is in UTC.
const timeLayout = "2006-01-02 15:04:05"

// linkRow is a link as it is shown.
func linkRow(l store.ComanageLink) gen.ComanageCoOrgIdentityLink {
	row := gen.ComanageCoOrgIdentityLink{
		Version:         gen.ComanageCoOrgIdentityLinkVersionN10,
		ID:              strconv.FormatInt(l.ID, 10),
		CoPersonID:      strconv.FormatInt(l.PersonID, 10),
		OrgIdentityID:   strconv.FormatInt(l.OrgIdentityID, 10),
		Created:         l.Created.UTC().Format(timeLayout),
		Modified:        l.Modified.UTC().Format(timeLayout),
		Revision:        strconv.FormatInt(l.Revision, 10),
		Deleted:         l.Deleted,
		ActorIdentifier: l.Actor,
	}
	if l.ArchiveOf != nil {
		current := strconv.FormatInt(*l.ArchiveOf, 10)
		row.CoOrgIdentityLinkID = &current
	}
	return row
}

func linksDocument(rows []gen.ComanageCoOrgIdentityLink) gen.ComanageCoOrgIdentityLinkResponse {
	return gen.ComanageCoOrgIdentityLinkResponse{
		ResponseType:       gen.ComanageCoOrgIdentityLinkResponseResponseTypeCoOrgIdentityLinks,
		Version:            gen.ComanageCoOrgIdentityLinkResponseVersionN10,
		CoOrgIdentityLinks: rows,
	}
}
