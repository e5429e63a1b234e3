// Package gen holds what is generated from the document at the root of the
// repository: the types, the Echo server stubs and the document itself.
// What is generated is not edited by hand; run `make generate`.
package gen

import _ "embed"

//go:generate cp ../openapi.yaml openapi.yaml
//go:generate go tool oapi-codegen -config types.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config server.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config spec.cfg.yaml ../openapi.yaml
//go:generate go tool oapi-codegen -config client/client.cfg.yaml ../openapi.yaml
//go:generate go run ./requests ../openapi.yaml requests.json Fixtures ComanageCoEntry ComanageCoPersonEntry ComanageOrgIdentityEntry ComanageNameEntry ComanageIdentifierEntry ComanageCoOrgIdentityLinkEntry

// DocumentYAML is the OpenAPI document as it was written, comments included.
// It is a copy: embedding cannot reach the root of the repository.
//
//go:embed openapi.yaml
var DocumentYAML []byte

// RequestsJSON is the part of the document that requests are held against: without
// descriptions, examples and responses.
//
//go:embed requests.json
var RequestsJSON []byte
