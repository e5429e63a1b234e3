package server_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"orglink/gen/client"
	"orglink/server/servertest"
)

// A whole enrolment, played by a shell with curl: at the root and under the vendor's
// prefix, each seeing what was written at the other.
func TestComanageEnrolmentInAShell(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	needCurl(t)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		root, prefixed := s.URL, s.URL+"/registry"
		for registry, alias := range map[string]string{root: prefixed, prefixed: root} {
			script := exec.Command("sh", "testdata/comanage/enrolment.sh")
			script.Env = append(os.Environ(),
				"REGISTRY="+registry, "ALIAS="+alias, "API_USER="+platform+":demo-secret", "CO_NAME=Newcomers")
			if out, err := script.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", registry, err, out)
			}
		}
	})
}

// The same enrolment with the generated client.
func TestComanageEnrolmentWithTheGeneratedClient(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, database servertest.Option) {
		e := enrolment{t: t, api: generatedClient(t, startRegistry(t, database), platform)}
		e.fillCO()
		e.refuseTwice()
		e.unlink()
		e.deletePerson()
	})
}

// enrolment plays the story in steps and keeps the ids of what it made.
type enrolment struct {
	t                                           *testing.T
	api                                         *client.ClientWithResponses
	co, person, org, nameID, identifierID, link string
}

const inJSON = client.ComanageFormatJSON

// clientReply is what all of the client's answers have in common.
type clientReply interface {
	Status() string
	GetBody() []byte
}

// fromClient returns a check that an answer of the client has the status line.
func fromClient[R clientReply](r R, err error) func(t *testing.T, line string) R {
	return func(t *testing.T, line string) R {
		t.Helper()
		if err != nil {
			t.Fatalf("want %s, got the error %v", line, err)
		}
		if r.Status() != line {
			t.Fatalf("want %s, got %s %s", line, r.Status(), r.GetBody())
		}
		return r
	}
}

func (e *enrolment) fillCO() {
	t, ctx := e.t, e.t.Context()
	co := fromClient(e.api.ComanageAddCoWithResponse(ctx, inJSON, client.ComanageCoRequest{Cos: []client.ComanageCoEntry{{
		Version: client.ComanageVersionV1, Name: "Newcomers", Status: client.ComanageCoStatusActive,
	}}}))(t, "201 Added")
	e.co = co.JSON201.ID
	person := fromClient(e.api.ComanageAddCoPersonWithResponse(ctx, inJSON, client.ComanageCoPersonRequest{CoPeople: []client.ComanageCoPersonEntry{{
		Version: client.ComanageVersionV1, CoID: e.co, Status: client.ComanageCoPersonStatusActive,
	}}}))(t, "201 Added")
	e.person = person.JSON201.ID
	org := fromClient(e.api.ComanageAddOrgIdentityWithResponse(ctx, inJSON, client.ComanageOrgIdentityRequest{OrgIdentities: []client.ComanageOrgIdentityEntry{{
		Version: client.ComanageVersionV1, CoID: e.co, O: new("Example University"), Affiliation: new(client.ComanageAffiliationMember),
	}}}))(t, "201 Added")
	e.org = org.JSON201.ID
	name := fromClient(e.api.ComanageAddNameWithResponse(ctx, inJSON, client.ComanageNameRequest{Names: []client.ComanageNameEntry{{
		Version: client.ComanageVersionV1, Person: e.owner(), Given: "Maria", Family: new("Example"),
		Type: client.ComanageNameTypeOfficial, PrimaryName: new(true),
	}}}))(t, "201 Added")
	e.nameID = name.JSON201.ID
	identifier := fromClient(e.api.ComanageAddIdentifierWithResponse(ctx, inJSON, e.identifierRequest()))(t, "201 Added")
	e.identifierID = identifier.JSON201.ID
	link := fromClient(e.api.ComanageAddCoOrgIdentityLinkWithResponse(ctx, inJSON, e.linkRequest()))(t, "201 Added")
	e.link = link.JSON201.ID

	found := fromClient(e.api.ComanageListCoPeopleWithResponse(ctx, inJSON, &client.ComanageListCoPeopleParams{
		CoID: &e.co, SearchIdentifier: new("MARIA@example"),
	}))(t, "200 OK").JSON200.CoPeople
	if len(found) != 1 || found[0].ID != e.person || found[0].Status != client.ComanageCoPersonStatusActive {
		t.Fatalf("found %+v, want the person %s", found, e.person)
	}
	names := fromClient(e.api.ComanageListNamesWithResponse(ctx, inJSON, &client.ComanageListNamesParams{CoPersonID: &e.person}))(t, "200 OK").JSON200.Names
	if len(names) != 1 || names[0].Given != "Maria" || *names[0].Family != "Example" || names[0].Middle != nil || !names[0].PrimaryName {
		t.Fatalf("the names are %+v", names)
	}
}

