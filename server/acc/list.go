package acc

import (
	"context"
	"iter"
	"time"

	"orglink/gen"
	"orglink/server/request"
	"orglink/store"
)

const (
	// pageSize is how many units are read at once: a list is never in memory as a whole,
	// and no cursor is held while a client reads slowly.
	pageSize = 500
	// pageTimeout ends the work for one page. A list may take longer than a request
	// otherwise may, for its client may be slow: the connection's limit ends it.
	pageTimeout = 30 * time.Second
)

// AccGetBusinessUnitsStructure lists the units of an account.
func (h Handlers) AccGetBusinessUnitsStructure(ctx context.Context, r gen.AccGetBusinessUnitsStructureRequestObject) (gen.AccGetBusinessUnitsStructureResponseObject, error) {
	return h.list(ctx, addressOf(ctx, r.AccountID, r.Params.Region, false))
}

// AccGetBusinessUnitsStructureEU is the same at the legacy address.
func (h Handlers) AccGetBusinessUnitsStructureEU(ctx context.Context, r gen.AccGetBusinessUnitsStructureEURequestObject) (gen.AccGetBusinessUnitsStructureEUResponseObject, error) {
	return h.list(ctx, addressOf(ctx, r.AccountID, r.Params.Region, true))
}

func (h Handlers) list(ctx context.Context, at address) (answer, error) {
	l := listing{h: h, ctx: ctx, at: at}
	first, err := l.page(0)
	return answer{l.pages(first)}, err
}

// listing reads the units of an account, page by page.
type listing struct {
	h   Handlers
	ctx context.Context
	at  address
}

// page reads the units that were created after one. A workspace that is dropped
// meanwhile is an error, since its list would end early and look whole; so is an
// account that the app may not see any more.
func (l listing) page(after int64) (page structure, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), pageTimeout)
	defer cancel()
	err = l.h.Store.Read(ctx, func(q *store.Query) error {
		account, err := l.at.admit(q, q.AccAccount)
		if err != nil {
			return err
		}
		units, nodes, err := q.AccPage(account.ID, after, pageSize)
		page = structure{units, tree{}}
		page.tree.add(nodes)
		if err != nil || after == 0 {
			return err
		}
		return q.Standing(request.From(l.ctx).Workspace)
	})
	return page, err
}

// pages hands out the pages, once, the first of which was read.
func (l listing) pages(page structure) iter.Seq2[structure, error] {
	return func(yield func(structure, error) bool) {
		var err error
		for yield(page, err) && err == nil && len(page.units) == pageSize {
			page, err = l.page(page.units[pageSize-1].Serial)
		}
	}
}
