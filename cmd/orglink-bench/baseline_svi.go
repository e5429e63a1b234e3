package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

type sviUpdate struct {
	FieldValues map[string]any `json:"fieldValues"`
}

type sviLink struct {
	RelationshipTypeName    string         `json:"relationshipTypeName"`
	RelationshipTypeVersion int64          `json:"relationshipTypeVersion"`
	RelationshipTypeLabel   string         `json:"relationshipTypeLabel"`
	ID                      string         `json:"id"`
	CreatedAt               string         `json:"createdAt"`
	LastUpdatedAt           string         `json:"lastUpdatedAt"`
	DisplayLabel            string         `json:"displayLabel"`
	FromObjectTypeName      string         `json:"fromObjectTypeName"`
	FromObjectTypeVersion   int64          `json:"fromObjectTypeVersion"`
	FromObjectID            string         `json:"fromObjectId"`
	ToObjectTypeName        string         `json:"toObjectTypeName"`
	ToObjectTypeVersion     int64          `json:"toObjectTypeVersion"`
	ToObjectID              string         `json:"toObjectId"`
	FieldValues             map[string]any `json:"fieldValues"`
	QualifiedTypeName       string         `json:"qualifiedTypeName"`
}

// sviSystemFields are the columns that callers send back and do not set.
var sviSystemFields = []string{
	"call_id", "callerId", "calleeId", "version", "created_at_dttm", "created_by_user_id", "last_updated_at_dttm", "last_updated_by_user_id",
}

func (b baseline) putSviLink(w http.ResponseWriter, r *http.Request) error {
	var body sviUpdate
	if err := readJSON(r, &body); err != nil {
		return err
	}
	parts := strings.Split(r.URL.Query().Get("_id"), "|_|")
	if len(parts) != 4 {
		return refusal(http.StatusBadRequest)
	}
	var link sviLink
	var version int64
	err := b.db.write(func(s statements) (err error) {
		link, version, err = b.updateSviLink(s, parts, r.Header.Get("If-Match"), maps.Clone(body.FieldValues))
		return err
	})
	if err != nil {
		return err
	}
	w.Header()["Etag"] = []string{`"` + strconv.FormatInt(version, 10) + `"`}
	return writeJSON(w, http.StatusOK, link)
}

// updateSviLink checks the link's types and its version, sets its attributes and keeps
// the new version in its history.
func (b baseline) updateSviLink(s statements, id []string, ifMatch string, values map[string]any) (link sviLink, version int64, err error) {
	keep, lock := "", ""
	if b.db.postgres {
		keep, lock = " FOR SHARE", " FOR UPDATE"
	}
	link = sviLink{
		RelationshipTypeName: id[0], FromObjectTypeName: id[1], ToObjectTypeName: id[2],
		ID: strings.Join(id, "|_|"), QualifiedTypeName: id[1] + "__" + id[0],
	}
	var typeID int64
	var fields string
	err = queryRow(s, []any{&typeID, &link.RelationshipTypeVersion, &link.RelationshipTypeLabel, &fields},
		`SELECT id, version, label, fields FROM svi_types WHERE from_type = $1 AND name = $2`+keep, id[1], id[0])
	if err != nil {
		return link, 0, orRefused(err, http.StatusNotFound)
	}
	link.DisplayLabel = link.RelationshipTypeLabel
	var createdBy string
	err = queryRow(s, []any{&link.FromObjectID, &link.ToObjectID, &version, &link.CreatedAt, &createdBy},
		`SELECT from_id, to_id, version, created_at, created_by FROM svi_links WHERE type_id = $1 AND id = $2`+lock, typeID, id[3])
	if err != nil {
		return link, 0, orRefused(err, http.StatusNotFound)
	}
	if err := readEnds(s, &link); err != nil {
		return link, 0, err
	}
	given, _ := values["version"].(float64)
	if ifMatch != `"`+strconv.FormatInt(version, 10)+`"` || int64(given) != version {
		return link, 0, refusal(http.StatusPreconditionFailed)
	}
	for _, name := range sviSystemFields {
		delete(values, name)
	}
	attributes, err := json.Marshal(values)
	if err != nil {
		return link, 0, err
	}
	link.LastUpdatedAt = toTheMillisecond()
	_, err = s.Exec(`UPDATE svi_links SET version = $1, attributes = $2, updated_at = $3, updated_by = $4
		WHERE type_id = $5 AND id = $6 AND version = $7`,
		version+1, string(attributes), link.LastUpdatedAt, "demo", typeID, id[3], version)
	if err != nil {
		return link, 0, err
	}
	version++
	_, err = s.Exec(`INSERT INTO svi_link_versions VALUES ($1, $2, $3, 'update', $4, NULL, NULL, $5, $6, $7, $8)`,
		typeID, id[3], version, string(attributes), link.CreatedAt, createdBy, link.LastUpdatedAt, "demo")
	values["call_id"], values["callerId"], values["calleeId"] = id[3], link.FromObjectID, link.ToObjectID
	values["version"] = version
	values["created_at_dttm"], values["created_by_user_id"] = link.CreatedAt, createdBy
	values["last_updated_at_dttm"], values["last_updated_by_user_id"] = link.LastUpdatedAt, "demo"
	link.FieldValues = values
	return link, version, err
}

// readEnds reads the entity types at the link's ends.
func readEnds(s statements, link *sviLink) error {
	rows, err := s.Query(`SELECT name, version, label, fields FROM svi_entities WHERE name IN ($1, $2)`, link.FromObjectTypeName, link.ToObjectTypeName)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, label, fields string
		var version int64
		if err := rows.Scan(&name, &version, &label, &fields); err != nil {
			return err
		}
		if name == link.FromObjectTypeName {
			link.FromObjectTypeVersion = version
		}
		if name == link.ToObjectTypeName {
			link.ToObjectTypeVersion = version
		}
	}
	if rows.Err() == nil && (link.FromObjectTypeVersion == 0 || link.ToObjectTypeVersion == 0) {
		return refusal(http.StatusNotFound)
	}
	return rows.Err()
}