func (e *enrolment) owner() *client.ComanagePersonReference {
	return &client.ComanagePersonReference{Type: new(client.ComanagePersonTypeCO), ID: &e.person}
}

func (e *enrolment) identifierRequest() client.ComanageIdentifierRequest {
	return client.ComanageIdentifierRequest{Identifiers: []client.ComanageIdentifierEntry{{
		Version: client.ComanageVersionV1, Person: e.owner(), Identifier: "maria@example.edu",
		Type: client.ComanageIdentifierTypeEppn, Status: client.ComanageIdentifierStatusActive,
	}}}
}

func (e *enrolment) linkRequest() client.ComanageCoOrgIdentityLinkRequest {
	return client.ComanageCoOrgIdentityLinkRequest{CoOrgIdentityLinks: []client.ComanageCoOrgIdentityLinkEntry{{
		Version: client.ComanageVersionV1, CoPersonID: &e.person, OrgIdentityID: &e.org,
	}}}
}

func (e *enrolment) refuseTwice() {
	t, ctx := e.t, e.t.Context()
	fromClient(e.api.ComanageAddCoOrgIdentityLinkWithResponse(ctx, inJSON, e.linkRequest()))(t, "403 OrgIdentity Already Linked")
	fromClient(e.api.ComanageAddIdentifierWithResponse(ctx, inJSON, e.identifierRequest()))(t, "403 Identifier In Use")
	fromClient(e.api.ComanageDeleteNameWithResponse(ctx, e.nameID, inJSON))(t, "403 Primary Name Cannot Be Deleted")
	kept := fromClient(e.api.ComanageDeleteOrgIdentityWithResponse(ctx, e.org, inJSON))(t, "403 CoPerson Exists")
	if kept.JSON403.Memberships[e.co] != "Newcomers" {
		t.Fatalf("the memberships are %v", kept.JSON403.Memberships)
	}
	invalid := fromClient(e.api.ComanageAddNameWithResponse(ctx, inJSON, client.ComanageNameRequest{Names: []client.ComanageNameEntry{{
		Version: client.ComanageVersionV1, Person: e.owner(), Type: client.ComanageNameTypeAuthor,
	}}}))(t, "400 Invalid Fields")
	if fields := invalid.JSON400.InvalidFields; len(fields) != 1 || fields["given"][0] != "A given name must be provided" {
		t.Fatalf("the invalid fields are %v", fields)
	}
}

func (e *enrolment) unlink() {
	t, ctx := e.t, e.t.Context()
	fromClient(e.api.ComanageDeleteCoOrgIdentityLinkWithResponse(ctx, e.link, inJSON))(t, "200 Deleted")
	fromClient(e.api.ComanageListCoOrgIdentityLinksWithResponse(ctx, inJSON, &client.ComanageListCoOrgIdentityLinksParams{CoPersonID: &e.person}))(t, "204 CO Person Has No CoOrgIdentityLink")
	links := fromClient(e.api.ComanageGetCoOrgIdentityLinkWithResponse(ctx, e.link, inJSON))(t, "200 OK").JSON200.CoOrgIdentityLinks
	if len(links) != 1 || !links[0].Deleted || links[0].OrgIdentityID != e.org {
		t.Fatalf("the deleted link is %+v", links)
	}
	fromClient(e.api.ComanageDeleteCoOrgIdentityLinkWithResponse(ctx, e.link, inJSON))(t, "404 CoOrgIdentityLink Unknown")
}

