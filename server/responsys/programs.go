package responsys

import (
	"context"
	"errors"
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// ResponsysGetProgramAttributes lists the organizations that can access a program.
func (h Handlers) ResponsysGetProgramAttributes(ctx context.Context, r gen.ResponsysGetProgramAttributesRequestObject) (gen.ResponsysGetProgramAttributesResponseObject, error) {
	var set []store.ResponsysNode
	err := h.Store.Read(ctx, func(q *store.Query) error {
		_, err := q.ResponsysObject(store.ResponsysProgram, r.ProgramName)
		if err != nil {
			return err
		}
		set, err = q.ResponsysAccess(store.ResponsysProgram, r.ProgramName)
		return err
	})
	if err != nil {
		return nil, programFault(err, r.ProgramName)
	}
	return ok{mediaType, assigned(set)}, nil
}

// ResponsysPostProgramAttributes replaces the organizations that can access a
// program, all or nothing. Others who do so at the same time wait for the lock.
func (h Handlers) ResponsysPostProgramAttributes(ctx context.Context, r gen.ResponsysPostProgramAttributesRequestObject) (gen.ResponsysPostProgramAttributesResponseObject, error) {
	values := r.Body.Attributes.Organizations.AttributeValues
	names := make([]string, 0, len(values))
	for _, value := range values {
		names = append(names, value.Name)
	}
	var set []store.ResponsysNode
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockResponsysObject(store.ResponsysProgram, r.ProgramName); err != nil {
			return err
		}
		ids, unknown, err := organizationIDs(&tx.Query, names)
		if err != nil {
			return err
		}
		if unknown != nil {
			return errInvalidAttributeValue(*unknown)
		}
		if err := tx.SetResponsysAccess(store.ResponsysProgram, r.ProgramName, ids); err != nil {
			return err
		}
		set, err = tx.ResponsysAccess(store.ResponsysProgram, r.ProgramName)
		return err
	})
	if err != nil {
		return nil, programFault(err, r.ProgramName)
	}
	if len(set) == 0 {
		h.Log.WarnContext(ctx, "no organization can access the program any more",
			"workspace", request.From(ctx).WorkspaceName, "program", r.ProgramName, "user", callerFrom(ctx))
	}
	return ok{mediaType, assigned(set)}, nil
}

// programPrecheck puts the program before the members of the body, but after the
// body's syntax.
func (h Handlers) programPrecheck(r *http.Request, params map[string]string, refused *fault.Fault) error {
	name := params["programName"]
	if name != "" && unreadable(refused) {
		return nil
	}
	err := h.Store.Read(r.Context(), func(q *store.Query) error {
		_, err := q.ResponsysObject(store.ResponsysProgram, name)
		return err
	})
	return programFault(err, name)
}

// programFault says that a program was not found in the words of the platform. A
// path without a name is not the path of a program.
func programFault(err error, name string) error {
	switch {
	case !errors.Is(err, store.ErrNotFound):
		return err
	case name == "":
		return &fault.Fault{Kind: fault.NoRoute}
	}
	return errProgramNotFound(name)
}

// organizationIDs finds the organizations that the names mean, exactly: in the order
// of the names, each once. It returns the first name that means none, if any.
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

func assigned(set []store.ResponsysNode) gen.ResponsysAssignedOrganizations {
	values := make([]gen.ResponsysAssignedAttribute, 0, len(set))
	for _, o := range set {
		values = append(values, gen.ResponsysAssignedAttribute{ID: o.ID, Name: o.Name, Lineage: o.Lineage})
	}
	return gen.ResponsysAssignedOrganizations{Attributes: gen.ResponsysAssignedAttributes{
		Organizations: gen.ResponsysAssignedValues{AttributeValues: values},
	}}
}
