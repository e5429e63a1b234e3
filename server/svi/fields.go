package svi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"orglink/gen"
	"orglink/store"
)

// Data types of fields, as they are stored and as fixtures name them.
const (
	typeString    = "string"
	typeInteger   = "integer"
	typeNumber    = "number"
	typeBoolean   = "boolean"
	typeDate      = "date"
	typeTimestamp = "timestamp"
)

// wireTypes are the data types in SAS' own words, as far as its pages show them.
var wireTypes = map[string]gen.SviVersionValueType{
	typeString:    gen.SviVersionValueTypeSTRING,
	typeInteger:   gen.SviVersionValueTypeLONG,
	typeNumber:    gen.SviVersionValueTypeNUMERIC,
	typeBoolean:   gen.SviVersionValueTypeBOOLEAN,
	typeDate:      gen.SviVersionValueTypeDATE,
	typeTimestamp: gen.SviVersionValueTypeTIMESTAMP,
}

// decodeValues reads an object of field values, numbers as they are written.
func decodeValues(raw json.RawMessage) (map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var values map[string]any
	err := decoder.Decode(&values)
	return values, err
}

// canonical is the stored form of a value that is not null, or a text for the client
// on what is wrong with it, which does not name it: it may be masked.
func canonical(field store.SviField, value any) (stored json.RawMessage, problem string) {
	switch field.DataType {
	case typeString:
		text, ok := value.(string)
		if !ok {
			return nil, "must be a string"
		}
		if field.Length > 0 && utf8.RuneCountInString(text) > field.Length {
			return nil, fmt.Sprintf("must have at most %d characters", field.Length)
		}
		return quote(text), ""
	case typeInteger:
		number, ok := integer(value)
		if !ok {
			return nil, "must be an integer"
		}
		return strconv.AppendInt(nil, number, 10), ""
	case typeNumber:
		number, ok := value.(json.Number)
		f, err := number.Float64()
		if !ok || err != nil || f == 0 && !isZero(number) {
			return nil, "must be a number" // one that floats cannot hold cannot be compared
		}
		return json.RawMessage(number), ""
	case typeBoolean:
		truth, ok := value.(bool)
		if !ok {
			return nil, "must be true or false"
		}
		return strconv.AppendBool(nil, truth), ""
	case typeDate:
		text, _ := value.(string)
		if _, err := time.Parse(dateLayout, text); err != nil {
			return nil, "must be a date, YYYY-MM-DD"
		}
		return quote(text), ""
	case typeTimestamp:
		text, _ := value.(string)
		t, ok := parseTime(text)
		if !ok {
			return nil, notATime
		}
		return quote(t.Format(fieldLayout)), ""
	}
	return nil, fmt.Sprintf("has the unknown data type %q", field.DataType)
}

const notATime = "must be a time stamp in the format of RFC 3339"

// quote is a JSON string without the escapes that are meant for HTML.
func quote(text string) json.RawMessage {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return bytes.TrimSpace(buffer.Bytes())
}

// isZero reports whether the number is written as zero.
func isZero(number json.Number) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(number.String()), "e")
	return !strings.ContainsAny(mantissa, "123456789")
}

// integer reads a JSON number without a fraction. Some clients keep all numbers as
// floats and write 1.0.
func integer(value any) (int64, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	if i, err := number.Int64(); err == nil {
		return i, true
	}
	f, err := number.Float64()
	const exact = 1 << 53 // beyond it floats skip integers
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= exact {
		return 0, false
	}
	return int64(f), true
}
