package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
)

// fromJSON reads a column that the model has as something else than text. The few values
// that such columns have, of types and users, are read by nearly every request: they are
// decoded once, and shared. Nobody changes one in place.
type fromJSON struct{ target any }

// Scan implements [sql.Scanner].
func (f fromJSON) Scan(column any) error {
	var text string
	switch column := column.(type) {
	case string:
		text = column
	case []byte:
		text = string(column)
	default:
		return fmt.Errorf("JSON is stored as %T", column)
	}
	target := reflect.ValueOf(f.target).Elem()
	if known, ok := decoded.get(target.Type(), text); ok {
		target.Set(known)
		return nil
	}
	if err := json.Unmarshal([]byte(text), f.target); err != nil {
		return err
	}
	if target.Kind() == reflect.Slice && !target.IsNil() {
		target.Set(target.Slice3(0, target.Len(), target.Len())) // so that to append to it copies it
	}
	decoded.put(target, text)
	return nil
}

// maxDecoded bounds how many values are shared.
const maxDecoded = 1024

// decoded holds the values by their type and text.
var decoded decodedValues

type decodedValues struct {
	mu     sync.RWMutex
	values map[decodedKey]reflect.Value
}

type decodedKey struct {
	kind reflect.Type
	text string
}

func (d *decodedValues) get(kind reflect.Type, text string) (reflect.Value, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	value, ok := d.values[decodedKey{kind, text}]
	return value, ok
}

func (d *decodedValues) put(target reflect.Value, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.values == nil || len(d.values) >= maxDecoded {
		d.values = map[decodedKey]reflect.Value{}
	}
	shared := reflect.New(target.Type()).Elem()
	shared.Set(target)
	d.values[decodedKey{target.Type(), text}] = shared
}
