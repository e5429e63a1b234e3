package server_test

import (
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// sviLock is a call on the lock of a document.
func sviLock(method, typeName, id, token string) call {
	return call{method: method, path: "/locks/documents?type=" + typeName + "&id=" + id, header: sviHeader("Authorization", "Bearer "+token)}
}

func TestSviLocksOfDocuments(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		var passed atomic.Int64
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments),
			servertest.Clock(func() time.Time { return sviClock().Add(time.Duration(passed.Load())) }))
		lock := func(method, token string) call { return sviLock(method, "article", "a1", token) }
		holds := func(token, want string) {
			t.Helper()
			if a := s.want(t, 200, lock("GET", token)); a.body != want || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: got %s, want %s", token, a.body, want)
			}
		}
		holds("anna-token", "false")
		created := lock("POST", "anna-token")
		created.body, created.header["Content-Type"] = "{}", "application/json"
		if a := s.want(t, 201, created); a.body != "" || a.header.Get("Location") != "" {
			t.Errorf("got %v %s", a.header, a.body)
		}
		holds("anna-token", "true")
		holds("bert-token", "false")
		for _, token := range []string{"bert-token", "writer-token"} {
			s.want(t, 409, lock("POST", token))
			s.want(t, 204, lock("DELETE", token)) // what is not theirs stays
		}
		holds("anna-token", "true")
		// A lock keeps nobody from writing.
		s.want(t, 200, sviDoc("PUT", "article/a1", sviArticle(t, 4), "Authorization", "Bearer bert-token"))
		s.want(t, 201, sviLock("POST", "note", "n1", "bert-token"))

		passed.Add(int64(time.Hour))
		s.want(t, 201, lock("POST", "anna-token")) // two more hours from now on
		passed.Add(int64(2*time.Hour - time.Millisecond))
		holds("anna-token", "true")
		s.want(t, 409, lock("POST", "bert-token"))
		passed.Add(int64(time.Millisecond))
		holds("anna-token", "false")
		s.want(t, 201, lock("POST", "writer-token"))
		holds("writer-token", "true")
		s.want(t, 409, lock("POST", "anna-token"))

		for range 2 {
			s.want(t, 204, lock("DELETE", "writer-token"))
		}
		holds("writer-token", "false")
		s.want(t, 204, sviLock("DELETE", "article", "nope", "bert-token"))
		s.want(t, 204, sviLock("DELETE", "vault", "v1", "bert-token"))

		// The lock of a deleted document is not that of a new one.
		s.want(t, 201, sviLock("POST", "note", "n1", "anna-token"))
		s.want(t, 204, sviDoc("DELETE", "note/n1", ""))
		s.want(t, 404, sviLock("POST", "note", "n1", "bert-token"))
		s.want(t, 201, sviDoc("POST", "", `{"objectTypeName":"note","id":"n1"}`))
		s.want(t, 201, sviLock("POST", "note", "n1", "bert-token"))
	})
}

func TestSviOneOfManyTakersOfALockWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(sviDocuments))
		tokens := []string{"anna-token", "bert-token", "writer-token", "demo-token"}
		for _, id := range []string{"a1", "a2", "a3"} {
			if id != "a1" {
				s.want(t, 201, sviDoc("POST", "", `{"objectTypeName":"article","fieldValues":{"title":"t","grade":1,"code":"`+id+`"}}`))
			}
			counts := s.together(t, len(tokens), func(i int) call { return sviLock("POST", "article", id, tokens[i]) })
			if counts[201] != 1 || counts[409] != len(tokens)-1 {
				t.Fatalf("got %v, want one 201 and %d times 409", counts, len(tokens)-1)
			}
			held := 0
			for _, token := range tokens {
				if s.want(t, 200, sviLock("GET", "article", id, token)).body == "true" {
					held++
				}
			}
			if held != 1 {
				t.Errorf("%d hold the lock", held)
			}
		}
	})
}
