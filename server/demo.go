package server

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"orglink/server/explorer"
	"orglink/server/fault"
	"orglink/store"
)

// demo is the fixtures document under which the vendors' samples come out as
// their pages print them.
//
//go:embed demo.yaml
var demo []byte

// DemoFixtures is the demo data, a fixtures document in YAML.
func DemoFixtures() []byte { return slices.Clone(demo) }

// DemoSecret is every secret of the demo data.
const DemoSecret = "demo-secret"

// Static tokens: that of the vendor's sample, and one for the families whose pages
// print none.
const (
	accDemoToken = "9ezBnx9Rd5D1xG4KMt6b72T4w0MG"
	demoToken    = "demo-token"
)

// DemoCredential is what the demo data give to the callers of one family.
type DemoCredential struct {
	// For is the family, or admin for the server's own token.
	For string
	// Names are those of clients, users and sessions, in words.
	Names string
	// Token never expires.
	Token string
	// Filled is what the explorer fills in, by security scheme of the document.
	Filled map[string]explorer.Credential
}

var demoCredentials = []DemoCredential{
	{
		For: "acc", Names: "app demo-client", Token: accDemoToken,
		Filled: map[string]explorer.Credential{
			"accOAuth": {ClientID: "demo-client", ClientSecret: DemoSecret, Token: accDemoToken},
		},
	},
	{
		For: "comanage", Names: "API user co_1.demo",
		Filled: map[string]explorer.Credential{
			"comanageBasic": {Username: "co_1.demo", Password: DemoSecret},
		},
	},
	{
		For: "cux", Names: "client demo-client, session 0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10", Token: demoToken,
		Filled: map[string]explorer.Credential{
			// Not the Basic credential of the token call: the form has it already.
			"cuxOAuth": {ClientID: "demo-client", ClientSecret: DemoSecret, Token: demoToken},
		},
	},
	{
		For: "responsys", Names: "user demo", Token: demoToken,
		Filled: map[string]explorer.Credential{
			"responsysToken": {Token: demoToken},
		},
	},
	{
		For: "svi", Names: "client sas.ec with an empty secret, users demo and demo-reader", Token: demoToken,
		Filled: map[string]explorer.Credential{
			"sviOAuth": {ClientID: "sas.ec", Username: "demo", Token: demoToken},
		},
	},
	{
		For: "admin", Token: DemoSecret,
		Filled: map[string]explorer.Credential{
			"workbenchAdmin": {Token: DemoSecret},
		},
	},
}

// DemoCredentials are those that work under the server's configuration: none
// without the demo, and no admin token where the operator has set one.
func (s *Server) DemoCredentials() []DemoCredential {
	if !s.config.Demo {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(demoCredentials), func(c DemoCredential) bool {
		return c.For == "admin" && c.Token != s.config.AdminToken
	})
}

func (s *Server) explorerCredentials() map[string]explorer.Credential {
	filled := map[string]explorer.Credential{}
	for _, c := range s.DemoCredentials() {
		maps.Copy(filled, c.Filled)
	}
	return filled
}

// ApplyDemo applies the demo data in the default workspace. Where callers have changed
// the demo so that its definitions would lose what they stored since, it stays as they
// left it, and the log says so: they can still start the server.
func (s *Server) ApplyDemo(ctx context.Context) error {
	err := s.ApplyFixtures(ctx, demo)
	var refused *fault.Fault
	if errors.As(err, &refused) && refused.Kind == fault.Unprocessable {
		s.log.LogAttrs(ctx, slog.LevelWarn, "the demo data were not applied again", slog.String("cause", refused.Error()))
		return nil
	}
	return err
}

// ApplyFixtures applies fixtures, in YAML or JSON, in the default workspace.
func (s *Server) ApplyFixtures(ctx context.Context, text []byte) error {
	fixtures, err := s.bench.ParseFixtures(text)
	if err != nil {
		return err
	}
	_, err = s.bench.Apply(ctx, store.DefaultWorkspace, fixtures)
	return err
}
