package server_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// A demo that callers have changed, so that its own definitions would lose what they
// stored, does not keep the server from starting.
func TestAChangedDemoStartsAgain(t *testing.T) {
	t.Parallel()
	database := servertest.Database("sqlite:" + filepath.Join(t.TempDir(), "orglink.db"))
	t.Run("change it", func(t *testing.T) {
		s := start(t, servertest.Demo(), database)
		more := strings.Replace(sviDemoPerson, "fields: [", "fields: [{name: nickname, dataType: string}, ", 1)
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, more)})
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t,
			"svi: {documents: [{objectTypeName: person, id: nick, fieldValues: {nickname: Nick}}]}")})
	})
	log := &bytes.Buffer{}
	s := start(t, servertest.Demo(), database, servertest.Log(slog.New(slog.NewTextHandler(log, nil))))
	s.want(t, 200, sviGet(sviFourParts))
	if !strings.Contains(log.String(), "the demo data were not applied again") {
		t.Errorf("the log says nothing of it: %s", log)
	}
}

const sviDemoPerson = `
svi:
  entityTypes:
    - name: person
      fields: [{name: id, dataType: string, primaryKey: true}, {name: first_name, dataType: string, displayLabel: true},
        {name: last_name, dataType: string, displayLabel: true}, {name: version, dataType: integer, versionRole: true},
        {name: national_id, dataType: string, masked: true, revealGroups: [RevealMasked]}]
`
