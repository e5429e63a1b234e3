package store_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"orglink/store"
	"orglink/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// The migrations are written by hand, so that they can be reviewed; here they are
// held against what GORM would make of the models.
func TestMigrationsMakeTheTablesOfTheModels(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		compareSchemas(t,
			"sqlite:"+filepath.Join(t.TempDir(), "migrated.db"),
			"sqlite:"+filepath.Join(t.TempDir(), "models.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		migrated := storetest.Postgres(t)
		compareSchemas(t, migrated, otherSchema(t, storetest.Postgres(t)))
	})
}

// otherSchema makes an empty schema in the database and returns its URL.
func otherSchema(t *testing.T, databaseURL string) string {
	t.Helper()
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA models"); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", "models")
	u.RawQuery = query.Encode()
	return u.String()
}

func compareSchemas(t *testing.T, migratedURL, modelsURL string) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: migratedURL, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	models, err := store.AutoMigrate(modelsURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range store.Models() {
		want, got := columns(t, models, model), columns(t, s.DB(), model)
		if len(want) == 0 {
			t.Errorf("%T: no columns: the comparison would be empty", model)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T: the migrations differ from the model (-model +migration):\n%s", model, diff)
		}
	}
}

// column is what is compared of a column.
type column struct {
	Name     string
	Type     string
	Nullable bool
	Key      bool
}

func columns(t *testing.T, db *gorm.DB, model any) []column {
	t.Helper()
	types, err := db.Migrator().ColumnTypes(model)
	if err != nil {
		t.Fatalf("%T: %v", model, err)
	}
	var list []column
	for _, c := range types {
		nullable, _ := c.Nullable()
		key, _ := c.PrimaryKey()
		kind := strings.ToLower(c.DatabaseTypeName())
		if kind == "numeric" || kind == "int8" || kind == "int4" || kind == "integer" || kind == "bigint" || kind == "bool" || kind == "boolean" {
			kind = "number" // a boolean is one in SQLite; sizes do not matter
		}
		list = append(list, column{c.Name(), kind, nullable && !key, key})
	}
	slices.SortFunc(list, func(a, b column) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// A new id that another has chosen meanwhile is known by the name of the key.
func TestPostgresNamesTheKeysOfTablesWithASequence(t *testing.T) {
	t.Parallel()
	s := openStore(t, storetest.Postgres(t))
	var sequences, keys []string
	err := errors.Join(
		s.DB().Raw(`SELECT replace(sequencename, '_ids', '_pkey') FROM pg_sequences WHERE sequencename LIKE '%\_ids' ORDER BY 1`).Scan(&sequences).Error,
		s.DB().Raw(`SELECT conname FROM pg_constraint WHERE contype = 'p' AND conname IN ? ORDER BY 1`, sequences).Scan(&keys).Error,
	)
	if err != nil || len(keys) != 8 || !slices.Equal(keys, sequences) {
		t.Errorf("the sequences want the keys %v, there are %v, %v", sequences, keys, err)
	}
}

func TestOpenRefusesASchemaThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	empty := otherSchema(t, storetest.Postgres(t))
	_, err := store.Open(t.Context(), store.Config{URL: empty})
	if err == nil || !strings.Contains(err.Error(), "schema") {
		t.Fatalf("an empty Postgres database: got %v, want a refusal of its schema", err)
	}
	s, err := store.Open(t.Context(), store.Config{URL: empty, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.DB().Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("a schema newer than the build is reported as ready")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
