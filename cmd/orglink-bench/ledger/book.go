package ledger

import (
	"fmt"
	"slices"
)

// book says of each thing of an author what is to be found of it. What is not there is
// "".
type book struct {
	entries map[string]*entry
	changed *entry // by the change that was sent last
}

// entry is one thing: its content is the one that was acknowledged last, or one that was
// sent after that and never answered.
type entry struct {
	acknowledged string
	unanswered   []string
	sent         []string // all that ever was
}

// holds is the state of a thing before the first change of it.
func (b *book) holds(key, content string) {
	if b.entries == nil {
		b.entries = map[string]*entry{}
	}
	b.entries[key] = &entry{acknowledged: content, sent: []string{content}}
}

// send notes what a change is about to make of a thing.
func (b *book) send(key, content string) {
	if b.entries[key] == nil {
		b.holds(key, "")
	}
	e := b.entries[key]
	e.unanswered = append(e.unanswered, content)
	e.sent = append(e.sent, content)
	b.changed = e
}

// acknowledge notes that the change that was sent last is made.
func (b *book) acknowledge() {
	e := b.changed
	e.acknowledged, e.unanswered = e.sent[len(e.sent)-1], nil
}

// settle compares with what is stored, and goes on from that. Lost is what has an earlier
// content, half what has one that was never sent.
func (b *book) settle(stored map[string]string) (lost, half []string) {
	for key, e := range b.entries {
		found := stored[key]
		if found != e.acknowledged && !slices.Contains(e.unanswered, found) {
			text := fmt.Sprintf("%s is %q, acknowledged was %q, unanswered %q", key, found, e.acknowledged, e.unanswered)
			if slices.Contains(e.sent, found) {
				lost = append(lost, text)
			} else {
				half = append(half, text)
			}
		}
		e.acknowledged, e.unanswered = found, nil
	}
	for key, found := range stored {
		if b.entries[key] == nil {
			half = append(half, fmt.Sprintf("%s is %q, which nobody wrote", key, found))
			b.holds(key, found)
		}
	}
	return lost, half
}
