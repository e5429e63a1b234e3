package cux

import (
	"context"
	"net/http"
	"time"

	"orglink/gen"
	"orglink/server/request"
	"orglink/server/respond"
	"orglink/store"
)

const (
	// pageSize is how many links are read at once: a list is never in memory as a whole,
	// and no cursor is held while a client reads slowly.
	pageSize = 500
	// pageTimeout ends the work for one page. A list may take longer than a request
	// otherwise may, for its client may be slow: the connection's limit ends it.
	pageTimeout = 30 * time.Second
)

// CuxListBusinessUnitLinks lists the account's links in all business units.
func (h Handlers) CuxListBusinessUnitLinks(ctx context.Context, r gen.CuxListBusinessUnitLinksRequestObject) (gen.CuxListBusinessUnitLinksResponseObject, error) {
	l := listing{h: h, ctx: ctx}
	var first []store.CuxLink
	err := h.Store.Read(ctx, func(q *store.Query) error {
		session, err := h.session(q, r.CorrelationID)
		if err != nil {
			return err
		}
		l.account = session.AccountID
		first, err = q.CuxLinks(l.account, store.CuxLink{}, pageSize+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(first) > pageSize {
		return longList{l, first}, nil
	}
	list := make([]gen.CuxLink, 0, len(first))
	for _, link := range first {
		list = append(list, linkBody(link))
	}
	return ok{list}, nil
}

// listing reads the links of an account, page by page.
type listing struct {
	h       Handlers
	ctx     context.Context
	account string
}

// page reads the links after one. A workspace that was dropped meanwhile is an error,
// since its list would end early and look whole.
func (l listing) page(after store.CuxLink) (links []store.CuxLink, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), pageTimeout)
	defer cancel()
	err = l.h.Store.Read(ctx, func(q *store.Query) error {
		if links, err = q.CuxLinks(l.account, after, pageSize+1); err != nil {
			return err
		}
		return q.Standing(request.From(l.ctx).Workspace)
	})
	return links, err
}

// longList is a 200 with more links than a page has. It is sent while they are read; an
// error breaks it off, so that it does not look whole.
type longList struct {
	listing
	first []store.CuxLink
}

// VisitCuxListBusinessUnitLinksResponse implements the generated interface.
func (l longList) VisitCuxListBusinessUnitLinksResponse(w http.ResponseWriter) error {
	list := respond.NewList(w, jsonType, "[")
	for page := l.first; ; {
		for _, link := range page[:min(len(page), pageSize)] {
			if err := list.Add(linkBody(link)); err != nil {
				return err
			}
		}
		if len(page) <= pageSize {
			return list.End("]")
		}
		if err := list.Flush(); err != nil {
			return err
		}
		var err error
		if page, err = l.page(page[pageSize-1]); err != nil {
			return err
		}
	}
}
