package workbench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/oasdiff/yaml"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// Section prepares one family's part of fixtures, outside of any transaction:
// slow hashes are made here. It returns what applies the part; that function may
// run more than once. A section that contradicts itself or what is stored is a
// fault of kind Unprocessable.
type Section func(ctx context.Context, w store.Workspace, fixtures gen.Fixtures) (func(*store.Tx) error, error)

// workspaceName is the pattern of the document's WorkbenchWorkspaceName, for names
// that come from the path prefix.
var workspaceName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// WorkbenchApplyFixtures applies fixtures in the request's workspace.
func (h Handlers) WorkbenchApplyFixtures(ctx context.Context, r gen.WorkbenchApplyFixturesRequestObject) (gen.WorkbenchApplyFixturesResponseObject, error) {
	name := request.From(ctx).WorkspaceName
	if !workspaceName.MatchString(name) {
		return nil, &fault.Fault{Kind: fault.Invalid, In: "path", Field: []string{"workspace"}, Rule: "pattern"}
	}
	w, err := h.Apply(ctx, name, *r.Body)
	if errors.Is(err, store.ErrConflict) {
		return nil, &fault.Fault{Kind: fault.Unprocessable, Message: "The fixtures contradict themselves or what is stored.", Cause: err}
	}
	if err != nil {
		return nil, err
	}
	return gen.WorkbenchApplyFixtures200JSONResponse(workspaceBody(w)), nil
}

// Apply applies fixtures in the named workspace, which it makes if need be: all
// of them or, on an error, nothing.
func (h Handlers) Apply(ctx context.Context, name string, fixtures gen.Fixtures) (store.Workspace, error) {
	ctx = store.WithWorkspace(ctx, name)
	for attempt := 1; ; attempt++ {
		w, err := h.apply(ctx, name, fixtures)
		if !errors.Is(err, store.ErrStale) || attempt == applyAttempts {
			return w, err
		}
	}
}

// applyAttempts bounds how often fixtures are prepared anew because the workspace
// was made or dropped meanwhile.
const applyAttempts = 5

func (h Handlers) apply(ctx context.Context, name string, fixtures gen.Fixtures) (store.Workspace, error) {
	var w store.Workspace
	err := h.Store.Read(ctx, func(q *store.Query) error {
		var err error
		w, err = q.StoredWorkspace()
		return err
	})
	isNew := errors.Is(err, store.ErrNotFound)
	if isNew {
		w, err = store.NewWorkspace(name, h.Now())
	}
	if err != nil {
		return w, err
	}
	var steps []func(*store.Tx) error
	for _, section := range h.Sections {
		step, err := section(ctx, w, fixtures)
		if err != nil {
			return w, err
		}
		steps = append(steps, step)
	}
	err = h.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.ClaimWorkspace(w, isNew); err != nil {
			return err
		}
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
	return w, err
}

// ParseFixtures reads fixtures in YAML or JSON and checks them against the
// document's schema.
func (h Handlers) ParseFixtures(text []byte) (gen.Fixtures, error) {
	var fixtures gen.Fixtures
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return fixtures, fmt.Errorf("the fixtures are neither YAML nor JSON: %w", err)
	}
	var value any
	if err := json.Unmarshal(asJSON, &value); err != nil {
		return fixtures, fmt.Errorf("read the fixtures: %w", err)
	}
	schema := h.Document.Components.Schemas["Fixtures"].Value
	if err := schema.VisitJSON(value); err != nil {
		return fixtures, fmt.Errorf("the fixtures do not fit the document: %w", withoutValues(err))
	}
	return fixtures, json.Unmarshal(asJSON, &fixtures)
}
