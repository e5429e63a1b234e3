package storetest

import (
	"strconv"
	"time"

	"orglink/store"
)

// sampleCO is the CO of samples.
const sampleCO = 2

func sampleRecord() store.ComanageRecord {
	return store.ComanageRecord{CO: sampleCO, Created: moment, Modified: moment.Add(time.Minute), Actor: "co_2.maker"}
}

func samplePerson(int64) store.ComanagePerson {
	return store.ComanagePerson{
		ComanageRecord: sampleRecord(), Status: "Active",
		DateOfBirth: new("1971-02-28"), Timezone: new("Europe/Berlin"),
	}
}

func clearPerson(p *store.ComanagePerson) {
	p.Status, p.DateOfBirth, p.Timezone = "", nil, nil
}

func sampleOrgIdentity(int64) store.ComanageOrgIdentity {
	from, through := moment.Add(-time.Hour), moment.Add(time.Hour)
	return store.ComanageOrgIdentity{
		ComanageRecord: sampleRecord(), Status: new("SY"), DateOfBirth: new("1971-02-28"), Affiliation: new("staff"),
		Title: new("Ärztin"), O: new(""), Ou: new("Ward 3"), ValidFrom: &from, ValidThrough: &through,
		ManagerIdentifier: new("m"), SponsorIdentifier: new("s"),
	}
}

func clearOrgIdentity(o *store.ComanageOrgIdentity) {
	*o = store.ComanageOrgIdentity{ComanageRecord: o.ComanageRecord}
}

func sampleName(n int64) store.ComanageName {
	return store.ComanageName{
		ComanageRecord: sampleRecord(), ComanageOwner: store.ComanageOwner{PersonID: &n},
		Honorific: new("Dr."), Given: "Zoë", Middle: new(""), Family: new("O'Neil"), Suffix: new("III"),
		Type: "official", Language: new("en"), PrimaryName: true,
	}
}

func clearName(n *store.ComanageName) {
	*n = store.ComanageName{ComanageRecord: n.ComanageRecord, ComanageOwner: n.ComanageOwner}
}

func sampleIdentifier(n int64) store.ComanageIdentifier {
	return store.ComanageIdentifier{
		ComanageRecord: sampleRecord(), ComanageOwner: store.ComanageOwner{PersonID: &n},
		Identifier: "Id-" + strconv.FormatInt(n, 10), Type: "eppn", Language: new("en"), Login: true, Status: "Active",
	}
}

func clearIdentifier(i *store.ComanageIdentifier) {
	*i = store.ComanageIdentifier{ComanageRecord: i.ComanageRecord, ComanageOwner: i.ComanageOwner}
}

func sampleLink(n int64) store.ComanageLink {
	return store.ComanageLink{ComanageRecord: sampleRecord(), PersonID: n, OrgIdentityID: n}
}