func (e *enrolment) deletePerson() {
	t, ctx := e.t, e.t.Context()
	fromClient(e.api.ComanageDeleteCoPersonWithResponse(ctx, e.person, inJSON))(t, "200 Deleted")
	fromClient(e.api.ComanageListNamesWithResponse(ctx, inJSON, &client.ComanageListNamesParams{CoPersonID: &e.person}))(t, "204 CO Person Has No Name")
	fromClient(e.api.ComanageListIdentifiersWithResponse(ctx, inJSON, &client.ComanageListIdentifiersParams{CoPersonID: &e.person}))(t, "204 CO Person Has No Identifier")
	people := fromClient(e.api.ComanageGetCoPersonWithResponse(ctx, e.person, inJSON))(t, "200 OK").JSON200.CoPeople
	names := fromClient(e.api.ComanageGetNameWithResponse(ctx, e.nameID, inJSON))(t, "200 OK").JSON200.Names
	identifiers := fromClient(e.api.ComanageGetIdentifierWithResponse(ctx, e.identifierID, inJSON))(t, "200 OK").JSON200.Identifiers
	if !people[0].Deleted || !names[0].Deleted || !identifiers[0].Deleted {
		t.Fatalf("want all deleted: %+v %+v %+v", people, names, identifiers)
	}
	fromClient(e.api.ComanageDeleteOrgIdentityWithResponse(ctx, e.org, inJSON))(t, "200 Deleted")
	fromClient(e.api.ComanageDeleteCoWithResponse(ctx, e.co, inJSON))(t, "200 Deleted")
	fromClient(e.api.ComanageGetCoWithResponse(ctx, e.co, inJSON))(t, "404 Co Unknown")
}

// The client sends XML as a body of one's own, and hands over the answer's text.
func TestComanageXMLWithTheGeneratedClient(t *testing.T) {
	t.Parallel()
	api, ctx := generatedClient(t, startRegistry(t), platform), t.Context()
	const xml = client.ComanageFormatXML
	added := fromClient(api.ComanageAddNameWithBodyWithResponse(ctx, xml, "application/xml", strings.NewReader(
		`<Names Version="1.0"><Name Version="1.0"><Person><Type>CO</Type><Id>12</Id></Person>`+
			`<Given>Søren &amp; Co</Given><Type>official</Type><PrimaryName>1</PrimaryName></Name></Names>`)))(t, "201 Added")
	const newObject = `<NewObjectResponse Version="1.0"><ObjectType>Name</ObjectType><Id>1</Id></NewObjectResponse>`
	if !strings.Contains(string(added.Body), newObject) || added.JSON201 != nil {
		t.Fatalf("got %s", added.Body)
	}
	name := fromClient(api.ComanageGetNameWithResponse(ctx, "1", xml))(t, "200 OK")
	for _, part := range []string{`<Name Version="1.0" Id="1">`, `<Given>Søren &amp; Co</Given>`, `<Person><Type>CO</Type><Id>12</Id></Person>`, `<PrimaryName>1</PrimaryName>`, `<Deleted>0</Deleted>`} {
		if !strings.Contains(string(name.Body), part) {
			t.Errorf("want %s in %s", part, name.Body)
		}
	}
	if names := fromClient(api.ComanageGetNameWithResponse(ctx, "1", inJSON))(t, "200 OK").JSON200.Names; names[0].Given != "Søren & Co" {
		t.Errorf("in JSON the name is %+v", names)
	}
	refused := fromClient(api.ComanageAddNameWithBodyWithResponse(ctx, xml, "application/xml", strings.NewReader(`<Names><Name Version="2.0"/></Names>`)))(t, "400 Invalid Fields")
	if !strings.Contains(string(refused.Body), `<InvalidFields><Version>Unknown version</Version></InvalidFields>`) {
		t.Errorf("got %s", refused.Body)
	}
}
