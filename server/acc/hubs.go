package acc

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"orglink/gen"
	"orglink/server/request"
	"orglink/server/respond"
	"orglink/store"
)

const (
	// hubPrefix makes a hub's id of an account's (BIM 360 "business_units_structure-PUT").
	hubPrefix = "b."
	hubsPath  = "/project/v1/hubs"
)

// AccListHubs lists the accounts that the app is provisioned for, as hubs.
func (h Handlers) AccListHubs(ctx context.Context, r gen.AccListHubsRequestObject) (gen.AccListHubsResponseObject, error) {
	var accounts []store.AccAccount
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		accounts, err = q.AccAccountsOf(caller(ctx))
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(accounts, func(a, b store.AccAccount) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	base := request.From(ctx).BaseURL
	list := hubs{Jsonapi: jsonAPI, Links: selfLinks(base + hubsPath), Data: []gen.AccHub{}}
	for _, a := range accounts {
		hub := hubOf(a, base)
		if chosen(r.Params.FilterID, hub.ID) && chosen(r.Params.FilterName, hub.Attributes.Name) &&
			chosen(r.Params.FilterExtensionType, string(hub.Attributes.Extension.Type)) {
			list.Data = append(list.Data, hub)
		}
	}
	return list, nil
}

// AccGetHub answers one of the hubs of AccListHubs.
func (h Handlers) AccGetHub(ctx context.Context, r gen.AccGetHubRequestObject) (gen.AccGetHubResponseObject, error) {
	id, prefixed := strings.CutPrefix(strings.ToLower(r.HubID), hubPrefix)
	if !prefixed {
		return nil, errNoHub()
	}
	var account store.AccAccount
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		account, err = q.AccAccount(id)
		if errors.Is(err, store.ErrNotFound) {
			return errNoHub()
		}
		if err != nil {
			return err
		}
		provisioned, err := q.AccProvisioned(id, caller(ctx))
		if err == nil && !provisioned {
			err = errNotProvisioned()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	hub := hubOf(account, request.From(ctx).BaseURL)
	return hubAnswer{Jsonapi: jsonAPI, Links: hub.Links, Data: hub}, nil
}

// chosen reports whether a filter lets the value through.
func chosen(filter *[]string, value string) bool {
	return filter == nil || slices.Contains(*filter, value)
}

var jsonAPI = gen.AccJSONAPI{Version: gen.AccJSONAPIVersionN10}

func hubOf(a store.AccAccount, base string) gen.AccHub {
	self := base + hubsPath + "/" + url.PathEscape(hubPrefix+a.ID)
	kind := gen.AccHubExtensionTypeHubsAutodeskBim360Account
	return gen.AccHub{
		Type: gen.AccHubTypeHubs,
		ID:   hubPrefix + a.ID,
		Attributes: gen.AccHubAttributes{
			Name: a.Name,
			Extension: gen.AccHubExtension{
				Type:    kind,
				Version: "1.0",
				Schema:  gen.AccHref{Href: base + "/schema/v1/versions/" + string(kind) + "-1.0"},
				Data:    map[string]any{},
			},
			Region: gen.AccRegion(a.Region),
		},
		Relationships: gen.AccHubRelationships{Projects: gen.AccHubProjects{
			Links: gen.AccRelatedLinks{Related: gen.AccHref{Href: self + "/projects"}},
		}},
		Links: selfLinks(self),
	}
}

func selfLinks(href string) gen.AccSelfLinks { return gen.AccSelfLinks{Self: gen.AccHref{Href: href}} }

type (
	hubs      gen.AccHubs
	hubAnswer gen.AccHubResponse
)

// VisitAccListHubsResponse implements [gen.AccListHubsResponseObject].
func (a hubs) VisitAccListHubsResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, jsonType, gen.AccHubs(a))
}

// VisitAccGetHubResponse implements [gen.AccGetHubResponseObject].
func (a hubAnswer) VisitAccGetHubResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, jsonType, gen.AccHubResponse(a))
}
