package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// A document that is deleted leaves its links, without its label, and takes no new ones.
func TestSviLinksOutliveTheirDocuments(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 204, call{method: "DELETE", path: "/documents/person/uuid_102", header: sviHeader()})
		for _, c := range []call{
			sviGet(sviFiveParts).with("_includeDisplayLabel=true"),
			{method: "GET", path: "/links?_relationshipName=witnessed_by&_fromEntityTypeName=intel_report&_entityId=uuid_502&_includeEntityLabels=true", header: sviHeader()},
			sviPut(sviFourParts, sviBody(t, 1, nil)).with("_includeEntityLabels=true"),
		} {
			a := s.want(t, 200, c)
			if !strings.Contains(a.body, `"fromObjectDisplayLabel":"John Smith"`) || strings.Contains(a.body, "toObjectDisplayLabel") {
				t.Errorf("%s: %s", c.path, a.body)
			}
		}
		a := s.want(t, 404, sviPost(sviDemoLink))
		if !strings.Contains(a.body, `The document with ID \"uuid_102\" was not found`) {
			t.Errorf("a new link to it: %s", a.body)
		}
	})
}

const sviDemoLink = `{"relationshipTypeName":"witnessed_by","fromObjectTypeName":"intel_report","fromObjectId":"uuid_502","toObjectTypeName":"person","toObjectId":"uuid_102"}`

// Whoever wins, no link is made to a document that was gone by then: a new document of
// the same id has the links that were made before only.
func TestSviLinksAreMadeBeforeADeletionOrNotAtAll(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		counts := s.together(t, 16, func(i int) call {
			if i == 0 {
				return call{method: "DELETE", path: "/documents/person/uuid_102", header: sviHeader()}
			}
			return sviPost(sviDemoLink)
		})
		if counts[204] != 1 || counts[201]+counts[404] != 15 {
			t.Errorf("got %v, want one 204 and else 201 or 404", counts)
		}
		var links struct{ Count int }
		s.want(t, 200, call{method: "GET", path: "/links?_relationshipName=witnessed_by&_fromEntityTypeName=intel_report&_entityId=uuid_502", header: sviHeader()}).json(t, &links)
		if want := 1 + counts[201]; links.Count != want {
			t.Errorf("there are %d links, want %d", links.Count, want)
		}
	})
}
