package server_test

import (
	"fmt"
	"testing"

	"orglink/server/servertest"
)

// Of 64 who write to a link at one version, one does, in whatever way they write.
func TestSviOneOf64WritersWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		const writers = 64
		version := 4
		for name, write := range map[string]func(i int) call{
			"PUT": func(i int) call { return sviPut(sviNear, sviBody(t, version, sviNearFields("count", i))) },
			"PATCH": func(i int) call {
				return sviPatch(sviNear, fmt.Sprintf(`[{"op":"add","path":"/fieldValues/count","value":%d}]`, i), "If-Match", fmt.Sprint(version))
			},
			"all ways": func(i int) call {
				body := sviBody(t, version, sviNearFields("count", i))
				return []call{
					sviPut(sviNear, body), sviPut("near|_|place|_|place|_|a|_|b", body, "If-Match", fmt.Sprint(version)), sviPutEnds("near", "a", "b", body),
					sviPatch(sviNear, fmt.Sprintf(`[{"op":"add","path":"/fieldValues/count","value":%d}]`, i), "If-Match", fmt.Sprint(version)),
				}[i%4]
			},
		} {
			counts := s.together(t, writers, write)
			if counts[200] != 1 || counts[412] != writers-1 {
				t.Fatalf("%s: got %v, want one 200 and %d times 412", name, counts, writers-1)
			}
			version++
			if got := s.wantLink(t, 200, sviGet(sviNear)); got.FieldValues["version"] != float64(version) {
				t.Fatalf("%s: got version %v, want %d", name, got.FieldValues["version"], version)
			}
		}
		if got := s.sviKept(t, sviNear); got != 4 { // the first one, and one for each round
			t.Errorf("%d versions are kept", got)
		}
	})
}

// Writers who read anew when they lost all win in the end: the final version is the
// number of successes, and that of the beginning.
func TestSviFinalVersionCountsTheSuccesses(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		id := s.wantLink(t, 201, sviPost(sviNew(t, "near", "d", "e", sviNearFields("grade", 1)))).ID
		successes := 0
		for round := range 5 {
			version := sviVersion(t, s, id)
			counts := s.together(t, 12, func(i int) call {
				if (round+i)%2 == 0 {
					return sviPatch(id, `[{"op":"add","path":"/fieldValues/count","value":1}]`, "If-Match", version)
				}
				return sviPut(id, fmt.Sprintf(`{"fieldValues":{"kind":"road","version":%s}}`, version))
			})
			successes += counts[200]
			if counts[200]+counts[412] != 12 {
				t.Fatalf("got %v", counts)
			}
		}
		if version := sviVersion(t, s, id); version != fmt.Sprint(successes+1) || successes != 5 {
			t.Errorf("version %s after %d successes", version, successes)
		}
		if got := s.sviKept(t, id); got != successes+1 {
			t.Errorf("%d versions are kept of %d", got, successes+1)
		}
	})
}

// A deletion among writers: whoever comes after it finds nothing, and nothing comes back.
func TestSviWritersRaceADeletion(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		for range 3 {
			id := s.wantLink(t, 201, sviPost(sviNew(t, "loose", "d", "e", nil))).ID
			counts := s.together(t, 12, func(i int) call {
				switch i % 4 {
				case 0:
					return sviDelete(id)
				case 1:
					return sviPatch(id, `[{"op":"add","path":"/fieldValues/note","value":"n"}]`)
				}
				return sviPut(id, `{"fieldValues":{"note":"n"}}`)
			})
			if counts[204] != 1 || counts[204]+counts[200]+counts[404] != 12 {
				t.Fatalf("got %v", counts)
			}
			s.wantFault(t, 404, sviGet(id))
		}
	})
}

// sviKept is how many versions are kept of a link.
func (s *site) sviKept(t *testing.T, id string) int {
	t.Helper()
	var versions sviVersions
	s.want(t, 200, sviOf("GET", "versions", id)).json(t, &versions)
	return versions.Count
}
