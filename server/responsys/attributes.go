package responsys

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// ResponsysGetProgramAttributes lists the organizations that can access a program.
func (h Handlers) ResponsysGetProgramAttributes(ctx context.Context, r gen.ResponsysGetProgramAttributesRequestObject) (gen.ResponsysGetProgramAttributesResponseObject, error) {
	return h.access(ctx, store.ResponsysKindProgram, r.ProgramName)
}

// ResponsysPostProgramAttributes replaces the organizations that can access a program.
func (h Handlers) ResponsysPostProgramAttributes(ctx context.Context, r gen.ResponsysPostProgramAttributesRequestObject) (gen.ResponsysPostProgramAttributesResponseObject, error) {
	return h.setAccess(ctx, store.ResponsysKindProgram, r.ProgramName, *r.Body)
}

// ResponsysGetCampaignAttributes lists the organizations that can access a campaign.
func (h Handlers) ResponsysGetCampaignAttributes(ctx context.Context, r gen.ResponsysGetCampaignAttributesRequestObject) (gen.ResponsysGetCampaignAttributesResponseObject, error) {
	return h.access(ctx, store.ResponsysKindCampaign, r.CampaignName)
}

// ResponsysPostCampaignAttributes replaces the organizations that can access a campaign.
func (h Handlers) ResponsysPostCampaignAttributes(ctx context.Context, r gen.ResponsysPostCampaignAttributesRequestObject) (gen.ResponsysPostCampaignAttributesResponseObject, error) {
	return h.setAccess(ctx, store.ResponsysKindCampaign, r.CampaignName, *r.Body)
}

func (h Handlers) access(ctx context.Context, kind store.ResponsysKind, name string) (ok, error) {
	var set []store.ResponsysNode
	err := h.Store.Read(ctx, func(q *store.Query) error {
		_, err := q.ResponsysObject(kind, name)
		if err != nil {
			return err
		}
		set, err = q.ResponsysAccess(kind, name)
		return err
	})
	if err != nil {
		return ok{}, objectFault(err, kind, name)
	}
	return ok{mediaType, assigned(set)}, nil
}

// setAccess replaces the organizations that can access an object, all or nothing.
// Others who do so at the same time wait for the lock.
func (h Handlers) setAccess(ctx context.Context, kind store.ResponsysKind, name string, body gen.ResponsysEditAccessAttributesRequest) (ok, error) {
	var names []string
	for _, value := range body.Attributes.Organizations.AttributeValues {
		names = append(names, value.Name)
	}
	var before, set []store.ResponsysNode
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockResponsysObject(kind, name); err != nil {
			return err
		}
		ids, unknown, err := organizationIDs(&tx.Query, names)
		if err != nil {
			return err
		}
		if unknown != nil {
			return errInvalidAttributeValue(kind, *unknown)
		}
		if before, err = tx.ResponsysAccess(kind, name); err != nil {
			return err
		}
		if err := tx.SetResponsysAccess(kind, name, ids); err != nil {
			return err
		}
		set, err = tx.ResponsysAccess(kind, name)
		return err
	})
	if err != nil {
		return ok{}, objectFault(err, kind, name)
	}
	h.audit(ctx, kind, name, organizationNames(before), organizationNames(set))
	return ok{mediaType, assigned(set)}, nil
}

// audit logs a change of an access: who made it, of what, from what to what. That
// nobody but users of the root may reach the object any more is a warning.
func (h Handlers) audit(ctx context.Context, kind store.ResponsysKind, name string, before, after []string) {
	if slices.Equal(before, after) {
		return
	}
	level := slog.LevelInfo
	if len(after) == 0 {
		level = slog.LevelWarn
	}
	h.Log.LogAttrs(ctx, level, "the organizations that can access an object changed",
		slog.String("user", callerFrom(ctx)), slog.String("workspace", request.From(ctx).WorkspaceName),
		slog.String("kind", string(kind)), slog.String("name", name), slog.Any("before", before), slog.Any("after", after))
}

// objectPrecheck puts the object, which the path parameter names, before the members
// of the body, but after the body's syntax.
func (h Handlers) objectPrecheck(kind store.ResponsysKind, param string) fault.Precheck {
	return func(r *http.Request, params map[string]string, refused *fault.Fault) error {
		name := params[param]
		if name != "" && unreadable(refused) {
			return nil
		}
		err := h.Store.Read(r.Context(), func(q *store.Query) error {
			_, err := q.ResponsysObject(kind, name)
			return err
		})
		return objectFault(err, kind, name)
	}
}

// objectFault says that an object was not found in the words of the platform. A
// path without a name is not the path of an object.
func objectFault(err error, kind store.ResponsysKind, name string) error {
	switch {
	case !errors.Is(err, store.ErrNotFound):
		return err
	case name == "":
		return &fault.Fault{Kind: fault.NoRoute}
	}
	return errObjectNotFound(kind, name)
}

// organizationIDs finds the organizations' ids by their exact names, each once and
// in the order of its first mention, or the first name that none has.
func organizationIDs(q *store.Query, names []string) (ids []int64, unknown *string, err error) {
	var distinct []string
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			distinct = append(distinct, name)
		}
	}
	found, err := q.ResponsysOrganizationIDs(distinct)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range distinct {
		id, known := found[name]
		if !known {
			return nil, &name, nil
		}
		ids = append(ids, id)
	}
	return ids, nil, nil
}

func organizationNames(set []store.ResponsysNode) []string {
	names := make([]string, 0, len(set))
	for _, o := range set {
		names = append(names, o.Name)
	}
	return names
}

func assigned(set []store.ResponsysNode) gen.ResponsysAssignedOrganizations {
	values := make([]gen.ResponsysAssignedAttribute, 0, len(set))
	for _, o := range set {
		values = append(values, gen.ResponsysAssignedAttribute{ID: o.ID, Name: o.Name, Lineage: o.Lineage})
	}
	return gen.ResponsysAssignedOrganizations{Attributes: gen.ResponsysAssignedAttributes{
		Organizations: gen.ResponsysAssignedValues{AttributeValues: values},
	}}
}
