package respond

import (
	"bufio"
	"net/http"
	"sync"
)

// List is a 200 with a JSON list that is sent while it is read, so that it is never in
// memory as a whole. One that cannot be read to its end is to be left without [List.End]:
// it then breaks off and does not look whole.
type List struct {
	out     *bufio.Writer
	control *http.ResponseController
	count   int
}

// NewList begins a list of the media type; head is what stands before its items.
func NewList(w http.ResponseWriter, mediaType, head string) *List {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(http.StatusOK)
	l := &List{out: writers.Get().(*bufio.Writer), control: http.NewResponseController(w)}
	l.out.Reset(w)
	_, _ = l.out.WriteString(head) // errors stay until Flush
	return l
}

// Add adds an item. An error is one of the connection, or says that the item cannot be
// encoded.
func (l *List) Add(item any) error {
	text, err := Encode(item)
	if err != nil {
		return err
	}
	if l.count > 0 {
		_ = l.out.WriteByte(',')
	}
	l.count++
	_, err = l.out.Write(text)
	return err
}

// Count is how many items were added.
func (l *List) Count() int { return l.count }

// Flush sends what was added.
func (l *List) Flush() error {
	if err := l.out.Flush(); err != nil {
		return err
	}
	return l.control.Flush()
}

// End ends the list; tail is what stands behind its items. A short list that was never
// flushed gets its Content-Length.
func (l *List) End(tail string) error {
	_, _ = l.out.WriteString(tail)
	err := l.out.Flush()
	l.out.Reset(nil)
	writers.Put(l.out)
	l.out = nil
	return err
}

// writers are the buffers of lists that have ended.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 32<<10) }}
