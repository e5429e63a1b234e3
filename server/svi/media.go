package svi

import (
	"mime"
	"strconv"
	"strings"

	"orglink/gen"
)

// The two representations of a link: how masked fields are shown and read. Clients
// write the masked type with and without its suffix; the third type, that of a link
// without masks, is taken like JSON in a request.
const (
	plain      = gen.SviMediaTypePlain
	masked     = gen.SviMediaTypeMasked
	maskedBare = "application/vnd.sas.investigation.data.masked.relationshiplink"
	linkType   = "application/vnd.sas.investigation.data.relationshiplink+json"
)

// bodyMedia tells which representation a request body of the Content-Type is. The
// page names no Content-Type, so that some clients send none: their body is JSON.
// It reports false, beside JSON, for a type that is not supported.
func bodyMedia(contentType string) (gen.SviMediaType, bool) {
	if contentType == "" {
		return plain, true
	}
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return plain, false
	}
	switch name {
	case string(masked), maskedBare:
		return masked, true
	case string(plain), linkType:
		return plain, true
	}
	return plain, false
}

// negotiate chooses the representation by the Accept header: the named type of the
// higher quality, JSON on a tie. A header that is absent or only has a wildcard
// leaves the choice to fallback. It reports false where Accept takes neither.
func negotiate(accept string, fallback gen.SviMediaType) (gen.SviMediaType, bool) {
	named := map[gen.SviMediaType]float64{}
	wildcard, empty := false, true
	for _, item := range splitList(accept) {
		empty = false
		name, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		q := quality(params)
		switch name {
		case string(plain):
			named[plain] = max(named[plain], q)
		case string(masked), maskedBare:
			named[masked] = max(named[masked], q)
		case "*/*", "application/*":
			wildcard = wildcard || q > 0
		}
	}
	if named[masked] > named[plain] {
		return masked, true
	}
	if named[plain] > 0 {
		return plain, true
	}
	if !empty && !wildcard {
		return "", false
	}
	for _, mode := range []gen.SviMediaType{fallback, plain, masked} {
		if _, refused := named[mode]; !refused { // named here with a quality of 0
			return mode, true
		}
	}
	return "", false
}

// quality is the weight of an item of Accept; one that cannot be read is 1.
func quality(params map[string]string) float64 {
	q, err := strconv.ParseFloat(params["q"], 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 1
	}
	return q
}

// splitList splits a header at its commas, but for those in quotes, and drops
// empty items.
func splitList(header string) []string {
	var items []string
	quoted, escaped, start := false, false, 0
	for i := 0; i <= len(header); i++ {
		switch {
		case i == len(header) || header[i] == ',' && !quoted:
			if item := strings.TrimSpace(header[start:i]); item != "" {
				items = append(items, item)
			}
			start = i + 1
		case escaped:
			escaped = false
		case quoted && header[i] == '\\':
			escaped = true
		case header[i] == '"':
			quoted = !quoted
		}
	}
	return items
}
