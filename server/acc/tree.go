package acc

import (
	"slices"
	"strings"

	"orglink/store"
)

// maxDepth bounds a tree; a root is at depth 1.
const maxDepth = 64

// maxPathText bounds the paths in the answer to one request, in bytes of all of them
// together: one path can be 64 KB long, for a unit that takes 100 bytes to request.
const maxPathText = 64 << 20

// pathSeparator stands between the names of a path.
const pathSeparator = "/"

// What can be wrong with a unit's place, in words for the client.
const (
	aboveItself = "would be above itself"
	tooDeep     = "would be deeper than 64 levels"
)

// tree is an account's tree as a request would leave it, or the part of it that
// the request can change: its units, all above them and all below moved ones.
type tree map[string]*place

type place struct {
	parent *string
	name   string
	depth  int // 0 while unknown
	// below is the length in bytes of the path of the units directly below; it is
	// known when depth is.
	below int
}

// visiting is the depth of a unit whose ancestors are being walked.
const visiting = -1

// treeOf is the tree of the units alone.
func treeOf(units []store.AccUnit) tree {
	t := make(tree, len(units))
	for _, u := range units {
		t[u.ID] = &place{parent: u.ParentID, name: u.Name}
	}
	return t
}

// add adds stored units; what the tree holds already, being the request's, stays.
func (t tree) add(nodes []store.AccNode) {
	for _, n := range nodes {
		if t[n.ID] == nil {
			t[n.ID] = &place{parent: n.ParentID, name: n.Name}
		}
	}
}

// depth is the unit's level, or what is wrong with its place: aboveItself or
// tooDeep. Every parent must be known.
func (t tree) depth(id string) (level int, problem string) {
	p := t[id]
	if p.depth == visiting {
		return 0, aboveItself
	}
	if p.depth > 0 {
		return p.depth, ""
	}
	above := 0
	if p.parent != nil {
		p.depth = visiting
		if above, problem = t.depth(*p.parent); problem != "" {
			return 0, problem
		}
	}
	if above == maxDepth {
		return 0, tooDeep
	}
	p.depth, p.below = above+1, len(p.name)
	if p.parent != nil {
		p.below += t[*p.parent].below + len(pathSeparator)
	}
	return p.depth, ""
}

// path names the units above, from the root down; nil for a root. It is made anew
// each time, and not to be kept: many units can have long paths.
func (t tree) path(id string) *string {
	var names []string
	for p := t[id]; p.parent != nil; {
		p = t[*p.parent]
		names = append(names, p.name)
	}
	if names == nil {
		return nil
	}
	slices.Reverse(names)
	path := strings.Join(names, pathSeparator)
	return &path
}

// merge returns the tree that the units, put into the account, would make. moved
// are those of them that got another parent.
func merge(q *store.Query, account string, units []store.AccUnit, moved []string) (tree, error) {
	t := treeOf(units)
	var outside []string // parents that are not in the request
	for _, u := range units {
		if u.ParentID != nil && t[*u.ParentID] == nil {
			outside = append(outside, *u.ParentID)
		}
	}
	slices.Sort(outside)
	above, err := q.AccAncestors(account, slices.Compact(outside))
	if err != nil {
		return nil, err
	}
	t.add(above)
	for i, u := range units {
		if u.ParentID != nil && t[*u.ParentID] == nil {
			return nil, errRule(i, "parent_id", "names no business unit of this account.")
		}
	}
	below, err := q.AccDescendants(account, moved)
	if err != nil {
		return nil, err
	}
	t.add(below)
	return t, t.check(units, below)
}

// alone returns the tree that the units make without any others.
func alone(units []store.AccUnit) (tree, error) {
	t := treeOf(units)
	for i, u := range units {
		if u.ParentID != nil && t[*u.ParentID] == nil {
			return nil, errRule(i, "parent_id", "names no business unit of the request.")
		}
	}
	return t, t.check(units, nil)
}

// check makes sure that the tree is one, not too deep, and that the units' paths are
// not too much for an answer.
func (t tree) check(units []store.AccUnit, below []store.AccNode) error {
	pathText := 0
	for i, u := range units {
		if _, problem := t.depth(u.ID); problem != "" {
			return errRule(i, "parent_id", "is not possible: the business unit "+problem+".")
		}
		if u.ParentID != nil {
			pathText += t[*u.ParentID].below
		}
	}
	if pathText > maxPathText {
		return errPathText()
	}
	for _, n := range below {
		if _, problem := t.depth(n.ID); problem != "" {
			return errBelow(problem)
		}
	}
	return nil
}
