package responsys

import (
	"slices"

	"orglink/gen"
	"orglink/store"
)

const (
	// firstID and idStep are how the ids of the platform's samples go.
	firstID, idStep = 7, 20
	// maxDepth bounds the tree, and with it the length of a lineage.
	maxDepth = 100
)

// place is an organization of fixtures: what it is called, and below which it
// stands. Without a parent it stays where it is or is the root.
type place struct {
	id     *int64
	name   string
	parent string
}

// places lists nested organizations one by one, each after the one that it is
// nested in.
func places(nested *[]gen.ResponsysFixtureOrganization, parent string) ([]place, error) {
	var list []place
	if nested == nil {
		return nil, nil
	}
	for _, o := range *nested {
		p := place{id: o.ID, name: o.Name, parent: parent}
		if o.Parent != nil {
			if parent != "" && *o.Parent != parent {
				return nil, unprocessable("organization %s: it is listed below %s, but names the parent %s", o.Name, parent, *o.Parent)
			}
			p.parent = *o.Parent
		}
		children, err := places(o.Children, o.Name)
		if err != nil {
			return nil, err
		}
		list = append(append(list, p), children...)
	}
	return list, nil
}

// tree is the tree of organizations while fixtures change it. It collects what has
// to be stored.
type tree struct {
	byID   map[int64]*store.ResponsysOrganization
	byName map[string]*store.ResponsysOrganization
	lastID int64
	last   int64 // position

	added, renamed, moved []*store.ResponsysOrganization
	isNew                 map[*store.ResponsysOrganization]bool
}

// newTree begins with the stored organizations; last is the largest id that one has
// or had.
func newTree(stored []store.ResponsysOrganization, last int64, wanted []place) *tree {
	t := &tree{
		byID:   map[int64]*store.ResponsysOrganization{},
		byName: map[string]*store.ResponsysOrganization{},
		lastID: last,
		isNew:  map[*store.ResponsysOrganization]bool{},
	}
	if last == 0 {
		t.lastID = firstID - idStep
	}
	for i := range stored {
		o := &stored[i]
		t.byID[o.ID], t.byName[o.Name] = o, o
		t.last = max(t.last, o.Position)
	}
	for _, p := range wanted {
		if p.id != nil {
			t.lastID = max(t.lastID, *p.id)
		}
	}
	return t
}

// apply changes the tree to what the places say.
func (t *tree) apply(wanted []place) error {
	placed := make([]*store.ResponsysOrganization, len(wanted))
	named := map[*store.ResponsysOrganization]bool{}
	for i, p := range wanted {
		o, err := t.organization(p)
		if err != nil {
			return err
		}
		if named[o] {
			return unprocessable("organization %s is listed twice", p.name)
		}
		placed[i], named[o] = o, true
	}
	for i, p := range wanted { // a parent may be listed after its child
		if err := t.put(placed[i], p.parent); err != nil {
			return err
		}
	}
	return t.check()
}

// organization finds the organization by its id or name, renames it or makes it.
func (t *tree) organization(p place) (*store.ResponsysOrganization, error) {
	named := t.byName[p.name]
	if p.id == nil && named != nil {
		return named, nil
	}
	var o *store.ResponsysOrganization
	if p.id != nil {
		o = t.byID[*p.id]
	}
	switch {
	case o != nil && o == named:
		return o, nil
	case named != nil:
		return nil, unprocessable("organization %s: the name belongs to the organization with the id %d", p.name, named.ID)
	case o != nil:
		delete(t.byName, o.Name)
		o.Name = p.name
		t.renamed = append(t.renamed, o)
	default:
		o = &store.ResponsysOrganization{Name: p.name}
		if p.id != nil {
			o.ID = *p.id
		} else {
			t.lastID += idStep
			o.ID = t.lastID
		}
		t.last++
		o.Position = t.last
		t.byID[o.ID] = o
		t.added, t.isNew[o] = append(t.added, o), true
	}
	t.byName[p.name] = o
	return o, nil
}

// put puts the organization below its parent.
func (t *tree) put(o *store.ResponsysOrganization, parent string) error {
	if parent == "" {
		return nil
	}
	above := t.byName[parent]
	switch {
	case above == nil:
		return unprocessable("organization %s: there is no organization %s to be its parent", o.Name, parent)
	case o.ParentID != nil && *o.ParentID == above.ID:
		return nil
	case o.ParentID == nil && !t.isNew[o]:
		return unprocessable("organization %s is the root and stays it", o.Name)
	case !t.isNew[o]:
		t.moved = append(t.moved, o)
	}
	o.ParentID = &above.ID
	return nil
}

// check makes sure that there is one root and that every other organization is
// below it.
func (t *tree) check() error {
	root := ""
	for _, o := range t.byID {
		if o.ParentID != nil {
			continue
		}
		if root != "" {
			return unprocessable("organizations %s and %s both have no parent: there is one root", min(root, o.Name), max(root, o.Name))
		}
		root = o.Name
	}
	for _, o := range t.byID {
		if t.depth(o) > maxDepth {
			return unprocessable("organization %s is below itself, or more than %d levels deep", o.Name, maxDepth)
		}
	}
	return nil
}

// depth is how many organizations are above; it stops counting beyond maxDepth.
func (t *tree) depth(o *store.ResponsysOrganization) int {
	depth := 0
	for o.ParentID != nil && depth <= maxDepth {
		o = t.byID[*o.ParentID]
		depth++
	}
	return depth
}

// save stores what apply changed: new organizations parents first, and moves when
// all parents are there.
func (t *tree) save(tx *store.Tx) error {
	for _, o := range t.renamed {
		if err := tx.RenameResponsysOrganization(o.ID, o.Name); err != nil {
			return err
		}
	}
	slices.SortStableFunc(t.added, func(a, b *store.ResponsysOrganization) int { return t.depth(a) - t.depth(b) })
	for _, o := range t.added {
		if err := tx.AddResponsysOrganization(*o); err != nil {
			return err
		}
	}
	for _, o := range t.moved {
		if err := tx.MoveResponsysOrganization(o.ID, *o.ParentID); err != nil {
			return err
		}
	}
	return nil
}
