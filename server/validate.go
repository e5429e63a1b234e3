package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"

	"orglink/server/fault"
	"orglink/server/request"
)

// Vendors' names of JSON, in request bodies that no family renames before validation.
func init() {
	for _, media := range []string{
		"application/vnd.sas.investigation.data.document.filter.request+json",
		"application/vnd.sas.investigation.data.document.id.request+json",
	} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.JSONBodyDecoder)
	}
}

// validationOptions are the same for all operations. KeepValidatedValue hands the
// handler the value that was validated; without it a second, case-insensitive
// decode would let a member through that the validator never saw.
func validationOptions() *openapi3filter.Options {
	return &openapi3filter.Options{
		KeepValidatedValue:  true,
		SkipSettingDefaults: true,
		AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc, // done before
	}
}

// defineFormats has validators check the formats of strings that the families share.
// They are the process's: as options they would be copied for every request.
var defineFormats = sync.OnceFunc(func() {
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(validUUID))
})

// validUUID accepts the canonical 36 characters in any case, of any version.
func validUUID(text string) error {
	if len(text) != 36 {
		return errors.New("not a UUID")
	}
	return uuid.Validate(text)
}

// validate checks the request against the document and leaves it with a body that
// the handler can bind. It returns what it refused, or nil.
func (o *operation) validate(r *http.Request, params map[string]string) *fault.Fault {
	if !cleanParams(params) {
		return errBadEncoding("path")
	}
	if normalise := o.family.normalise[o.id]; normalise != nil {
		if err := normalise(r); err != nil {
			return o.server.classify(err)
		}
	}
	if !o.cleanQuery(r.URL.RawQuery) {
		return errBadEncoding("query")
	}
	if o.form {
		o.dropUndeclaredQuery(r)
	}
	if refused := o.readBody(r); refused != nil {
		return refused
	}
	err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  params,
		QueryParams: r.URL.Query(),
		Route:       o.route,
		Options:     o.options,
	})
	return validationFault(err)
}

// dropUndeclaredQuery keeps query parameters out of the fields of a form: Go
// merges the two, and credentials do not belong in a URL.
func (o *operation) dropUndeclaredQuery(r *http.Request) {
	query := r.URL.Query()
	for name := range query {
		if !o.declared[name] {
			query.Del(name)
		}
	}
	u := *r.URL
	u.RawQuery = query.Encode()
	r.URL = &u
}

// firstRead bounds what is set aside for a body before any of it is there.
const firstRead = 64 << 10

// readBody reads the body up to the operation's limit and refuses what no decoder
// should see: bad UTF-8, NULs, and more than one JSON value.
func (o *operation) readBody(r *http.Request) *fault.Fault {
	if o.route.Operation.RequestBody == nil || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > o.limit {
		return &fault.Fault{Kind: fault.TooLarge, In: "body"}
	}
	read := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0)+bytes.MinRead, firstRead)))
	_, err := read.ReadFrom(io.LimitReader(r.Body, o.limit+1))
	body := read.Bytes()
	if err != nil {
		return &fault.Fault{Kind: fault.Malformed, In: "body", Message: "The request body could not be read.", Cause: err}
	}
	if int64(len(body)) > o.limit {
		return &fault.Fault{Kind: fault.TooLarge, In: "body"}
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isJSON := media == "application/json" || strings.HasSuffix(media, "+json")
	if !cleanText(string(body)) || o.form && !cleanForm(string(body)) || isJSON && !cleanJSON(body) {
		return errBadEncoding("body")
	}
	if normalise := o.family.normaliseBody[o.id]; normalise != nil {
		body = normalise(r, body)
	}
	request.From(r.Context()).Body = body
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	if isJSON && len(body) > 0 && !json.Valid(body) {
		return &fault.Fault{Kind: fault.Malformed, In: "body", Message: "The request body is not valid JSON."}
	}
	return nil
}

// cleanJSON reports whether what JSON escapes is text that a database can hold:
// no NUL, and no half of a surrogate pair, which Go would replace without a word.
func cleanJSON(body []byte) bool {
	for rest := body; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			return true
		}
		rest = rest[i:]
		unit := escapedUnit(rest)
		switch {
		case unit == 0:
			return false
		case utf16.IsSurrogate(unit):
			if utf16.DecodeRune(unit, escapedUnit(rest[unitLength:])) == utf8.RuneError {
				return false
			}
			rest = rest[2*unitLength:]
		default:
			rest = rest[2:]
		}
	}
}

const unitLength = len(`\u0000`)

// escapedUnit is the UTF-16 unit that text begins with as `\uXXXX`, or -1.
func escapedUnit(text []byte) rune {
	if len(text) < unitLength || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:unitLength]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

// cleanForm reports whether a form decodes to text that a database can hold.
func cleanForm(raw string) bool {
	text, err := url.QueryUnescape(raw)
	return err == nil && cleanText(text)
}

// cleanQuery reports whether the query parameters that the operation has are
// encoded well, and text that a database can hold. All others are ignored.
func (o *operation) cleanQuery(raw string) bool {
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || !o.declared[name] {
			continue
		}
		if value, err = url.QueryUnescape(value); err != nil || !cleanText(value) {
			return false
		}
	}
	return true
}

// validationFault says in neutral words what the validator refused. The
// validator's own text holds the schema and the value and goes nowhere, not even
// to the log.
func validationFault(err error) *fault.Fault {
	if err == nil {
		return nil
	}
	var refused *openapi3filter.RequestError
	if !errors.As(err, &refused) {
		return &fault.Fault{Kind: fault.Internal, Message: "", Cause: errors.New("the validator failed without a request error")}
	}
	f := &fault.Fault{Kind: fault.Invalid, In: "body"}
	if p := refused.Parameter; p != nil {
		f.In, f.Field = p.In, []string{p.Name}
	}
	var schema *openapi3.SchemaError
	var parse *openapi3filter.ParseError
	switch {
	case errors.Is(refused.Err, openapi3filter.ErrInvalidRequired):
		f.Rule = "required"
		if refused.Parameter == nil {
			f.Kind = fault.Malformed
		}
	case errors.As(refused.Err, &schema):
		f.Rule = schema.SchemaField
		f.Field = append(f.Field, schema.JSONPointer()...)
	case refused.Parameter != nil:
		f.Rule = "format"
	case errors.As(refused.Err, &parse):
		f.Kind = fault.Malformed
	case strings.HasPrefix(refused.Reason, "header Content-Type"):
		f.Kind, f.In, f.Field = fault.UnsupportedMedia, "header", []string{"Content-Type"}
	default:
		f.Kind = fault.Malformed
	}
	return f
}
