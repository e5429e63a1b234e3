package svi

import (
	"context"
	"net/http"
	"slices"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// SviPatchLink changes parts of a link (SAS Data Hub, "Patch a relationship link",
// patchRelationshipLink).
func (h Handlers) SviPatchLink(ctx context.Context, r gen.SviPatchLinkRequestObject) (gen.SviPatchLinkResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see wantID
	shown := accepted(linkMedia, *r.Params.Accept)
	body, c := request.From(ctx).Body, callerFrom(ctx)
	return h.updateLink(ctx, id, linkChange{
		accept: shown, withLabels: is(r.Params.IncludeEntityLabels),
		next: func(f found) (store.SviContent, error) {
			if err := checkPatchMatch(f.shape(), f.record(), r.Params.IfMatch, "link"); err != nil {
				return store.SviContent{}, err
			}
			p, err := readPatch(f.shape(), body, shown.masked)
			if err != nil {
				return store.SviContent{}, err
			}
			return patchLink(f, p, c)
		},
	})
}

// checkPatchMatch is checkMatch for a patch, whose If-Match is the only guard against
// stale writers: where there are versions it must name one. `*` does not, and does not
// count beside others.
func checkPatchMatch(s shape, r record, header *string, what string) error {
	if s.columns.Version == "" {
		return checkMatch(s, r, header, what)
	}
	given := splitTags(or(header, "*"))
	versions := slices.DeleteFunc(slices.Clone(given), func(tag string) bool { return tag == "*" })
	switch {
	case len(versions) == 0 && len(given) > 0:
		return &fault.Fault{Kind: fault.PreconditionRequired, Message: "The If-Match header with the version of the " + what + " is required."}
	case !slices.Contains(versions, etag(s, r)):
		return unmatched(what)
	}
	return nil
}

// patchLink is what a link holds after the patch.
func patchLink(f found, p patch, c caller) (store.SviContent, error) {
	m, err := p.apply(f.represent(c, true, labels{}))
	if err != nil {
		return store.SviContent{}, err
	}
	body := m.link()
	if err := m.err(); err != nil {
		return store.SviContent{}, err
	}
	u, err := readUpdate(f.shape(), contentOf(body))
	if err != nil {
		return store.SviContent{}, err
	}
	p.settle(f.shape(), f.record(), &u)
	return applyToLink(f, body, u, true)
}

// VisitSviPatchLinkResponse implements [gen.SviPatchLinkResponseObject].
func (a recordAnswer) VisitSviPatchLinkResponse(w http.ResponseWriter) error { return a.write(w) }
