package responsys

import (
	"context"

	"orglink/gen"
	"orglink/store"
)

// ResponsysGetOrganizations answers the whole tree of organizations.
func (h Handlers) ResponsysGetOrganizations(ctx context.Context, _ gen.ResponsysGetOrganizationsRequestObject) (gen.ResponsysGetOrganizationsResponseObject, error) {
	var nodes []store.ResponsysNode
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		nodes, err = q.ResponsysTree()
		return err
	})
	if err != nil {
		return nil, err
	}
	return ok{mediaType, gen.ResponsysOrganizationTree{Attributes: gen.ResponsysTreeAttributes{
		Organizations: gen.ResponsysTreeValues{AttributeValues: nest(nodes)},
	}}}, nil
}

// nest makes a tree of the nodes: the root alone, with all others below it.
func nest(nodes []store.ResponsysNode) []gen.ResponsysOrganization {
	const none = 0 // no organization's id
	below := map[int64][]store.ResponsysNode{}
	for _, n := range nodes {
		parent := int64(none)
		if n.ParentID != nil {
			parent = *n.ParentID
		}
		below[parent] = append(below[parent], n)
	}
	var children func(parent int64) []gen.ResponsysOrganization
	children = func(parent int64) []gen.ResponsysOrganization {
		list := make([]gen.ResponsysOrganization, 0, len(below[parent]))
		for _, n := range below[parent] {
			o := gen.ResponsysOrganization{ID: n.ID, Name: n.Name, Lineage: n.Lineage}
			if len(below[n.ID]) > 0 {
				nested := children(n.ID)
				o.Children = &nested
			}
			list = append(list, o)
		}
		return list
	}
	return children(none)
}
