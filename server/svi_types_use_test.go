package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

// sviInUse is a relationship type and an entity type, each with fields of which some
// have values.
const sviInUse = `
svi:
  entityTypes:
    - name: used
      fields:
        - {name: key, dataType: string, primaryKey: true}
        - {name: number, dataType: integer, versionRole: true}
        - {name: full, dataType: string}
        - {name: some, dataType: string, length: 9}
        - {name: none, dataType: string}
        - {name: must, dataType: boolean, required: true}
        - {name: day, dataType: date}
    - {name: unused, fields: [{name: f, dataType: string}, {name: g, dataType: integer}]}
  relationshipTypes:
    - name: uses
      fromObjectName: used
      toObjectName: used
      cardinality: MANY_TO_ONE
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
      fields:
        - {name: full, dataType: string}
        - {name: some, dataType: string, length: 9}
        - {name: none, dataType: string}
        - {name: must, dataType: boolean, required: true}
        - {name: day, dataType: date}
    - {name: unused, fromObjectName: used, toObjectName: used, bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}, fields: [{name: f, dataType: string}]}
  documents:
    - {objectTypeName: used, id: a, fieldValues: {full: x, some: äöü, must: false}}
    - {objectTypeName: used, id: b, fieldValues: {full: "", must: true, day: '2020-02-29'}}
  links:
    - {key: l1, relationshipTypeName: uses, fromObjectTypeName: used, fromObjectId: a, toObjectId: b, fieldValues: {full: x, some: äöü, must: false}}
    - {key: l2, relationshipTypeName: uses, fromObjectTypeName: used, fromObjectId: b, toObjectId: b, fieldValues: {full: "", must: true, day: '2020-02-29'}}
`

// sviRefusal is a change that records stand against, and the lines about it.
type sviRefusal struct {
	d    sviDefinition
	want []string
}

// sviRefusals are changes of a type of sviInUse that its records stand against.
func sviRefusals(d sviDefinition, noun string) map[string]sviRefusal {
	with := func(field string) string {
		return "The field " + field + " cannot be removed: there are " + noun + " with a value for it."
	}
	without := func(field string) string {
		return "The field " + field + " cannot be required: there are " + noun + " without a value for it."
	}
	refusals := map[string]sviRefusal{
		"a field with a value in some": {d.field("some"), []string{with("some")}},
		"an empty text is a value":     {d.field("full"), []string{with("full")}},
		"false is a value":             {d.field("must"), []string{with("must")}},
		"another data type": {
			d.field("day", "dataType", "TIMESTAMP"),
			[]string{"The data type of the field day cannot change: there are " + noun + " with a value for it."},
		},
		"a length below a stored one": {
			d.field("some", "length", 2),
			[]string{"The field some cannot be bounded so: there are " + noun + " with a longer value."},
		},
		"required where one has none": {d.field("day", "required", true), []string{without("day")}},
		"a new required field":        {d.field("new", "dataType", "LONG", "required", true), []string{without("new")}},
		"several": {
			d.field("full").field("some").field("day", "required", true),
			[]string{without("day"), with("full"), with("some")},
		},
	}
	if noun == "links" {
		refusals["no bridge table"] = sviRefusal{d.with("bridge", nil), []string{"There are links: the bridge table cannot be removed or added."}}
		refusals["another cardinality"] = sviRefusal{d.with("cardinality", "ONE_TO_ONE"), []string{"There are links: the cardinality cannot change."}}
		return refusals
	}
	stays := func(field string) string {
		return "The field " + field + " is the key or the version of documents: it must stay that."
	}
	refusals["the key removed"] = sviRefusal{d.field("key"), []string{stays("key")}}
	refusals["the key without its role"] = sviRefusal{d.field("key", "primaryKeyField", false), []string{stays("key")}}
	refusals["another version"] = sviRefusal{d.field("number", "versionRole", false).field("none", "dataType", "LONG", "versionRole", true), []string{stays("number")}}
	refusals["another key"] = sviRefusal{
		d.field("key").field("full", "primaryKeyField", true),
		[]string{"The field full cannot become the key or the version: there are documents with a value for it.", stays("key")},
	}
	return refusals
}

func TestSviTypesInUseCannotBeBroken(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviInUse))
		for name, noun := range map[string]string{"used": "documents", "used__uses": "links"} {
			d := sviType(t, s, name)
			for what, test := range sviRefusals(d, noun) {
				a := sviChange(t, s, 409, test.d)
				if got := a.sviDetails(t); !slices.Equal(got, test.want) || !strings.Contains(a.body, "is in use and cannot be changed so.") {
					t.Errorf("%s, %s: got %s, want %q", name, what, a.body, test.want)
				}
			}
			if after := sviType(t, s, name); after.String() != d.String() {
				t.Errorf("refused changes changed the type to %v", after)
			}
		}
	})
}

