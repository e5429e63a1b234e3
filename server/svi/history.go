package svi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/store"
)

// versionsMedia are what SAS' sample of a list of versions says of itself.
const (
	versionsAccept = "application/json application/vnd.sas.collection+json"
	collectionType = "application/vnd.sas.collection"
	versionType    = "application/vnd.sas.investigation.version.summary+json"
)

// SviGetLinkVersions lists the versions of a link (SAS Data Hub, "Get summary of version
// history for a link").
func (h Handlers) SviGetLinkVersions(ctx context.Context, r gen.SviGetLinkVersionsRequestObject) (gen.SviGetLinkVersionsResponseObject, error) {
	start, limit := or(r.Params.Start, 0), or(r.Params.Limit, 40)
	body := gen.SviVersions{
		Links: []gen.SviHypermediaLink{versionsLink("self", fmt.Sprintf("?start=%d&limit=%d", start, limit)), versionsLink("collection", "")},
		Name:  gen.SviVersionsNameVersions, Accept: versionsAccept, Items: []gen.SviVersionSummary{}, Version: collectionVersion,
	}
	err := h.readHistory(ctx, r.Params.UnderscoreID, func(q *store.Query, f found) error {
		list, count, err := q.SviLinkVersions(f.relationship.ID, f.link.ID, start, limit)
		for _, v := range list {
			body.Items = append(body.Items, summary(f, v, is(r.Params.IncludeDisplayLabel)))
		}
		body.Count = int(count)
		return err
	})
	return versionsAnswer{body}, err
}

func versionsLink(rel, query string) gen.SviHypermediaLink {
	uri := Root + "/links/@item/versions" + query
	return gen.SviHypermediaLink{Method: http.MethodGet, Rel: rel, Href: uri, URI: uri, Type: ptr(collectionType), ItemType: ptr(versionType)}
}

func summary(f found, v store.SviLinkVersion, withLabel bool) gen.SviVersionSummary {
	s := gen.SviVersionSummary{
		TypeName: qualifiedName(f.relationship), ID: idOf(f.relationship, f.link).String(), Version: strconv.FormatInt(v.Version, 10),
		Operation: gen.SviVersionOperation(v.Operation), CreatedBy: v.LastUpdatedBy, CreatedAt: member(&v.LastUpdatedAt),
	}
	if withLabel {
		s.DisplayLabel = &f.relationship.Label
	}
	return s
}

// readHistory finds a link whose type keeps its versions.
func (h Handlers) readHistory(ctx context.Context, text string, read func(*store.Query, found) error) error {
	id, _ := parseLinkID(text) // well-formed: see wantID
	return h.Store.Read(ctx, func(q *store.Query) error {
		f, err := find(q, callerFrom(ctx), id)
		if err != nil {
			return err
		}
		if !f.relationship.HistoryEnabled {
			return invalid("query", "Version history was not available for the specified link.")
		}
		return read(q, f)
	})
}

// SviGetLinkVersion shows a link as it was (SAS Data Hub, "Get a version from the version
// history of a link").
func (h Handlers) SviGetLinkVersion(ctx context.Context, r gen.SviGetLinkVersionRequestObject) (gen.SviGetLinkVersionResponseObject, error) {
	return h.linkVersion(ctx, r.Params.UnderscoreID, r.Version, is(r.Params.ChangedOnly), is(r.Params.IncludeDisplayLabel))
}

// SviHeadLinkVersion is SviGetLinkVersion without the version.
func (h Handlers) SviHeadLinkVersion(ctx context.Context, r gen.SviHeadLinkVersionRequestObject) (gen.SviHeadLinkVersionResponseObject, error) {
	return h.linkVersion(ctx, r.Params.UnderscoreID, r.Version, is(r.Params.ChangedOnly), is(r.Params.IncludeDisplayLabel))
}

