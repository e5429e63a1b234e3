// Package respond writes JSON answers the way the vendors' backends do.
package respond

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// JSON writes value as compact JSON with the status and media type: `&`, `<` and
// `>` unescaped, no newline at the end, Content-Length set. Headers that are set
// before stay. An error is one of the connection; the answer is then lost.
func JSON(w http.ResponseWriter, status int, mediaType string, value any) error {
	body, err := Encode(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

// Encode is the body that [JSON] writes.
func Encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}
