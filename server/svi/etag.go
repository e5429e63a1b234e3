package svi

import (
	"strconv"
	"strings"
)

// etag is the entity tag of a record: its version, one for all representations. A
// type without a version field has none.
func etag(s shape, r record) string {
	if s.columns.Version == "" {
		return ""
	}
	return `"` + strconv.FormatInt(r.Version, 10) + `"`
}

// ifMatch reports whether an If-Match header lets an update of the resource with
// the tag pass. An empty tag matches `*` only.
func ifMatch(header, tag string) bool {
	for _, item := range splitTags(header) {
		if item == "*" || tag != "" && item == tag {
			return true
		}
	}
	return false
}

// splitTags reads the tags of a list, each quoted, whether it came quoted, bare
// or as a weak one: clients copy the version out of the body, and proxies weaken
// tags. What cannot be read matches nothing and is left out.
func splitTags(header string) []string {
	var tags []string
	for _, item := range splitList(header) {
		item, weak := strings.CutPrefix(item, "W/")
		switch {
		case item == "*" && weak:
			continue
		case item == "*":
		case !strings.Contains(item, `"`):
			item = `"` + item + `"`
		case len(item) < 2 || strings.Count(item, `"`) != 2 || item[0] != '"' || item[len(item)-1] != '"':
			continue
		}
		tags = append(tags, item)
	}
	return tags
}
