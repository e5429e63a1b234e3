package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// authors is how many write at once.
const authors = 16

// author changes things of its own, one call at a time. Nobody else changes them.
type author struct {
	number int
	turn   int // of its changes, from 1 on: each is unlike all before it
	api    *api
	works  works
	book   book

	acknowledged, failed int
	longestGap           time.Duration
	lost, half           []string
}

// works are what an author does in one family.
type works interface {
	// change makes the change of the author's turn, and writes into the book what is then
	// to be found, before it asks for it.
	change(ctx context.Context) error
	// stored reads what is there of all things in the book.
	stored(ctx context.Context) (map[string]string, error)
}

// families make the works of an author, who takes them in turn.
var families = []func(*author, *sql.DB) works{newCux, newAcc, newComanage, newSvi, newResponsys}

// write makes the next change and returns nil once it is acknowledged.
func (a *author) write(ctx context.Context) error {
	a.turn++
	if err := a.works.change(ctx); err != nil {
		a.failed++
		return fmt.Errorf("author %d: %w", a.number, err)
	}
	a.acknowledged++
	a.book.acknowledge()
	return nil
}

func (a *author) run(ctx context.Context, stop <-chan struct{}, then AfterFailure) error {
	last := time.Now()
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		err := a.write(ctx)
		switch {
		case err == nil:
			a.longestGap = max(a.longestGap, time.Since(last))
			last = time.Now()
			continue
		case !errors.Is(err, errNoAnswer):
			return err
		case then == Stop:
			return nil
		}
		if err := a.settle(ctx); err != nil {
			return err
		}
	}
}

// settle looks, as often as it takes, what is there of the author's things, and takes
// what it finds of changes without an answer for made.
func (a *author) settle(ctx context.Context) error {
	for {
		stored, err := a.works.stored(ctx)
		if err == nil {
			lost, half := a.book.settle(stored)
			a.lost = append(a.lost, a.sign(lost)...)
			a.half = append(a.half, a.sign(half)...)
			return nil
		}
		if !errors.Is(err, errNoAnswer) {
			return fmt.Errorf("author %d: %w", a.number, err)
		}
		a.failed++
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (a *author) sign(texts []string) []string {
	for i, text := range texts {
		texts[i] = fmt.Sprintf("%T of author %d: %s", a.works, a.number, text)
	}
	return texts
}
