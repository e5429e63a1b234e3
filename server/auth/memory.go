package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"
	"sync"
)

// maxRemembered bounds how many credentials a memory holds.
const maxRemembered = 4096

// memory remembers what was found out of credentials, by keyed digests of them: the
// credentials themselves are not kept, and no digest of them means anything elsewhere.
type memory[V any] struct {
	macs sync.Pool
	mu   sync.RWMutex
	of   map[digest]V
}

type digest [sha256.Size]byte

func newMemory[V any]() *memory[V] {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails, by the documentation of crypto/rand
	return &memory[V]{
		macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
		of:   map[digest]V{},
	}
}

// digest is that of the parts: all but the last are of one length, or hold no NUL.
func (m *memory[V]) digest(parts ...string) (d digest) {
	mac := m.macs.Get().(hash.Hash)
	defer m.macs.Put(mac)
	mac.Reset()
	for i, part := range parts {
		if i > 0 {
			mac.Write([]byte{0})
		}
		mac.Write([]byte(part))
	}
	mac.Sum(d[:0])
	return d
}

func (m *memory[V]) recall(d digest) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value, ok := m.of[d]
	return value, ok
}

func (m *memory[V]) remember(d digest, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.of) >= maxRemembered {
		clear(m.of)
	}
	m.of[d] = value
}
