package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"orglink/store"
)

func testComanagePage(t *testing.T, open Open) {
	t.Run("pages follow each other", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		chosen := []int64{9, 3, 1 << 40, 7, 1<<63 - 1}
		for _, id := range chosen {
			mustWrite(ctx, t, s, func(tx *store.Tx) error {
				return store.ComanageMake(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{ID: id, CO: 2}})
			})
		}
		slices.Sort(chosen)
		for _, filter := range []store.ComanageFilter{{}, {CO: 2}} {
			var got []int64
			for after := int64(0); ; after = got[len(got)-1] {
				page := pageIDs[store.ComanagePerson](ctx, t, s, filter, after, 2)
				got = append(got, page...)
				if len(page) < 2 {
					break
				}
			}
			if !slices.Equal(got, chosen) {
				t.Errorf("by %+v the pages hold %v, want %v", filter, got, chosen)
			}
			if page := pageIDs[store.ComanagePerson](ctx, t, s, filter, 1<<63-1, 2); len(page) != 0 {
				t.Errorf("after the last one come %v", page)
			}
		}
	})
	t.Run("filters choose, alone and together", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		other := workspace(t, s, "other")
		a := makeFamily(ctx, t, s, 2, "same-a")
		b := makeFamily(ctx, t, s, 2, "same-b")
		c := makeFamily(ctx, t, s, 3, "same-c")
		makeFamily(other, t, s, 2, "same-a")
		makeFamily(other, t, s, 3, "same-other")
		addObject(ctx, t, s, identifier(personOwner(b.person), "uid", "same-b, again"))
		addObject(ctx, t, s, identifier(orgOwner(b.org), "uid", "same-b, again"))

		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{}, a.person, b.person, c.person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{CO: 2}, a.person, b.person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{CO: 4})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "same"}, a.person, b.person, c.person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "same", CO: 3}, c.person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "e-B"}, b.person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "same-a", CO: 3})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "other"})
		wantPage[store.ComanageOrgIdentity](ctx, t, s, store.ComanageFilter{Identifier: "SAME-"}, a.org, b.org, c.org)
		wantPage[store.ComanageOrgIdentity](ctx, t, s, store.ComanageFilter{Identifier: "same-", CO: 2}, a.org, b.org)
		wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{CO: 2}, a.link, b.link)
		wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{PersonID: b.person}, b.link)
		wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{OrgIdentityID: c.org}, c.link)
		wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{OrgIdentityID: c.org, PersonID: b.person})
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{CO: 3}, c.personName, c.orgName)
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{PersonID: b.person}, b.personName)
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{OrgIdentityID: b.org}, b.orgName)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{CO: 3}, c.personID, c.orgID)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{PersonID: a.person}, a.personID)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{OrgIdentityID: a.org}, a.orgID)
	})
	t.Run("only current identifiers and names find their owners", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		person := addObject(ctx, t, s, samplePerson(0))
		id := addObject(ctx, t, s, identifier(personOwner(person), "eppn", "before"))
		name := addObject(ctx, t, s, primaryName(personOwner(person)))
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return errors.Join(
				edit(tx, id, func(i *store.ComanageIdentifier) { i.Identifier = "after" }),
				edit(tx, name, func(n *store.ComanageName) { n.Given, n.Family = "Given", new("Family") }))
		})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "before"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "after"}, person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "zoë"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "given", FamilyName: "fam"}, person)
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return errors.Join(
				store.ComanageDelete[store.ComanageIdentifier](tx, id, moment, ""),
				store.ComanageDelete[store.ComanageName](tx, name, moment, ""))
		})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: "after"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "given"})
	})
	t.Run("names match from their beginning, in one name", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		person := addObject(ctx, t, s, samplePerson(0))
		single := addObject(ctx, t, s, samplePerson(0))
		for _, name := range []store.ComanageName{
			{ComanageOwner: personOwner(person), Given: "Marianne", Family: new("Evans")},
			{ComanageOwner: personOwner(person), Given: "George", Family: new("Eliot")},
			{ComanageOwner: personOwner(single), Given: "George"},
			{ComanageOwner: orgOwner(person), Given: "Org"},
		} {
			name.CO = sampleCO
			addObject(ctx, t, s, name)
		}
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "GEO"}, person, single)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{FamilyName: "e"}, person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "george", FamilyName: "eliot"}, person)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "george", FamilyName: "evans"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "anne"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "org"})
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: "geo", CO: sampleCO + 1})
	})
	t.Run("texts are found in any case, and as they are", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		for _, text := range []struct{ stored, found, missed string }{
			{"100%", "0%", "1%0"},
			{"a_b", "A_B", "a__"},
			{`a\b`, `\B`, `a\\b`},
			{`\%_`, `\%_`, `\_%`},
			{"Ärger", "äRG", "arg"},
			{"straẞe", "STRAß", "strass"},
			{"İzmir", "İZM", "izmir!"},
			{"ΟΔΟΣ", "οδος", "σσ"},
			{"Ångström", "ÅNG", "ang"},
			{"日本", "日本", "本日"},
			{"😀Emoji", "😀EM", "😁"},
			{"o'Neil; --", "O'NEIL; --", "o''"},
		} {
			person := addObject(ctx, t, s, samplePerson(0))
			addObject(ctx, t, s, identifier(personOwner(person), "uid", text.stored))
			addObject(ctx, t, s, store.ComanageName{ComanageRecord: sampleRecord(), ComanageOwner: personOwner(person), Given: text.stored, Family: &text.stored})
			whole := store.ComanageFilter{Identifier: text.stored, GivenName: text.stored, FamilyName: text.stored}
			wantPage[store.ComanagePerson](ctx, t, s, whole, person)
			wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: text.found}, person)
			wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{Identifier: text.missed})
			wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{GivenName: text.missed})
			wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{FamilyName: text.missed})
		}
	})
	t.Run("a text longer than any matches nobody", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		person := addObject(ctx, t, s, samplePerson(0))
		addObject(ctx, t, s, identifier(personOwner(person), "uid", "a"))
		addObject(ctx, t, s, primaryName(personOwner(person)))
		long := strings.Repeat("a_%", 100_000)
		for _, filter := range []store.ComanageFilter{{Identifier: long}, {GivenName: long}, {FamilyName: long}} {
			if page := pageIDs[store.ComanagePerson](ctx, t, s, filter, 0, 10); len(page) != 0 {
				t.Errorf("got %v", page)
			}
		}
	})
	t.Run("a workspace stands until it is dropped", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := workspace(t, s, "made")
		standing := func(w store.Workspace) error {
			return s.Read(ctx, func(q *store.Query) error { return q.Standing(w) })
		}
		w, err := s.Workspace(ctx, "made")
		if err != nil {
			t.Fatal(err)
		}
		if err := standing(w); err != nil {
			t.Errorf("while it stands: %v", err)
		}
		if err := s.DropWorkspace(t.Context(), "made"); err != nil {
			t.Fatal(err)
		}
		if err := standing(w); !errors.Is(err, store.ErrNoWorkspace) {
			t.Errorf("after it was dropped: got %v, want ErrNoWorkspace", err)
		}
		workspace(t, s, "made")
		if err := standing(w); !errors.Is(err, store.ErrNoWorkspace) {
			t.Errorf("after another of its name was made: got %v, want ErrNoWorkspace", err)
		}
	})
}
