package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

type comanageNew struct {
	CoOrgIdentityLinks []struct {
		CoPersonID    json.Number `json:"CoPersonId"`
		OrgIdentityID json.Number `json:"OrgIdentityId"`
	}
}

type comanageCreated struct {
	ResponseType string
	Version      string
	ObjectType   string
	ID           string `json:"Id"`
}

type comanageLinks struct {
	ResponseType       string
	Version            string
	CoOrgIdentityLinks [1]comanageLink
}

type comanageLink struct {
	Version             string
	ID                  string `json:"Id"`
	CoPersonID          string `json:"CoPersonId"`
	OrgIdentityID       string `json:"OrgIdentityId"`
	Created             string
	Modified            string
	CoOrgIdentityLinkID *string `json:"CoOrgIdentityLinkId,omitempty"`
	Revision            string
	Deleted             bool
	ActorIdentifier     string
}

func (b baseline) postComanageLink(w http.ResponseWriter, r *http.Request) error {
	var body comanageNew
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if len(body.CoOrgIdentityLinks) != 1 {
		return refusal(http.StatusBadRequest)
	}
	person, err := body.CoOrgIdentityLinks[0].CoPersonID.Int64()
	if err != nil {
		return refusal(http.StatusBadRequest)
	}
	org, err := body.CoOrgIdentityLinks[0].OrgIdentityID.Int64()
	if err != nil {
		return refusal(http.StatusBadRequest)
	}
	// Nobody deletes either end meanwhile. SQLite's writer is alone.
	keep := ""
	if b.db.postgres {
		keep = " FOR SHARE"
	}
	var id int64
	err = b.db.write(func(s statements) error {
		var co, orgCO int64
		var gone, orgGone bool
		err := queryRow(s, []any{&co, &gone}, "SELECT co, deleted FROM comanage_people WHERE id = $1"+keep, person)
		if err != nil {
			return orRefused(err, http.StatusForbidden)
		}
		err = queryRow(s, []any{&orgCO, &orgGone}, "SELECT co, deleted FROM comanage_orgs WHERE id = $1"+keep, org)
		if err != nil {
			return orRefused(err, http.StatusForbidden)
		}
		if gone || orgGone || co != orgCO {
			return refusal(http.StatusForbidden)
		}
		now := toTheSecond()
		return queryRow(s, []any{&id}, `INSERT INTO comanage_links
			(co, person_id, org_id, created, modified, revision, deleted, actor)
			VALUES ($1, $2, $3, $4, $5, 0, false, $6) RETURNING id`,
			co, person, org, now, now, "co_1.demo")
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, comanageCreated{"NewObject", "1.0", "CoOrgIdentityLink", strconv.FormatInt(id, 10)})
}

func (b baseline) getComanageLink(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(strings.TrimSuffix(r.PathValue("file"), ".json"), 10, 64)
	if err != nil {
		return refusal(http.StatusNotFound)
	}
	link := comanageLink{Version: "1.0", ID: strconv.FormatInt(id, 10)}
	var person, org, revision int64
	var archiveOf *int64
	err = queryRow(b.db.reads, []any{&person, &org, &link.Created, &link.Modified, &archiveOf, &revision, &link.Deleted, &link.ActorIdentifier},
		`SELECT person_id, org_id, created, modified, archive_of, revision, deleted, actor FROM comanage_links WHERE id = $1`, id)
	if err != nil {
		return orRefused(err, http.StatusNotFound)
	}
	link.CoPersonID, link.OrgIdentityID = strconv.FormatInt(person, 10), strconv.FormatInt(org, 10)
	link.Revision = strconv.FormatInt(revision, 10)
	if archiveOf != nil {
		of := strconv.FormatInt(*archiveOf, 10)
		link.CoOrgIdentityLinkID = &of
	}
	return writeJSON(w, http.StatusOK, comanageLinks{"CoOrgIdentityLinks", "1.0", [1]comanageLink{link}})
}
