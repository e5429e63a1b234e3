package svi

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/respond"
	"orglink/store"
)

// What SAS' samples say of types that Orglink has only one of.
const (
	dataStore     = "DEFAULT_STORE"
	dataSchema    = "fdhdata"
	timeZone      = "Etc/UTC"
	solution      = "sas_visual_investigator_default"
	solutionLabel = "SAS Visual Investigator"
	entityKind    = "ENTITY"
	defaultKind   = "RELATIONSHIP"
	childKind     = "DIRECT_CHILD"
	qualifierMark = "__"
)

// typeAnswer is a successful answer about types.
type typeAnswer struct {
	status   int
	body     any
	etag     string
	location string
}

func (a typeAnswer) write(w http.ResponseWriter) error {
	identify(w.Header(), a.etag, a.location)
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return nil
	}
	return respond.JSON(w, a.status, plainJSON.name, a.body)
}

// typeTag is the entity tag of a type.
func typeTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// typeFields shows fields in the names of the wire.
func typeFields(fields []store.SviField) []gen.SviTypeField {
	shown := []gen.SviTypeField{}
	for _, f := range fields {
		shown = append(shown, gen.SviTypeField{
			Name: f.Name, Label: f.Label, DataType: string(wireTypes[f.DataType]), Required: f.Required, Length: f.Length,
			PrimaryKeyField: f.PrimaryKey, DisplayLabel: f.Display, VersionRole: f.VersionRole,
			Masked: f.Masked, RevealGroups: orEmpty(f.RevealGroups),
		})
	}
	return shown
}

// orEmpty is a list that is not written as null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// readFields reads given fields. Unknown members are faults: a slip in the name of
// `masked` must not leave a field open.
func readFields(given *[]gen.SviTypeFieldUpdate) (fields []store.SviField, problems []string) {
	fields = []store.SviField{}
	for i, g := range list(given) {
		f := store.SviField{
			Name: or(g.Name, ""), DataType: storedType(or(g.DataType, "")), Required: is(g.Required), Length: or(g.Length, 0),
			PrimaryKey: is(g.PrimaryKeyField), Display: is(g.DisplayLabel), VersionRole: is(g.VersionRole),
			Masked: is(g.Masked), RevealGroups: list(g.RevealGroups),
		}
		f.Label = orName(g.Label, f.Name)
		if g.Length != nil && *g.Length < 1 {
			f.Length = -1
		}
		fields = append(fields, f)
		var unknown []string
		for name := range g.AdditionalProperties {
			unknown = append(unknown, nameField(i, f)+" has the unknown member "+strconv.Quote(name)+".")
		}
		slices.Sort(unknown)
		problems = append(problems, unknown...)
	}
	return fields, problems
}

// orName is a label, which is the name where none is given.
func orName(label *string, name string) string {
	if label == nil || *label == "" {
		return name
	}
	return *label
}

// checkTypeVersion holds the guards against stale changes of a type: If-Match first,
// then the version in the body, which is required even where If-Match is right.
func checkTypeVersion(current int64, ifMatchHeader *string, version *int64) error {
	if err := checkTypeTag(current, ifMatchHeader); err != nil {
		return err
	}
	switch {
	case version == nil:
		return &fault.Fault{Kind: fault.PreconditionRequired, Message: "The type in the request body did not contain a version."}
	case *version != current:
		return staleType("The type in the request body was out of date.")
	}
	return nil
}

func checkTypeTag(current int64, ifMatchHeader *string) error {
	if ifMatchHeader != nil && !ifMatch(*ifMatchHeader, typeTag(current)) {
		return staleType("The If-Match header does not match the current version of the type.")
	}
	return nil
}

func staleType(message string) *fault.Fault {
	return &fault.Fault{Kind: fault.PreconditionFailed, Message: message}
}

// checkSame lists the members that are given, but not as they are.
func checkSame(members ...sameMember) (problems []string) {
	for _, m := range members {
		if m.given != nil && *m.given != m.current {
			problems = append(problems, m.name+" cannot be changed.")
		}
	}
	return problems
}

type sameMember struct {
	name    string
	given   *string
	current string
}

// unknownType answers for types that are absent and for those that the caller may
// not see, alike.
func unknownType(noun, by, value string, details ...string) *fault.Fault {
	return &fault.Fault{Kind: fault.NotFound, Message: unknown(noun, by, value), Detail: details}
}

// typeConflict is a 409; details has one line an obstacle.
func typeConflict(message string, details ...string) *fault.Fault {
	return &fault.Fault{Kind: fault.Conflict, Message: message, Detail: details}
}

// createdAt is the URL of a new type, under the prefix of the request.
func createdAt(ctx context.Context, collection string, id int64) string {
	return request.From(ctx).BaseURL + "/admin/" + collection + "/" + strconv.FormatInt(id, 10)
}

// storedObjectMedia is the name that SAS has for an entity type.
var storedObjectMedia = []media{plainJSON, {name: "application/vnd.sas.investigation.meta.entity.type.admin+json"}}

// storedObjectBody is the step that has an entity type pass for JSON under the name
// that SAS has for it. Whatever else comes is refused later.
func storedObjectBody(r *http.Request) error {
	if _, supported := bodyMedia(r.Header.Get("Content-Type"), storedObjectMedia); supported {
		r.Header.Set("Content-Type", plainJSON.name)
	}
	return nil
}

// precheckType puts a type that does not exist before a body that the document
// refuses. Faults of the path and of the media type come first.
func precheckType[T store.SviType](h Handlers, unknown func(id int64) *fault.Fault) fault.Precheck {
	return func(r *http.Request, params map[string]string, refused *fault.Fault) error {
		id, err := strconv.ParseInt(params["id"], 10, 64)
		if err != nil || refused.In != "body" {
			return nil
		}
		return h.Store.Read(r.Context(), func(q *store.Query) error {
			_, err := store.SviFindType[T](q, id)
			return absent(err, unknown(id))
		})
	}
}
