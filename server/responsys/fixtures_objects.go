package responsys

import (
	"errors"
	"reflect"

	"orglink/gen"
	"orglink/store"
)

// What is not said of a program.
const (
	firstProgramID = 10000007
	defaultFolder  = "Programs"
	defaultListID  = 7
	defaultList    = "CONTACTS_LIST"
	unknownUser    = "N/A" // as in the sample of "Fetch All Programs"
)

// object is a program or campaign of fixtures.
type object struct {
	kind          store.ResponsysKind
	name          string
	organizations *[]string // the first ones; nil for the root
	// given is what is said of a program, made how it is made; campaigns have neither.
	given gen.ResponsysFixtureProgram
	made  store.ResponsysProgram
}

func objects(section gen.ResponsysFixtures, today string) ([]object, error) {
	var all []object
	for _, p := range list(section.Programs) {
		made, err := newProgram(p, today)
		if err != nil {
			return nil, err
		}
		all = append(all, object{store.ResponsysKindProgram, p.Name, p.Organizations, p, made})
	}
	for _, c := range list(section.Campaigns) {
		all = append(all, object{kind: store.ResponsysKindCampaign, name: c.Name, organizations: c.Organizations})
	}
	type key struct {
		kind store.ResponsysKind
		name string
	}
	named := map[key]bool{}
	for _, o := range all {
		k := key{o.kind, o.name}
		if named[k] {
			return nil, unprocessable("%s %s is listed twice", o.kind, o.name)
		}
		named[k] = true
	}
	return all, nil
}

// newProgram is the program as it is made. It has no id where none is given.
func newProgram(given gen.ResponsysFixtureProgram, today string) (store.ResponsysProgram, error) {
	created, by := or(given.CreatedOn, today), or(given.CreatedBy, unknownUser)
	made := store.ResponsysProgram{
		Name: given.Name, Folder: defaultFolder, ListID: defaultListID, ListName: defaultList, Channels: []string{},
		CreatedOn: created, CreatedBy: by, ModifiedOn: or(given.ModifiedOn, created), ModifiedBy: or(given.ModifiedBy, by),
		Status:      string(or(given.Status, gen.ResponsysProgramStatusNOTRUNNING)),
		PublishedOn: value(given.PublishDate), UnpublishedOn: value(given.UnpublishDate),
	}
	setDescription(&made, given)
	if made.Status == string(gen.ResponsysProgramStatusNOTRUNNING) {
		return made, nil
	}
	if made.UnpublishedOn != "" {
		return made, unprocessable("program %s: it runs, so it has no unpublishDate", given.Name)
	}
	if made.PublishedOn == "" {
		made.PublishedOn = created
	}
	return made, nil
}

// setDescription sets what is given of what an administrator says of a program.
func setDescription(p *store.ResponsysProgram, given gen.ResponsysFixtureProgram) {
	p.ID = or(given.ID, p.ID)
	p.Folder = or(given.Folder, p.Folder)
	p.Channels = or(given.Channels, p.Channels)
	p.CreatedOn, p.CreatedBy = or(given.CreatedOn, p.CreatedOn), or(given.CreatedBy, p.CreatedBy)
	if given.List != nil {
		p.ListID, p.ListName = given.List.ID, given.List.Name
	}
}

// putObjects makes programs and campaigns with their first organizations, and
// describes the programs that there are.
func putObjects(tx *store.Tx, all []object) error {
	lastID, err := lastProgramID(tx, all)
	if err != nil {
		return err
	}
	for _, o := range all {
		isNew, err := tx.AddResponsysObject(o.kind, o.name)
		switch {
		case err != nil:
			return err
		case isNew:
			err = addFirstAccess(tx, o)
		}
		if err == nil && o.kind == store.ResponsysKindProgram {
			if isNew && o.made.ID == 0 {
				lastID += idStep
				o.made.ID = lastID
			}
			err = putProgram(tx, o, isNew)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lastProgramID is the largest id that a program has or is given.
func lastProgramID(tx *store.Tx, all []object) (int64, error) {
	last, err := tx.ResponsysLastProgramID()
	last = max(last, firstProgramID-idStep)
	for _, o := range all {
		last = max(last, o.made.ID)
	}
	return last, err
}

func putProgram(tx *store.Tx, o object, isNew bool) error {
	var err error
	if isNew {
		err = tx.AddResponsysProgram(o.made)
	} else {
		err = describeProgram(tx, o)
	}
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("program %s: another program has its id", o.name)
	}
	return err
}

func describeProgram(tx *store.Tx, o object) error {
	stored, err := tx.ResponsysProgram(o.name)
	if err != nil {
		return err
	}
	described := stored
	setDescription(&described, o.given)
	if reflect.DeepEqual(stored, described) {
		return nil
	}
	return tx.DescribeResponsysProgram(described)
}

// addFirstAccess lets the first organizations access a new object. Who makes one in
// the user interface gives it the own organizations; here that is the root
// (Responsys Help Center, "Organizations").
func addFirstAccess(tx *store.Tx, o object) error {
	if o.organizations == nil {
		root, err := tx.ResponsysRoot()
		if errors.Is(err, store.ErrNotFound) {
			return unprocessable("%s %s: there is no root organization that could access it", o.kind, o.name)
		}
		if err != nil {
			return err
		}
		return tx.SetResponsysAccess(o.kind, o.name, []int64{root.ID})
	}
	ids, unknown, err := organizationIDs(&tx.Query, *o.organizations)
	if err != nil {
		return err
	}
	if unknown != nil {
		return unprocessable("%s %s: there is no organization %s", o.kind, o.name, *unknown)
	}
	return tx.SetResponsysAccess(o.kind, o.name, ids)
}
