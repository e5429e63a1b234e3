package svi

import (
	"errors"
	"mime"
	"strconv"
	"strings"
)

// media is a representation of a resource: its media type, and whether it is the one
// in which masked fields show the mask template.
type media struct {
	name   string
	masked bool
}

// The representations of links and of documents, the one first that is answered when
// a caller asks for nothing (SAS Data Hub, "Update a relationship link" and "Get
// headers for a collection of documents"). Callers write all of them with and
// without the suffix.
var (
	plainJSON = media{name: "application/json"}

	linkMedia = []media{
		plainJSON,
		{name: "application/vnd.sas.investigation.data.masked.relationshiplink+json", masked: true},
	}
	documentMedia = []media{
		plainJSON,
		{name: "application/vnd.sas.investigation.data.enriched.document+json"},
		{name: "application/vnd.sas.investigation.data.masked.enriched.document+json", masked: true},
	}

	// What is taken in requests besides.
	patchMedia        = []media{plainJSON, {name: "application/json-patch+json"}}
	bulkMedia         = []media{plainJSON, {name: "application/vnd.sas.collection+json"}}
	linkBodyMedia     = append([]media{{name: "application/vnd.sas.investigation.data.relationshiplink+json"}}, linkMedia...)
	documentBodyMedia = append([]media{{name: "application/vnd.sas.investigation.data.document+json"}}, documentMedia...)
)

// jsonSuffix may be left out of a vendor's media type.
const jsonSuffix = "+json"

// mediaNamed finds a representation by its media type.
func mediaNamed(list []media, name string) (media, bool) {
	for _, m := range list {
		if strings.TrimSuffix(m.name, jsonSuffix) == strings.TrimSuffix(name, jsonSuffix) {
			return m, true
		}
	}
	return media{}, false
}

// bodyMedia tells which representation a request body of the Content-Type is. The
// pages name no Content-Type, so that some clients send none: their body is JSON.
// It reports false, beside JSON, for a type that is not one of the accepted ones.
func bodyMedia(contentType string, accepted []media) (media, bool) {
	if contentType == "" {
		return plainJSON, true
	}
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return plainJSON, false
	}
	m, ok := mediaNamed(accepted, name)
	if !ok {
		return plainJSON, false
	}
	return m, true
}

// negotiate chooses the representation by the Accept header: the named type of the
// highest quality, the earliest offer on a tie. A header that is absent or only has a
// wildcard leaves the choice to the body that was sent. It reports false where Accept
// takes no offer.
func negotiate(accept string, offers []media, sent media) (media, bool) {
	named, wildcard, empty := readAccept(accept, offers)
	var best media
	quality := 0.0
	for _, offer := range offers {
		if named[offer] > quality {
			best, quality = offer, named[offer]
		}
	}
	if quality > 0 {
		return best, true
	}
	if !empty && !wildcard {
		return media{}, false
	}
	for _, offer := range append(likely(offers, sent), offers...) {
		if _, refused := named[offer]; !refused { // named here with a quality of 0
			return offer, true
		}
	}
	return media{}, false
}

// likely are the offers that answer a body of the representation best: itself, or
// those that treat masked fields as it does.
func likely(offers []media, sent media) []media {
	var list []media
	for _, offer := range offers {
		if offer == sent {
			return []media{offer}
		}
		if offer.masked == sent.masked {
			list = append(list, offer)
		}
	}
	return list
}

// readAccept tells the quality of each offer that the header names, whether a
// wildcard takes all others, and whether the header says anything.
func readAccept(accept string, offers []media) (named map[media]float64, wildcard, empty bool) {
	named, empty = map[media]float64{}, true
	for _, item := range splitList(accept) {
		empty = false
		name, params, err := mime.ParseMediaType(item)
		if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) { // any parameters are taken
			continue
		}
		q := quality(params)
		if offer, ok := mediaNamed(offers, name); ok {
			named[offer] = max(named[offer], q)
		} else if name == "*/*" || name == "application/*" {
			wildcard = wildcard || q > 0
		}
	}
	return named, wildcard, empty
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

// accepted is the representation that a normalised Accept header names.
func accepted[T ~string](offers []media, accept T) media {
	m, _ := mediaNamed(offers, string(accept))
	return m
}
