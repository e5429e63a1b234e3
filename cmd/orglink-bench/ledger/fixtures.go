package ledger

import (
	"encoding/json"
	"fmt"
)

// object is a JSON object.
type object = map[string]any

const (
	benchToken = "bench-token"
	benchUser  = "co_1.bench"
	// benchHash is bcrypt of demo-secret: ready-made, a start hashes nothing.
	benchHash = "$2a$10$X.0XJTPi1xHF1FUM7zd2juY19kNRZOR9AoIsniBbdi6gYAeWs1X2u"
)

// Fixtures is the document of what the authors need: for each an account, a CO, a
// program and a link of its own.
func Fixtures() []byte {
	var accounts, cos, identities, members, programs, links []object
	for author := range authors {
		accounts = append(accounts, object{"id": accAccount(author), "name": fmt.Sprint("Account ", author), "region": "US", "clients": []string{"bench"}})
		cos = append(cos, object{"id": comanageCO(author), "name": fmt.Sprint("CO ", author)})
		identities = append(identities, object{"id": comanageEdited(author), "co": comanageCO(author), "title": comanageTitle(0)})
		members = append(members, object{
			"accountId": uuid(author, 0), "loyaltyId": fmt.Sprint("loyalty-", author),
			"sessions": []object{{"correlationId": cuxSession(author)}},
		})
		programs = append(programs, object{"name": responsysProgram(author), "organizations": []string{}})
		links = append(links, object{
			"key": sviKey(author), "relationshipTypeName": "bench_link", "fromObjectTypeName": "bench_report",
			"fromObjectId": "r", "toObjectId": "p", "fieldValues": object{"statement": sviStatement(1)},
		})
	}
	var organizations []object
	for i := range responsysOrganizations {
		organizations = append(organizations, object{"name": responsysOrganization(i)})
	}
	client := object{"id": "bench", "secret": "bench-secret", "scopes": []string{"account:read", "account:write", "data:read"}}
	token := object{"token": benchToken, "subject": "bench"}
	document, err := json.Marshal(object{
		"acc": object{
			"clients": []object{client}, "accounts": accounts,
			"tokens": []object{{"token": benchToken, "subject": "bench", "scopes": client["scopes"]}},
		},
		"comanage": object{
			"cos": cos, "orgIdentities": identities,
			"apiUsers": []object{{"name": benchUser, "secretHash": benchHash, "privileged": true}},
		},
		"cux": object{
			"clients": []object{client}, "tokens": []object{token},
			"businessUnits": []string{cuxUnit}, "accounts": members,
		},
		"responsys": object{
			"users": []object{{"name": "bench", "passwordHash": benchHash}}, "tokens": []object{token},
			"organizations": []object{{"name": "root", "children": organizations}}, "programs": programs,
		},
		"svi": sviFixtures(token, links),
	})
	if err != nil {
		panic(err) // plain maps always marshal
	}
	return document
}

// sviFixtures has one relationship type, which keeps each version of a link.
func sviFixtures(token object, links []object) object {
	key := object{"name": "id", "dataType": "string", "primaryKey": true}
	return object{
		"users": []object{{"name": "bench", "passwordHash": benchHash}}, "tokens": []object{token},
		"entityTypes": []object{
			{"name": "bench_report", "fields": []object{key}},
			{"name": "bench_person", "fields": []object{key}},
		},
		"relationshipTypes": []object{{
			"name": "bench_link", "fromObjectName": "bench_report", "toObjectName": "bench_person", "historyEnabled": true,
			"bridge":                 object{"keyFieldName": "sk", "fromFieldName": "reportId", "toFieldName": "personId"},
			"versionNumberFieldName": "version",
			"fields":                 []object{{"name": "statement", "dataType": "string", "length": 100}},
		}},
		"documents": []object{{"objectTypeName": "bench_report", "id": "r"}, {"objectTypeName": "bench_person", "id": "p"}},
		"links":     links,
	}
}

// uuid makes one of the author's; the same numbers make the same one.
func uuid(author, n int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", author+1, n)
}
