package comanage

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"orglink/gen"
	"orglink/server/request"
	"orglink/store"
)

// pageSize is how many rows are read at once: a list is never in memory as a whole,
// and no cursor is held while a client reads slowly.
const pageSize = 500

// pageTimeout ends the work for one page. A list may take longer than a request
// otherwise may, for its client may be slow: the connection's limit ends it.
const pageTimeout = 30 * time.Second

// selection is which objects to list, and the phrase of the 204 if there are none;
// empty where an empty list is the answer.
type selection struct {
	filter store.ComanageFilter
	ifNone string
	nobody bool
}

// listObjects lists the objects that choose selects. The first page is read before
// the status is known, the others while the answer is sent.
func listObjects[T store.ComanageObject](ctx context.Context, h Handlers, format gen.ComanageFormat, k kind[T], choose func(*store.Query, caller) (selection, error)) (answer, error) {
	var chosen selection
	err := h.store.Read(ctx, func(q *store.Query) error {
		var err error
		chosen, err = choose(q, callerFrom(ctx))
		return err
	})
	if err != nil {
		return answer{}, err
	}
	read := func(q *store.Query, after int64) (page []any, last int64, err error) {
		if chosen.nobody {
			return nil, 0, nil
		}
		objects, err := store.ComanagePage[T](q, chosen.filter, after, pageSize)
		for _, object := range objects {
			page, last = append(page, k.show(object)), store.ComanageRecordOf(&object).ID
		}
		if err == nil && after > 0 { // the CO that was chosen may be gone, and its rows with it
			_, err = choose(q, callerFrom(ctx))
		}
		return page, last, err
	}
	first, rest, err := h.pages(ctx, read)
	if err != nil {
		return answer{}, err
	}
	if len(first) == 0 && chosen.ifNone != "" {
		return reply(ctx, http.StatusNoContent, chosen.ifNone), nil
	}
	return rows(ctx, format, k.resource, rest), nil
}

// pages reads the first page at once and hands out all of them, once, each read when
// it is asked for. A workspace that is dropped meanwhile is an error: its list would
// end early and look whole.
func (h Handlers) pages(ctx context.Context, read func(q *store.Query, after int64) (page []any, last int64, err error)) (first []any, all iter.Seq2[[]any, error], err error) {
	next := func(after int64) (page []any, last int64, err error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTimeout)
		defer cancel()
		err = h.store.Read(ctx, func(q *store.Query) error {
			if page, last, err = read(q, after); err != nil || after == 0 {
				return err
			}
			return q.Standing(request.From(ctx).Workspace)
		})
		return page, last, err
	}
	first, last, err := next(0)
	return first, func(yield func([]any, error) bool) {
		page, err := first, error(nil)
		for yield(page, err) && err == nil && len(page) == pageSize {
			page, last, err = next(last)
		}
	}, err
}

// one is a list of one row.
func one(row any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) { yield([]any{row}, nil) }
}

// byOwner selects the objects of a person, else of an org identity, else of a CO,
// else all. The kind gives the phrases.
func (r resource) byOwner(personID, orgIdentityID, coID *string) func(*store.Query, caller) (selection, error) {
	return func(q *store.Query, c caller) (selection, error) {
		switch {
		case personID != nil:
			id, err := identity[store.ComanagePerson](q, c, *personID, phraseNoPersonGiven, phrasePersonUnknown)
			return selection{filter: store.ComanageFilter{PersonID: id}, ifNone: "CO Person Has No " + r.singular}, err
		case orgIdentityID != nil:
			id, err := identity[store.ComanageOrgIdentity](q, c, *orgIdentityID, phraseNoOrgGiven, phraseOrgUnknown)
			return selection{filter: store.ComanageFilter{OrgIdentityID: id}, ifNone: "Org Identity Has No " + r.singular}, err
		}
		return byCO(q, c, coID)
	}
}

// byCO selects the objects of a CO, or all.
func byCO(q *store.Query, c caller, coID *string) (selection, error) {
	if coID == nil {
		return selection{}, c.unknown(nil)
	}
	id, err := knownCO(q, c, *coID)
	return selection{filter: store.ComanageFilter{CO: id}}, err
}

// identity reads the id of a person or an org identity in a filter.
func identity[T store.ComanageObject](q *store.Query, c caller, text, notGiven, unknown string) (int64, error) {
	if text == "" {
		return 0, c.unknown(errInvalid(notGiven))
	}
	id, ok := parseID(text)
	if !ok {
		return 0, c.unknown(errNotFound(unknown))
	}
	found, err := store.ComanageFind[T](q, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, c.unknown(errNotFound(unknown))
	}
	if err != nil {
		return 0, err
	}
	return id, c.enter(store.ComanageRecordOf(&found).CO)
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
