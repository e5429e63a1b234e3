package acc

import (
	"slices"
	"strings"
	"testing"

	"orglink/store"
)

// FuzzTreeAgreesWithAWalk reads every byte as a unit whose parent is the unit of
// that number, or no unit, and holds depths against a plain walk upwards.
func FuzzTreeAgreesWithAWalk(f *testing.F) {
	f.Add([]byte{0xff, 0, 1, 2})
	f.Add([]byte{1, 0})
	f.Add([]byte{2, 0xff, 2})
	chain := []byte{0xff}
	for i := range byte(70) {
		chain = append(chain, i)
	}
	f.Add(chain)
	f.Fuzz(func(t *testing.T, parents []byte) {
		parents = parents[:min(len(parents), 255)]
		built := tree{}
		for i, p := range parents {
			node := store.AccNode{ID: string(rune(i)), Name: string(rune('a' + i))}
			if int(p) < len(parents) {
				above := string(rune(p))
				node.ParentID = &above
			}
			built.add([]store.AccNode{node})
		}
		for i := range parents {
			names, cyclic := walk(parents, i)
			depth, problem := built.depth(string(rune(i)))
			switch {
			case cyclic && problem == "", !cyclic && problem == aboveItself:
				t.Fatalf("unit %d of %v: depth %d, %s", i, parents, depth, problem)
			case problem != "":
				return // the first fault decides
			case depth != len(names)+1 || depth > maxDepth:
				t.Fatalf("unit %d of %v: depth %d, want %d", i, parents, depth, len(names)+1)
			}
			path := built.path(string(rune(i)))
			if (path == nil) != (len(names) == 0) || path != nil && *path != strings.Join(names, "/") {
				t.Fatalf("unit %d of %v: path %v, want %v", i, parents, path, names)
			}
		}
	})
}

// walk names the units above unit i, from the root down.
func walk(parents []byte, i int) (names []string, cyclic bool) {
	for p := int(parents[i]); p < len(parents); p = int(parents[p]) {
		names = append(names, string(rune('a'+p)))
		if len(names) > len(parents) {
			return nil, true
		}
	}
	slices.Reverse(names)
	return names, false
}

func FuzzScopesAreThoseOfTheApp(f *testing.F) {
	f.Add("account:read  account:write\taccount:read")
	f.Add("")
	f.Add(" data:read")
	f.Fuzz(func(t *testing.T, asked string) {
		client := store.Client{Scopes: []string{"account:read", "account:write"}}
		granted, err := grantedScopes(client, &asked)
		if err != nil {
			return
		}
		if len(granted) == 0 {
			t.Fatal("a token without scopes")
		}
		for i, scope := range granted {
			if !slices.Contains(client.Scopes, scope) || slices.Contains(granted[:i], scope) {
				t.Fatalf("%q was granted %v", asked, granted)
			}
		}
	})
}

func TestPathsOfARequestAreBounded(t *testing.T) {
	t.Parallel()
	root := "root"
	name := strings.Repeat("x", 1<<20)
	units := []store.AccUnit{{ID: root, Name: name}}
	for i := range maxPathText >> 20 {
		units = append(units, store.AccUnit{ID: string(rune(i)), ParentID: &root, Name: "below"})
	}
	if err := treeOf(units).check(units, nil); err != nil {
		t.Errorf("paths of the largest size: %v", err)
	}
	units[0].Name += "x"
	if err := treeOf(units).check(units, nil); err == nil {
		t.Error("paths over the largest size are accepted")
	}
}
