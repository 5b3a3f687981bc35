# Jeton's commands. Each is a script of the same name in scripts/, or a line of cargo.
# ARGS is passed on: make run ARGS="--addr 127.0.0.1:9000"

.DEFAULT_GOAL := help
.PHONY: help run test dev nightly release fuzz fuzz-influxql fuzz-gate bench soak deny setup

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up, build the release and start it on 127.0.0.1:8086, its data in ./data
	@scripts/run $(ARGS)

test: ## Set up, then format, lints, unit and integration tests, and the browser's tests
	@scripts/test

dev: ## Set up (also cargo-leptos), then build and restart at every save
	@scripts/dev $(ARGS)

nightly: ## Set up, then what is too slow for every change: the browser's tests on the release, many made-up requests
	@scripts/nightly

release: ## Set up, build the optimized program and make tarball, .deb, .rpm, SBOM and checksums in target/release-artefacts
	@scripts/release

fuzz: ## Make many requests of the API's description, 500 for each operation unless EXAMPLES says otherwise
	@scripts/setup test
	@JETON_BIN="$$(scripts/build release)" tests/fuzz/run $(or $(EXAMPLES),500)

fuzz-influxql: ## Compare the gate's InfluxQL with that of InfluxDB on COUNT mutated texts, 400000 unless given (needs Go)
	@crates/gate/fuzz/influxql/run $(COUNT) $(SEED)

fuzz-gate: ## Send COUNT mutated requests, 20000 unless given, to gates before real databases; a leak fails. SEED repeats a run
	@scripts/fuzz-gate $(or $(ARGS),$(or $(COUNT),20000) $(SEED))

bench: ## Measure the speed as ratios, and fail below the goals (benches/README.md); with ARGS, other benchmarks
	@scripts/bench $(ARGS)

soak: ## An hour of mixed load on each database, or SOAK_SECONDS
	@scripts/soak

deny: ## Check the dependencies' licences, sources and advisories, the latter where their database can be fetched
	@scripts/deny

setup: ## Set up what the build and the tests need, and build nothing
	@scripts/setup test
