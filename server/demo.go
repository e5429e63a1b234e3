package server

import (
	"context"
	_ "embed"

	"orglink/store"
)

// demo is the fixtures document under which the vendors' samples come out as
// their pages print them.
//
//go:embed demo.yaml
var demo []byte

// ApplyDemo applies the demo data in the default workspace.
func (s *Server) ApplyDemo(ctx context.Context) error {
	return s.ApplyFixtures(ctx, demo)
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
