package comanage

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/server/request"
	"orglink/store"
)

// kind is what is particular to one kind of a CO's objects. Adding, editing,
// deleting and viewing them is the same for all but for this.
type kind[T store.ComanageObject] struct {
	resource
	// enter checks that the caller may add what the entry describes.
	enter func(q *store.Query, c caller, e entry) error
	// change sets the attributes that the entry has, after a look at what the object
	// refers to. The object is of no CO while it is being added.
	change func(tx *store.Tx, object *T, e entry) error
	// remove marks the locked object as deleted, with what goes with it.
	remove func(tx *store.Tx, object T, by stamp) error
	// taken is the phrase of the refusal of an object that breaks a uniqueness rule.
	taken string
	// show is the object's row in an answer.
	show func(T) any
}

// newObject stands for the id of an object that is not stored yet.
const newObject = "New"

// add stores what the request describes under a new id.
func add[T store.ComanageObject](ctx context.Context, h Handlers, format gen.ComanageFormat, k kind[T]) (answer, error) {
	e, by := k.entryOf(ctx), h.stamp(ctx)
	var id int64
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		if err := k.enter(&tx.Query, callerFrom(ctx), e); err != nil {
			return err
		}
		var object T
		if err := k.change(tx, &object, e); err != nil {
			return fieldsOf(newObject, err)
		}
		record := store.ComanageRecordOf(&object)
		record.Created, record.Modified, record.Actor = by.at, by.at, by.actor
		var err error
		id, err = store.ComanageAdd(tx, object)
		return err
	})
	if err != nil {
		return answer{}, k.refusal(err)
	}
	return newObjectAnswer(ctx, format, k.singular, id), nil
}

// edit changes a current object to what the request describes.
func edit[T store.ComanageObject](ctx context.Context, h Handlers, id string, k kind[T]) (answer, error) {
	e, by := k.entryOf(ctx), h.stamp(ctx)
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		stored, err := k.lock(tx, callerFrom(ctx), id)
		if err != nil {
			return err
		}
		edited := stored
		if err := k.change(tx, &edited, e); err != nil {
			return fieldsOf(id, err)
		}
		record := store.ComanageRecordOf(&edited)
		record.Modified, record.Actor = by.at, by.actor
		return store.ComanageEdit(tx, stored, edited)
	})
	if err != nil {
		return answer{}, k.refusal(err)
	}
	return reply(ctx, http.StatusOK, phraseOK), nil
}

// remove marks a current object as deleted.
func remove[T store.ComanageObject](ctx context.Context, h Handlers, id string, k kind[T]) (answer, error) {
	if number, ok := parseID(id); ok && number == 0 {
		return answer{}, errNoID(ctx)
	}
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		object, err := k.lock(tx, callerFrom(ctx), id)
		if err != nil {
			return err
		}
		return k.remove(tx, object, h.stamp(ctx))
	})
	if err != nil {
		return answer{}, err
	}
	return reply(ctx, http.StatusOK, phraseDeleted), nil
}

// view shows one object, also a deleted or archived one.
func view[T store.ComanageObject](ctx context.Context, h Handlers, format gen.ComanageFormat, id string, k kind[T]) (answer, error) {
	var object T
	err := h.store.Read(ctx, func(q *store.Query) error {
		var err error
		object, err = k.find(q, callerFrom(ctx), id)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return rows(ctx, format, k.resource, one(k.show(object))), nil
}

// find finds the object of an id, also a deleted or archived one, for the caller.
func (k kind[T]) find(q *store.Query, c caller, id string) (T, error) {
	return k.entered(c, id, func(number int64) (T, error) { return store.ComanageFind[T](q, number) })
}

// lock finds the current object of an id, for the caller who will change it.
func (k kind[T]) lock(tx *store.Tx, c caller, id string) (object T, err error) {
	if !c.platform() { // nobody holds up, by a lock, what is not theirs
		if object, err = k.find(&tx.Query, c, id); err != nil {
			return object, err
		}
	}
	object, err = k.entered(c, id, func(number int64) (T, error) { return store.ComanageLock[T](tx, number) })
	if err == nil && !store.ComanageRecordOf(&object).Current() {
		err = errNotFound(k.unknown())
	}
	return object, err
}

func (k kind[T]) entered(c caller, id string, find func(int64) (T, error)) (object T, err error) {
	number, ok := parseID(id)
	if ok {
		object, err = find(number)
	}
	if !ok || errors.Is(err, store.ErrNotFound) {
		return object, c.unknown(errNotFound(k.unknown()))
	}
	if err != nil {
		return object, err
	}
	return object, c.enter(store.ComanageRecordOf(&object).CO)
}

// refusal says what a conflict means for the kind.
func (k kind[T]) refusal(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return errForbidden(k.taken)
	}
	return err
}

// entryOf is the entry of the request's document, which the validator let pass. The
// generated types are not read: in them an attribute that is null, which clears, is
// the same as one that is absent, which stays.
func (r resource) entryOf(ctx context.Context) entry {
	e, _ := r.readEntry(request.From(ctx).Body)
	return e
}

// newObjectAnswer is the answer to an addition.
func newObjectAnswer(ctx context.Context, format gen.ComanageFormat, singular string, id int64) answer {
	return document(ctx, http.StatusCreated, phraseAdded, format, gen.ComanageNewObject{
		ResponseType: gen.ComanageNewObjectResponseTypeNewObject,
		Version:      gen.ComanageVersionV1,
		ObjectType:   gen.ComanageNewObjectObjectType(singular),
		ID:           strconv.FormatInt(id, 10),
	})
}
