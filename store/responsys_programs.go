package store

import (
	"fmt"
)

// ResponsysProgram is what the account knows of a program beside who may access it.
// Its days are texts in the vendor's form, dd/MM/yyyy.
type ResponsysProgram struct {
	Workspace  string   `gorm:"primaryKey"`
	Name       string   `gorm:"primaryKey"`
	ID         int64    `gorm:"not null;autoIncrement:false"`
	Folder     string   `gorm:"not null"`
	ListID     int64    `gorm:"not null"`
	ListName   string   `gorm:"not null"`
	Channels   []string `gorm:"serializer:json;type:text;not null"`
	CreatedOn  string   `gorm:"not null"`
	CreatedBy  string   `gorm:"not null"`
	ModifiedOn string   `gorm:"not null"`
	ModifiedBy string   `gorm:"not null"`
	Status     string   `gorm:"not null"`
	// PublishedOn and UnpublishedOn are empty for what never was, UnpublishedOn also
	// while the program runs.
	PublishedOn   string `gorm:"not null"`
	UnpublishedOn string `gorm:"not null"`
}

// ResponsysProgram finds a program, or ErrNotFound.
func (q *Query) ResponsysProgram(name string) (ResponsysProgram, error) {
	var p ResponsysProgram
	err := q.rows().Where("name = ?", name).Take(&p).Error
	return p, err
}

// ResponsysPrograms lists programs by their ids; without statuses those of all.
func (q *Query) ResponsysPrograms(statuses []string, offset, limit int) ([]ResponsysProgram, error) {
	rows := q.rows()
	if len(statuses) > 0 {
		rows = rows.Where("status IN ?", statuses)
	}
	var list []ResponsysProgram
	err := rows.Order("id").Offset(offset).Limit(limit).Find(&list).Error
	return list, err
}

// ResponsysLastProgramID is the largest id of a program.
func (tx *Tx) ResponsysLastProgramID() (int64, error) {
	return tx.largestID("responsys_programs", anyID)
}

// AddResponsysProgram makes a program; an id or a name in use is ErrConflict.
func (tx *Tx) AddResponsysProgram(p ResponsysProgram) error {
	p.Workspace = tx.workspace
	return tx.orm().Create(&p).Error
}

// DescribeResponsysProgram sets what an administrator says of the program of this
// name: all but its state, which callers change.
func (tx *Tx) DescribeResponsysProgram(p ResponsysProgram) error {
	p.Workspace = tx.workspace
	return tx.orm().Model(&p).
		Select("id", "folder", "list_id", "list_name", "channels", "created_on", "created_by").Updates(&p).Error
}

// PublishResponsysProgram has the program run from this day on; it fails with
// ErrNotFound.
func (tx *Tx) PublishResponsysProgram(name, day, by string) error {
	return tx.setResponsysState(name, map[string]any{
		"status": "RUNNING", "published_on": day, "unpublished_on": "", "modified_on": day, "modified_by": by,
	})
}

// UnpublishResponsysProgram ends the program's run on this day; it fails with
// ErrNotFound.
func (tx *Tx) UnpublishResponsysProgram(name, day, by string) error {
	return tx.setResponsysState(name, map[string]any{
		"status": "NOT_RUNNING", "unpublished_on": day, "modified_on": day, "modified_by": by,
	})
}

func (tx *Tx) setResponsysState(name string, state map[string]any) error {
	set := tx.rows().Model(&ResponsysProgram{}).Where("name = ?", name).Updates(state)
	if set.Error == nil && set.RowsAffected == 0 {
		return fmt.Errorf("program %s: %w", name, ErrNotFound)
	}
	return set.Error
}