func TestSviTypesInUseCanChange(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviInUse))
		for _, name := range []string{"used", "used__uses"} {
			d := sviType(t, s, name)
			version := 1
			for what, changed := range map[string]sviDefinition{
				"a field without values":       d.field("none"),
				"its data type":                d.field("none", "dataType", "NUMERIC"),
				"a length as long as the text": d.field("some", "length", 3),
				"no length":                    d.field("some", "length", nil),
				"a length of a full field":     d.field("full", "length", 1),
				"required where all have one":  d.field("full", "required", true),
				"no longer required":           d.field("must", "required", false),
				"a new field":                  d.field("new", "dataType", "LONG"),
				"masked":                       d.field("full", "masked", true, "revealGroups", []string{"A"}),
				"labels and columns":           d.with("label", "L", "lastUpdatedAtTimeFieldName", "changed", "validFromFieldName", "begin").field("full", "label", "F"),
			} {
				for _, to := range []sviDefinition{changed, d} {
					a := s.do(t, sviAdmin("PUT", d.path(), to.with("version", version).String()))
					if a.status != 200 {
						t.Fatalf("%s, %s: got %d %s", name, what, a.status, a.body)
					}
					version++
				}
			}
		}
		anything := []any{map[string]any{"name": "f", "dataType": "DATE", "required": true}}
		sviChange(t, s, 200, sviType(t, s, "unused").with("fields", anything))
		sviChange(t, s, 200, sviType(t, s, "used__unused").with("bridge", nil, "cardinality", "ONE_TO_ONE", "fields", anything))
	})
}

func TestSviTypesInUseCannotBeDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviInUse))
		for name, want := range map[string][]string{
			"used":       {"The relationship type used__unused begins or ends at the entity type.", "The relationship type used__uses begins or ends at the entity type.", "There are documents of the entity type."},
			"used__uses": {"There are links of the relationship type."},
		} {
			d := sviType(t, s, name)
			a := s.want(t, 409, sviAdmin("DELETE", d.path(), ""))
			if got := a.sviDetails(t); !slices.Equal(got, want) || !strings.Contains(a.body, "is in use and cannot be deleted.") {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		for _, name := range []string{"unused", "used__unused"} {
			s.want(t, 204, sviAdmin("DELETE", sviType(t, s, name).path(), ""))
		}
	})
}

// both sends two calls at once and returns their statuses.
func (s *site) both(t *testing.T, first, second call) (int, int) {
	t.Helper()
	var statuses [2]int
	var ready, done sync.WaitGroup
	ready.Add(2)
	for i, c := range []call{first, second} {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			statuses[i] = s.do(t, c).status
		})
	}
	done.Wait()
	return statuses[0], statuses[1]
}

// An administrator takes an attribute away while a link gets a value for it: one of
// the two is refused.
func TestSviAChangeOfATypeAndAnUpdateOfALinkExcludeEachOther(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		version := 4
		for range 20 {
			near := sviType(t, s, "place__near")
			updated, changed := s.both(t,
				sviPut(sviNear, sviBody(t, version, sviNearFields("count", 7))),
				sviAdmin("PUT", near.path(), near.field("count").String()))
			switch {
			case updated == 200 && changed == 409:
				version++
			case updated == 400 && changed == 200:
				// A value that slipped into the row would show once the field is back.
				sviChange(t, s, 200, sviType(t, s, "place__near").field("count", "dataType", "LONG"))
			default:
				t.Fatalf("the update answered %d, the change %d", updated, changed)
			}
			var link sviLink
			s.want(t, 200, sviGet(sviNear)).json(t, &link)
			if _, there := link.FieldValues["count"]; there != (updated == 200) {
				t.Fatalf("the update answered %d, and the link is %v", updated, link.FieldValues)
			}
			s.want(t, 200, sviPut(sviNear, sviBody(t, version, sviNearFields())))
			version++
		}
	})
}

// The deletion of a type and what makes something of it exclude each other.
func TestSviADeletionOfATypeAndItsUseExcludeEachOther(t *testing.T) {
	t.Parallel()
	fixtures := func(section string) call {
		return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":` + section + `}`}
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, fixtures(`{"documents":[{"objectTypeName":"phone","id":"1"}]}`))
		for i := range 10 {
			for what, test := range map[string]struct {
				collection, made string
				use              call
				done, refused    int
			}{
				"a document": {
					sviEntities, fmt.Sprintf(`{"name":"d%d"}`, i),
					fixtures(fmt.Sprintf(`{"documents":[{"objectTypeName":"d%d","id":"d"}]}`, i)), 200, 422,
				},
				"a relationship type": {
					sviEntities, fmt.Sprintf(`{"name":"r%d"}`, i),
					sviAdmin("POST", sviRelationships, fmt.Sprintf(`{"name":"r%d","fromObjectName":"person","toObjectName":"r%d"}`, i, i)), 201, 400,
				},
				"a link": {
					sviRelationships, fmt.Sprintf(`{"name":"l%d","fromObjectName":"person","toObjectName":"person","bridge":{"keyFieldName":"k","fromFieldName":"f","toFieldName":"t"}}`, i),
					sviAdmin("POST", "/links", fmt.Sprintf(`{"relationshipTypeName":"l%d","fromObjectTypeName":"person","fromObjectId":"uuid_102","toObjectTypeName":"person","toObjectId":"uuid_102"}`, i)), 201, 404,
				},
				"a link of fixtures": {
					sviRelationships, fmt.Sprintf(`{"name":"l%d","fromObjectName":"phone","toObjectName":"person"}`, i),
					fixtures(fmt.Sprintf(`{"links":[{"key":"l","relationshipTypeName":"l%d","fromObjectTypeName":"phone","fromObjectId":"1","toObjectId":"uuid_102"}]}`, i)), 200, 422,
				},
			} {
				d := s.want(t, 201, sviAdmin("POST", test.collection, test.made)).definition(t)
				used, deleted := s.both(t, test.use, sviAdmin("DELETE", d.path(), ""))
				made := used == test.done && deleted == 409
				gone := used == test.refused && deleted == 204
				if !made && !gone {
					t.Fatalf("%s: its making answered %d, the deletion of its type %d", what, used, deleted)
				}
			}
		}
	})
}
