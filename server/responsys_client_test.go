package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"orglink/gen/client"
	"orglink/server/servertest"
)

// responsysClient is the generated client with the token that it is given.
type responsysClient struct {
	*client.ClientWithResponses
	t     *testing.T
	token string
}

func newResponsysClient(t *testing.T, s *site) *responsysClient {
	t.Helper()
	c := &responsysClient{t: t}
	api, err := client.NewClientWithResponses(s.URL, client.WithHTTPClient(s.client),
		client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			if c.token != "" {
				r.Header.Set("Authorization", c.token)
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	c.ClientWithResponses = api
	return c
}

func (c *responsysClient) post(form client.ResponsysAuthTokenRequest) *client.ResponsysPostAuthTokenResponse {
	c.t.Helper()
	answer, err := c.ResponsysPostAuthTokenWithFormdataBodyWithResponse(c.t.Context(), nil, form)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

func (c *responsysClient) login(user, password string) *client.ResponsysPostAuthTokenResponse {
	c.t.Helper()
	kind := client.ResponsysAuthTokenRequestAuthTypePassword
	return c.post(client.ResponsysAuthTokenRequest{UserName: &user, Password: &password, AuthType: &kind})
}

func (c *responsysClient) refresh() *client.ResponsysPostAuthTokenResponse {
	c.t.Helper()
	kind := client.ResponsysAuthTokenRequestAuthTypeToken
	return c.post(client.ResponsysAuthTokenRequest{AuthType: &kind})
}

func (c *responsysClient) set(program string, names ...string) *client.ResponsysPostProgramAttributesResponse {
	c.t.Helper()
	var body client.ResponsysEditAccessAttributesRequest
	for _, name := range names {
		values := &body.Attributes.Organizations.AttributeValues
		*values = append(*values, client.ResponsysAttributeName{Name: name})
	}
	answer, err := c.ResponsysPostProgramAttributesWithResponse(c.t.Context(), program, body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// wantCode fails the test unless the call was refused with the code.
func (c *responsysClient) wantCode(code string, refusals ...*client.ResponsysError) {
	c.t.Helper()
	for _, refusal := range refusals {
		if refusal != nil && refusal.ErrorCode == code {
			return
		}
	}
	c.t.Errorf("got %+v, want the code %s", refusals, code)
}

// must fails the test if the answer of a call is not the success that it is meant to be.
func must[T any](t *testing.T, answer *T, err error) T {
	t.Helper()
	if err != nil || answer == nil {
		t.Fatalf("got %v, %v", answer, err)
	}
	return *answer
}

// A day of a connector that was generated from the document.
func TestResponsysStoryOfAGeneratedClient(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		s := start(t, database, servertest.Demo(), servertest.Clock(clock.Now))
		c, ctx := newResponsysClient(t, s), t.Context()

		c.wantCode("INVALID_TOKEN", must(t, c.list(nil), nil).JSON401)
		c.wantCode("INVALID_USER_NAME_PASSWORD", c.login("demo", "wrong").JSON400)
		login := must(t, c.login("demo", "demo-secret").JSON200, nil)
		if login.EndPoint != s.URL || login.IssuedAt != clock.Now().UnixMilli() {
			t.Errorf("the login: %+v", login)
		}
		c.token = login.AuthToken

		info, err := c.ResponsysGetUserInfoWithResponse(ctx)
		if user := must(t, info, err).JSON200; user == nil || user.UserName != "demo" || user.CreatedDate != "2018-08-02" {
			t.Errorf("the user: %+v", user)
		}
		tree, err := c.ResponsysGetOrganizationsWithResponse(ctx)
		root := must(t, must(t, tree, err).JSON200, nil).Attributes.Organizations.AttributeValues[0]
		if root.Name != "USA" || len(*root.Children) != 2 || (*root.Children)[0].Lineage != "7:4000007:" {
			t.Errorf("the root: %+v", root)
		}
		programs := must(t, c.list(nil).JSON200, nil).Programs
		if len(programs) != 1 || programs[0].Status != client.ResponsysProgramStatusNotRunning {
			t.Fatalf("the programs: %+v", programs)
		}
		name := programs[0].Name

		set := must(t, c.set(name, "Global", "USA").JSON200, nil).Attributes.Organizations.AttributeValues
		if len(set) != 2 || set[0].ID != 12000007 || set[0].Lineage != "7:12000007:" || set[1].Name != "USA" {
			t.Errorf("the set: %+v", set)
		}
		read, err := c.ResponsysGetProgramAttributesWithResponse(ctx, name)
		if again := must(t, must(t, read, err).JSON200, nil).Attributes.Organizations.AttributeValues; len(again) != 2 || again[0] != set[0] || again[1] != set[1] {
			t.Errorf("the set is read back as %+v", again)
		}
		c.wantCode("SET_OBJECT_ATTRIBUTE_EXCEPTION", c.set(name, "USA", "usa").JSON400)
		c.wantCode("PROGRAM_NOT_FOUND", c.set("no program/at all", "USA").JSON404)
		campaign, err := c.ResponsysGetCampaignAttributesWithResponse(ctx, "no campaign")
		c.wantCode("CAMPAIGN_NOT_FOUND", must(t, campaign, err).JSON404)
		bad, err := c.ResponsysPostProgramAttributesWithBodyWithResponse(ctx, name, "application/json", http.NoBody)
		c.wantCode("INVALID_REQUEST_CONTENT", must(t, bad, err).JSON400)

		for _, step := range []struct {
			action client.ResponsysUpdateProgramRequestAction
			status client.ResponsysProgramStatus
		}{
			{client.ResponsysUpdateProgramRequestActionPublish, client.ResponsysProgramStatusRunning},
			{client.ResponsysUpdateProgramRequestActionUnpublish, client.ResponsysProgramStatusNotRunning},
		} {
			done, err := c.ResponsysPatchProgramWithResponse(ctx, name, client.ResponsysUpdateProgramRequest{Action: step.action})
			if must(t, done, err).JSON200 == nil {
				t.Errorf("%s: %s", step.action, done.Body)
			}
			program, err := c.ResponsysGetProgramWithResponse(ctx, name)
			if p := must(t, program, err).JSON200; p == nil || p.Status != step.status || *p.PublishDate != "02/01/2026" {
				t.Errorf("after %s: %s", step.action, program.Body)
			}
		}
		wrong, err := c.ResponsysPatchProgramWithResponse(ctx, name, client.ResponsysUpdateProgramRequest{Action: "pause"})
		c.wantCode("INVALID_PARAMETER", must(t, wrong, err).JSON400)
		limit := 201
		c.wantCode("INVALID_PARAMETER", c.list(&client.ResponsysListProgramsParams{Limit: &limit}).JSON400)
		limits, err := c.ResponsysGetRateLimitsWithResponse(ctx)
		if list := must(t, limits, err).JSON200; list == nil || len(*list) != 11 {
			t.Errorf("the limits: %s", limits.Body)
		}

		clock.add(2 * time.Hour)
		old := c.token
		c.token = must(t, c.refresh().JSON200, nil).AuthToken
		clock.add(2 * time.Hour)
		if c.list(nil).JSON200 == nil {
			t.Error("the refreshed token does not live on")
		}
		c.token = old
		c.wantCode("TOKEN_EXPIRED", c.refresh().JSON401)
		s.applyResponsys(t, 200, `{"users": [{"name": "demo", "password": "demo-secret", "loginState": "PASSWORD_EXPIRED"}]}`)
		c.wantCode("PASSWORD_EXPIRED", c.login("demo", "demo-secret").JSON401)
		s.applyResponsys(t, 200, `{"users": [{"name": "demo", "password": "demo-secret", "enabled": false}]}`)
		c.wantCode("API_DISABLED_FOR_USER", c.login("demo", "demo-secret").JSON401)
	})
}

func (c *responsysClient) list(params *client.ResponsysListProgramsParams) *client.ResponsysListProgramsResponse {
	c.t.Helper()
	answer, err := c.ResponsysListProgramsWithResponse(c.t.Context(), params)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}
