.DEFAULT_GOAL := help
GO ?= go

##@ Use

.PHONY: run
run: cc ## Serve on http://127.0.0.1:8080 with embedded SQLite and the demo data
	$(GO) run ./cmd/orglink serve --demo

.PHONY: build
build: cc ## Build the binary bin/orglink, linked statically
	CGO_ENABLED=1 $(GO) build -trimpath -tags 'netgo osusergo sqlite_omit_load_extension' \
		-ldflags '-s -w -linkmode external -extldflags -static' -o bin/orglink ./cmd/orglink

##@ Develop

.PHONY: generate
generate: ## Generate gen/ from openapi.yaml
	$(GO) generate ./gen

.PHONY: client-go
client-go: ## Generate the Go client, gen/client, alone
	$(GO) generate -run client.cfg.yaml ./gen

.PHONY: check-generate
check-generate: generate ## Fail when generated code is stale
	@test -z "$$(git status --porcelain gen go.mod go.sum)" || \
		{ git --no-pager diff --stat gen go.mod go.sum; echo 'gen/ is stale: run make generate and commit it'; exit 1; }
	@for hash in gen/*/document.hash; do \
		test "$$(cat $$hash)" = "$$(git hash-object openapi.yaml)" || \
		{ echo "$$(dirname $$hash) is stale: run make client-ts client-python and commit it"; exit 1; }; done

.PHONY: client-ts
client-ts: gen/typescript/node_modules/.package-lock.json ## Generate gen/typescript from openapi.yaml
	npm run --silent --prefix gen/typescript generate
	git hash-object openapi.yaml >gen/typescript/document.hash

# Times stay the texts that the wire has. Of three answers, which are an object or a list
# as the query says, this generator knows no type.
.PHONY: client-python
client-python: .ci/tools/node_modules/.package-lock.json ## Generate gen/python from openapi.yaml; needs Java
	rm -rf gen/python/orglink/api gen/python/orglink/models
	java -jar .ci/tools/node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar \
		generate -g python -i openapi.yaml -o gen/python -t gen/python/templates --package-name orglink \
		--additional-properties packageVersion=$$(awk '/^  version:/ {print $$2; exit}' openapi.yaml) \
		--type-mappings DateTime=str,date=str,OneOfSviLinksSviLink=object,OneOfSviRelationshipTypearray=object \
		>/dev/null
	rm -rf gen/python/test gen/python/.openapi-generator
	git hash-object openapi.yaml >gen/python/document.hash

.PHONY: check-clients
check-clients: client-ts client-python ## Fail when the clients of other languages are stale
	@test -z "$$(git status --porcelain gen/typescript gen/python)" || \
		{ git --no-pager diff --stat gen/typescript gen/python; \
		echo 'clients are stale: run make client-ts client-python and commit them'; exit 1; }

RELEASED = server/testdata/released/openapi.yaml

.PHONY: release-document
release-document: ## Make today's openapi.yaml the released one, whose clients later ones must not break
	@mkdir -p $(dir $(RELEASED))
	@{ echo '# The last released document. It is not edited: `make release-document` copies openapi.yaml'; \
	  echo '# here when a version is released, and until then a test holds openapi.yaml against it.'; \
	  cat openapi.yaml; } > $(RELEASED)

.PHONY: tools
tools: .ci/tools/node_modules/.package-lock.json gen/typescript/node_modules/.package-lock.json ## Install the tools of other languages, with npm, in .ci/tools and gen/typescript

%/node_modules/.package-lock.json: %/package-lock.json
	npm ci --prefix $*
	@touch $@

# The server, or a workspace of it, that `make workflows` calls.
URL = http://127.0.0.1:8080
SERVERS = -S orglink=$(URL) -S workspace=$(firstword $(subst /w/, ,$(URL)))/w/workflows
RESPECT = REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .ci/tools/node_modules/.bin/redocly respect

# The runner does not find the media type of SAS' errors in the document, whose workflow
# checks them by itself.
.PHONY: workflows
workflows: tools ## Run the published workflows against a server that has the demo data (URL)
	$(RESPECT) $(filter-out %/svi.arazzo.yaml,$(wildcard server/testdata/arazzo/*.arazzo.yaml)) $(SERVERS)
	$(RESPECT) --severity CONTENT_TYPE_CHECK=warn server/testdata/arazzo/svi.arazzo.yaml $(SERVERS)

.PHONY: lint
lint: ## Lint and check formatting, with the linters of .ci/tools
	$(GO) vet ./...
	$(GO) tool -modfile=.ci/tools/go.mod golangci-lint run ./...

.PHONY: lint-document
lint-document: tools ## Lint openapi.yaml; what is excepted, and why, is in server/testdata/lint
	REDOCLY_TELEMETRY=off .ci/tools/node_modules/.bin/redocly lint --config server/testdata/lint/redocly.yaml openapi.yaml
	.ci/tools/node_modules/.bin/spectral lint --fail-severity hint --ruleset server/testdata/lint/spectral.yaml openapi.yaml

.PHONY: test
test: cc ## Run all tests; Postgres and browser parts need their programs installed
	$(GO) test -timeout 20m ./...

# Tests of the server about what happens at the same time, or which do a whole day's
# work; the others go call by call. `go test -race ./...` runs them all.
RACED = Parallel|Concurrent|AtOnce|Race|Middle|Story|Client|Outlive|Exclude|OneOfMany|Opposite|Lock|Limits|Revo|Bulk|Pipelined|Workspaces|Fixtures|Together

.PHONY: test-race
test-race: cc ## Run the tests of what happens at the same time under the race detector
	$(GO) test -race -timeout 20m $$($(GO) list ./... | grep -v '/server$$')
	$(GO) test -race -timeout 20m -run '$(RACED)' ./server

bin/orglink-bench: build
	$(GO) build -o $@ ./cmd/orglink-bench

.PHONY: bench
bench: bin/orglink-bench ## Measure bin/orglink beside a hand-written baseline; BENCH_FLAGS=--short for a minute
	bin/orglink-bench $(BENCH_FLAGS)

.PHONY: crash
crash: bin/orglink-bench ## Kill Orglink and Postgres under load, 50 times each, and look for what is lost (CRASH_FLAGS)
	bin/orglink-bench crash $(CRASH_FLAGS)

.PHONY: ha
ha: bin/orglink-bench ## Lose the primary of a replicated Postgres under load and look for what is lost (HA_FLAGS)
	bin/orglink-bench ha $(HA_FLAGS)

.PHONY: cc
cc:
	@command -v "$$($(GO) env CC)" >/dev/null || \
		{ echo 'A C compiler is needed (SQLite is compiled in): install gcc or clang, or set CC.'; exit 1; }

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
