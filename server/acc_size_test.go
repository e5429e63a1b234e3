package server_test

import (
	"database/sql"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// accLongName is as long as a name can be: 255 characters of four bytes.
var accLongName = strings.Repeat("🏗", 255)

// accDeep is a chain of long names, from 1 to depth, and leaves below its end.
func accDeep(depth, leaves int) string {
	var units []string
	for id := 1; id <= depth; id++ {
		units = append(units, accUnit(id, id-1, accLongName))
	}
	for i := range leaves {
		units = append(units, accUnit(1000+i, depth, "x"))
	}
	return accUnits(units...)
}

// A path can be 64 KB long, and a request can have one for every unit of 100 bytes.
func TestAccRefusesMorePathsThanAnAnswerCanHold(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "A"))))
		s.accCode(t, accPut(accUS, accDeep(63, 1100)), 422, 1002)
		s.accHolds(t, accUS, "A<-")
		// Stored units above count, too.
		s.want(t, 200, accPut(accUS, accDeep(63, 0)))
		s.accCode(t, accPut(accUS, strings.Replace(accDeep(63, 1100), accLongName, "x", 1)), 422, 1002)
		if n := len(s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits); n != 63 {
			t.Errorf("%d units, want 63", n)
		}
	})
}

// While an answer of long paths is sent, the server holds a small part of it. The
// test is not parallel: others would be measured with it.
func TestAccHoldsASmallPartOfAnAnswer(t *testing.T) {
	s := start(t, servertest.Demo())
	t.Run("PUT, siblings", func(t *testing.T) {
		s.accHeldWhile(t, accPut(accUS, accDeep(63, 1000)))
	})
	// Every leaf has a parent of its own, and their paths become long afterwards.
	var pairs []string
	for i := range 500 {
		pairs = append(pairs, accUnit(3000+i, 61, "x"), accUnit(4000+i, 3000+i, "y"))
	}
	s.want(t, 200, accPut(accUS, accUnits(append(accChain(0, 1, 61), pairs...)...)))
	s.want(t, 200, accPut(accUS, accDeep(61, 0)))
	t.Run("GET, many parents", func(t *testing.T) {
		s.accHeldWhile(t, accGet(accUS))
	})
}

// accHeldWhile sends the call, looks at the live heap after the first bytes of the
// answer, while the server waits for the reader, and fails the test if the heap grew
// by more than a quarter of the answer.
func (s *site) accHeldWhile(t *testing.T, c call) {
	t.Helper()
	req, err := http.NewRequest(c.method, s.URL+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	before := liveHeap()
	resp, err := s.Client().Do(req) // not recorded: the recorder keeps answers whole
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	begun, err := io.CopyN(io.Discard, resp.Body, 1<<20)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %d bytes, %v", resp.StatusCode, begun, err)
	}
	grown := max(0, liveHeap()-before)
	rest, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	size := begun + rest
	t.Logf("answer of %d KB, heap grown by %d KB", size>>10, grown>>10)
	if size < 50<<20 || grown > size/4 {
		t.Errorf("an answer of %d bytes made the heap grow by %d", size, grown)
	}
}

// liveHeap is the size of what is in use, in bytes.
func liveHeap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// A list does not take more memory the longer it is. The test is not parallel.
func TestAccHoldsASmallPartOfALongList(t *testing.T) {
	notUnderRace(t, ofMemory)
	for name, database := range map[string]func(t *testing.T) (url, driver, source string){
		"sqlite": func(t *testing.T) (url, driver, source string) {
			path := filepath.Join(t.TempDir(), "orglink.db")
			return "sqlite:" + path, "sqlite3", "file:" + path + "?_synchronous=OFF"
		},
		"postgres": func(t *testing.T) (url, driver, source string) {
			url = storetest.Postgres(t)
			return url, "pgx", url
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, driver, source := database(t)
			s := start(t, servertest.Database(url), servertest.Demo())
			db, err := sql.Open(driver, source)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			// With statistics, as a database has them that was filled long ago.
			for _, statement := range append(accManyUnits(40_000, accLongName), "ANALYZE") {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			s.accHeldWhile(t, accGet(accUS))
		})
	}
}
