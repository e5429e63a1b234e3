package comanage

import (
	"bufio"
	"context"
	"iter"
	"net/http"
	"sync"

	"orglink/gen"
	"orglink/server/reason"
)

// answer is what went well: a status with the vendor's phrase, and a body or
// nothing. The generated responses have neither the phrase nor the media type's
// charset, and hold all of a list.
type answer struct {
	status int
	format gen.ComanageFormat
	body   func(*bufio.Writer, *http.ResponseController) error
}

// reply makes an answer without a body to the request that ctx belongs to.
func reply(ctx context.Context, status int, phrase string) answer {
	reason.Set(ctx, status, phrase)
	return answer{status: status}
}

// document makes an answer with a document that is not a list.
func document(ctx context.Context, status int, phrase string, format gen.ComanageFormat, value any) answer {
	reason.Set(ctx, status, phrase)
	return answer{status, format, func(out *bufio.Writer, _ *http.ResponseController) error {
		return writeValue(out, format, value)
	}}
}

// rows makes an answer with a list of rows. It is sent while the rows come: memory
// does not grow with the list. Rows that end with an error break the answer off, so
// that it does not look whole.
func rows(ctx context.Context, format gen.ComanageFormat, r resource, pages iter.Seq2[[]any, error]) answer {
	reason.Set(ctx, http.StatusOK, phraseOK)
	return answer{http.StatusOK, format, func(out *bufio.Writer, control *http.ResponseController) error {
		list := newList(out, format, r)
		for page, err := range pages {
			if err != nil {
				return err
			}
			for _, row := range page {
				if err := list.write(row); err != nil {
					return err
				}
			}
			if len(page) < pageSize {
				continue
			}
			if err := flush(out, control); err != nil {
				return err
			}
		}
		return list.end()
	}}
}

func flush(out *bufio.Writer, control *http.ResponseController) error {
	if err := out.Flush(); err != nil {
		return err
	}
	return control.Flush()
}

func (a answer) write(w http.ResponseWriter) error {
	if a.body == nil {
		writeEmpty(w, a.status)
		return nil
	}
	w.Header().Set("Content-Type", mediaOf(a.format))
	w.WriteHeader(a.status)
	out := writers.Get().(*bufio.Writer)
	defer writers.Put(out)
	out.Reset(w)
	defer out.Reset(nil)
	if err := a.body(out, http.NewResponseController(w)); err != nil {
		return err
	}
	return out.Flush()
}

// writers are the buffers of answers.
var writers = sync.Pool{New: func() any { return bufio.NewWriter(nil) }}

func mediaOf(format gen.ComanageFormat) string {
	if format == gen.ComanageFormatXML {
		return mediaXML
	}
	return mediaJSON
}

// writeEmpty answers with the status alone.
func writeEmpty(w http.ResponseWriter, status int) {
	if status != http.StatusNoContent {
		w.Header().Set("Content-Type", mediaNone)
		w.Header().Set("Content-Length", "0")
	}
	w.WriteHeader(status)
}
