package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviCardinalities(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for relationship, allowed := range map[string]map[string]bool{
			"one_one":  {"a b": true, "a d": false, "d b": false, "b a": true, "d e": true, "a a": false, "e d": true},
			"one_many": {"a b": true, "a d": true, "d b": false, "a e": true, "e b": false},
			"many_one": {"a b": true, "d b": true, "a d": false, "e b": true, "a e": false},
			"plain":    {"a b": true, "a d": true, "d b": true},
		} {
			s.want(t, 201, sviPost(sviNew(t, relationship, "a", "b", nil)))
			delete(allowed, "a b")
			for _, ends := range []string{"a d", "d b", "b a", "d e", "a a", "e d", "a e", "e b"} {
				may, asked := allowed[ends]
				if !asked {
					continue
				}
				from, to, _ := strings.Cut(ends, " ")
				c := sviPost(sviNew(t, relationship, from, to, nil))
				if may {
					s.want(t, 201, c)
					continue
				}
				f := s.wantFault(t, 409, c)
				if f.ID != "DH9011" || !strings.HasPrefix(f.Message, "The cardinality "+strings.ToUpper(strings.Replace(relationship, "_", "_to_", 1))+" ") {
					t.Errorf("%s, %s: got %+v", relationship, ends, f)
				}
			}
			if relationship == "plain" {
				continue
			}
			again := sviPost(sviNew(t, relationship, "a", "b", nil))
			s.wantFault(t, 409, again)
			s.want(t, 204, sviDelete(relationship+"|_|place|_|place|_|a|_|b"))
			s.want(t, 201, again)
		}
	})
}

// Of many who link the same document at once, where one may, one does.
func TestSviOneOfManyCreatorsWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		ends := []string{"a", "b", "d", "e"}
		for relationship, create := range map[string]func(i int) (from, to string){
			"one_one":  func(i int) (string, string) { return ends[i%2], "d" },
			"one_many": func(i int) (string, string) { return ends[i%4], "e" },
			"many_one": func(i int) (string, string) { return "a", ends[i%4] },
		} {
			const creators = 32
			counts := s.together(t, creators, func(i int) call {
				from, to := create(i)
				if i%8 == 7 { // some of them in bulk, whose answer is 200
					return sviBulk(sviItems(sviNew(t, relationship, from, to, nil)))
				}
				return sviPost(sviNew(t, relationship, from, to, nil))
			})
			made := 0
			for _, end := range ends {
				made += len(s.sviListed(t, sviList(relationship, end)))
			}
			if made != 1 || counts[201] > 1 || counts[201]+counts[409]+counts[200] != creators || counts[200] != creators/8 {
				t.Errorf("%s: %d links; got %v", relationship, made, counts)
			}
		}
	})
}

// Links are made and deleted at once: there is never more than the one that may be, and
// whoever was told of a link or of its end was told the truth.
func TestSviCreationRacesDeletion(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		const id = "one_one|_|place|_|place|_|a|_|b"
		balance := 0
		for range 4 {
			counts := s.together(t, 16, func(i int) call {
				if i%2 == 0 {
					return sviPost(sviNew(t, "one_one", "a", "b", nil))
				}
				return sviDelete(id)
			})
			if counts[201]+counts[409] != 8 || counts[204]+counts[404] != 8 {
				t.Fatalf("got %v", counts)
			}
			balance += counts[201] - counts[204]
			if keys := s.sviListed(t, sviList("one_one", "a")); len(keys) != balance || balance < 0 || balance > 1 {
				t.Fatalf("got links %v, want %d", keys, balance)
			}
		}
	})
}
