package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// SviCreateDocument stores a new document. One of its type and id is ErrConflict; the
// transaction goes on.
func (tx *Tx) SviCreateDocument(d SviDocument) error {
	d.Workspace = tx.workspace
	created := tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&d)
	if created.Error == nil && created.RowsAffected == 0 {
		return fmt.Errorf("document %s of %s: %w", d.ID, d.Type, ErrConflict)
	}
	return created.Error
}

// SviLockDocument finds a document, or ErrNotFound. Nobody else changes or deletes it
// until the transaction ends; links to it can still be made.
func (tx *Tx) SviLockDocument(entityType, id string) (SviDocument, error) {
	var d SviDocument
	err := tx.document(entityType, id).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Take(&d).Error
	return d, err
}

// SviUpdateDocument sets attributes, validity and the fields of the last update of a
// document and adds 1 to its version, if the version is still the one in d. If it is
// not, nothing changes and the error is ErrStale, or ErrNotFound without a document.
func (tx *Tx) SviUpdateDocument(d SviDocument) (SviDocument, error) {
	version := d.Version
	d.Version++
	updated := tx.document(d.Type, d.ID).Model(&SviDocument{}).
		Where("version = ?", version).
		Select("version", "attributes", "valid_from", "valid_to", "last_updated_at", "last_updated_by").
		Updates(&d)
	if updated.Error != nil || updated.RowsAffected > 0 {
		return d, updated.Error
	}
	if _, err := tx.SviDocument(d.Type, d.ID); err != nil {
		return d, err
	}
	return d, fmt.Errorf("document %s of %s is not at version %d: %w", d.ID, d.Type, version, ErrStale)
}

// SviDeleteDocument deletes a document and its lock, or fails with ErrNotFound.
func (tx *Tx) SviDeleteDocument(entityType, id string) error {
	deleted := tx.document(entityType, id).Delete(&SviDocument{})
	if deleted.Error != nil {
		return deleted.Error
	}
	if deleted.RowsAffected == 0 {
		return fmt.Errorf("document %s of %s: %w", id, entityType, ErrNotFound)
	}
	return tx.document(entityType, id).Delete(&SviLock{}).Error
}

// document starts a statement on one document, or on its lock.
func (tx *Tx) document(entityType, id string) *gorm.DB {
	return tx.rows().Where("type = ? AND id = ?", entityType, id)
}

// SviDocumentPage says which documents of a type to list.
type SviDocumentPage struct {
	Type string
	// IDs, unless nil, are those of the documents to list.
	IDs []string
	// Where, unless nil, is a condition on the documents.
	Where *SviCondition
	// Sort are the keys of the order, before the id.
	Sort []SviSort
	// Start documents are passed over, and at most Limit are listed.
	Start, Limit int64
}

// SviDocuments lists a page of documents. Text is in the order of bytes, whatever
// the database's locale; documents without a value come last in either direction.
func (q *Query) SviDocuments(page SviDocumentPage) ([]SviDocument, error) {
	rows, err := q.documents(page)
	if err != nil {
		return nil, err
	}
	order, err := q.sviOrder(page.Sort)
	if err != nil {
		return nil, err
	}
	list := []SviDocument{}
	err = rows.Order(order).Offset(int(page.Start)).Limit(int(page.Limit)).Find(&list).Error
	return list, err
}

// SviCountDocuments counts the documents of all pages.
func (q *Query) SviCountDocuments(page SviDocumentPage) (count int64, err error) {
	rows, err := q.documents(page)
	if err != nil {
		return 0, err
	}
	err = rows.Model(&SviDocument{}).Count(&count).Error
	return count, err
}

// documents starts a statement on the documents of all pages.
func (q *Query) documents(page SviDocumentPage) (*gorm.DB, error) {
	rows := q.rows().Where("type = ?", page.Type)
	if page.IDs != nil {
		rows = rows.Where("id IN ?", page.IDs)
	}
	if page.Where == nil {
		return rows, nil
	}
	where, args, err := q.sviWhere(*page.Where)
	return rows.Where("("+where+")", args...), err
}
