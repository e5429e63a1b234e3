package explorer

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssetsAreThoseOfTheChecksumList(t *testing.T) {
	t.Parallel()
	const list = "SHA256SUMS"
	text, err := files.ReadFile("assets/" + list)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			t.Fatalf("not a line of a checksum list: %q", line)
		}
		want[name] = sum
	}
	got := map[string]string{}
	entries, err := files.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == list {
			continue
		}
		content, err := files.ReadFile("assets/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		got[entry.Name()] = hex.EncodeToString(sum[:])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("assets/ (-listed +found); update.sh writes the list:\n%s", diff)
	}
}

// Assets and page share one directory on the wire.
func TestNoTwoFilesShareAName(t *testing.T) {
	t.Parallel()
	seen := map[string]string{"credentials.json": "the generated one"}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if other, taken := seen[path.Base(name)]; taken {
			t.Errorf("%s and %s have one name", name, other)
		}
		seen[path.Base(name)] = name
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := seen[index]; !ok {
		t.Errorf("there is no %s among %v", index, slices.Sorted(maps.Keys(seen)))
	}
}