func (h Handlers) linkVersion(ctx context.Context, id, version string, changedOnly, withLabel bool) (answer versionsAnswer, err error) {
	number, _ := strconv.ParseInt(version, 10, 64) // digits: see the document
	err = h.readHistory(ctx, id, func(q *store.Query, f found) error {
		v, previous, err := keptVersion(q, &f, number)
		if err != nil {
			return err
		}
		s := summary(f, v, withLabel)
		answer.body = gen.SviVersionValues{
			TypeName: s.TypeName, ID: s.ID, Version: s.Version, DisplayLabel: s.DisplayLabel,
			Operation: s.Operation, CreatedBy: s.CreatedBy, CreatedAt: s.CreatedAt,
			Values: versionValues(f, v, previous, changedOnly),
		}
		return nil
	})
	return answer, err
}

// keptVersion reads a version, and after it the type that shows it, as in find.
func keptVersion(q *store.Query, f *found, version int64) (v store.SviLinkVersion, previous *store.SviLinkVersion, err error) {
	if v, previous, err = q.SviLinkVersion(f.relationship.ID, f.link.ID, version); err != nil {
		return v, nil, absent(err, &fault.Fault{
			Kind: fault.NotFound, Message: "The requested version was not found.", Detail: []string{"Version: " + strconv.FormatInt(version, 10)},
		})
	}
	f.relationship, err = q.SviRelationshipType(f.relationship.FromType, f.relationship.Name)
	return v, previous, err
}

// versionRecord is the link as it was at the version.
func versionRecord(f found, v store.SviLinkVersion) record {
	return record{SviRecord: store.SviRecord{Version: v.Version, SviContent: v.SviContent}, id: f.link.ID, from: f.link.FromID, to: f.link.ToID}
}

// SviGetLinkFieldHistory shows the value that a field had, also of a masked one to those
// who may reveal it (SAS Data Hub, "Get historical field value for a relationship
// link").
func (h Handlers) SviGetLinkFieldHistory(ctx context.Context, r gen.SviGetLinkFieldHistoryRequestObject) (gen.SviGetLinkFieldHistoryResponseObject, error) {
	return h.pastField(ctx, r.Params.UnderscoreID, r.Params.Version, r.FieldName, h.reveal)
}

// SviHeadLinkFieldHistory is SviGetLinkFieldHistory without the value.
func (h Handlers) SviHeadLinkFieldHistory(ctx context.Context, r gen.SviHeadLinkFieldHistoryRequestObject) (gen.SviHeadLinkFieldHistoryResponseObject, error) {
	return h.pastField(ctx, r.Params.UnderscoreID, r.Params.Version, r.FieldName, mayReveal)
}

func (h Handlers) pastField(ctx context.Context, id string, version int64, name string, allowed revealer) (answer fieldAnswer, err error) {
	err = h.readHistory(ctx, id, func(q *store.Query, f found) error {
		v, _, err := keptVersion(q, &f, version)
		if err != nil {
			return err
		}
		answer, err = h.oneField(ctx, f, versionRecord(f, v), name, allowed)
		return err
	})
	return answer, err
}

// versionsAnswer is a 200 with what is kept of a link.
type versionsAnswer struct{ body any }

// VisitSviGetLinkVersionsResponse implements [gen.SviGetLinkVersionsResponseObject].
func (a versionsAnswer) VisitSviGetLinkVersionsResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, plainJSON.name, a.body)
}

// VisitSviGetLinkVersionResponse implements [gen.SviGetLinkVersionResponseObject].
func (a versionsAnswer) VisitSviGetLinkVersionResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, plainJSON.name, a.body)
}

// VisitSviHeadLinkVersionResponse implements [gen.SviHeadLinkVersionResponseObject].
func (a versionsAnswer) VisitSviHeadLinkVersionResponse(w http.ResponseWriter) error {
	return writeHead(w)
}

// VisitSviGetLinkFieldHistoryResponse implements [gen.SviGetLinkFieldHistoryResponseObject].
func (a fieldAnswer) VisitSviGetLinkFieldHistoryResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitSviHeadLinkFieldHistoryResponse implements [gen.SviHeadLinkFieldHistoryResponseObject].
func (a fieldAnswer) VisitSviHeadLinkFieldHistoryResponse(w http.ResponseWriter) error {
	return a.writeHead(w)
}
