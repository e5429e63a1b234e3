package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

// A Responsys account that was filled when programs were names only.
func TestMigrationDescribesTheProgramsOfAResponsysAccount(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, testMigrationOfPrograms)
}

// oldResponsys is what version 10 may hold.
var oldResponsys = []string{
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05+00:00'), ('ci', 'key', NULL)`,
	`INSERT INTO responsys_users (workspace, name, password_hash, password_digest, enabled) VALUES ('default', 'u', 'hash', '', true), ('ci', 'u', 'hash', '', false)`,
	`INSERT INTO responsys_organizations (workspace, id, name, parent_id, position) VALUES ('default', 7, 'USA', NULL, 1)`,
	`INSERT INTO responsys_objects (workspace, kind, name) VALUES ('default', 'program', 'b'), ('default', 'campaign', 'b'), ('default', 'program', 'a'), ('ci', 'program', 'b')`,
	`INSERT INTO responsys_assignments (workspace, kind, object, organization_id, position) VALUES ('default', 'program', 'b', 7, 0)`,
}

func testMigrationOfPrograms(t *testing.T, url string) {
	if err := store.MigrateTo(t.Context(), url, 10); err != nil {
		t.Fatal(err)
	}
	if err := store.ExecURL(t.Context(), url, oldResponsys...); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	program := func(workspace, name string, id int64, day string) store.ResponsysProgram {
		return store.ResponsysProgram{
			Workspace: workspace, Name: name, ID: id, Folder: "Programs", ListID: 7, ListName: "CONTACTS_LIST", Channels: []string{},
			CreatedOn: day, CreatedBy: "N/A", ModifiedOn: day, ModifiedBy: "N/A", Status: "NOT_RUNNING",
		}
	}
	for workspace, want := range map[string]struct {
		programs  []store.ResponsysProgram
		createdOn string
	}{
		"default": {[]store.ResponsysProgram{program("default", "a", 10000007, "02/01/2025"), program("default", "b", 10000027, "02/01/2025")}, "2025-01-02"},
		"ci":      {[]store.ResponsysProgram{program("ci", "b", 10000007, "01/01/1970")}, "1970-01-01"},
	} {
		ctx := store.WithWorkspace(t.Context(), workspace)
		access, err := s.Access(ctx)
		if err != nil || access.Refuses("responsys", store.RefusedUser, "u", s.Now()) != (workspace == "ci") {
			t.Errorf("%s: the disabled user is refused, and nobody else: %v", workspace, err)
		}
		err = s.Read(ctx, func(q *store.Query) error {
			programs, err := q.ResponsysPrograms(nil, 0, 9)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want.programs, programs); diff != "" {
				t.Errorf("%s: the programs (-want +got):\n%s", workspace, diff)
			}
			u, err := q.ResponsysUser("u")
			if u.LoginState != store.ResponsysActive || u.Locale != "en" || u.CreatedOn != want.createdOn || u.Enabled != (workspace == "default") {
				t.Errorf("%s: the user is %+v", workspace, u)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err = s.Read(t.Context(), func(q *store.Query) error {
		set, err := q.ResponsysAccess(store.ResponsysKindProgram, "b")
		if len(set) != 1 || set[0].Lineage != "7:" {
			t.Errorf("the set is %+v", set)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
