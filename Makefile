# Each target makes the virtual environment by itself when it is missing or out of date.
#
#   make fuzz          the main job, on the embedded sandbox    (FUZZ_ARGS="--duration 5m")
#   make test          all tests                                (TEST_ARGS="-k oracle")
#   make docs          the site of docs/ in build/site; a broken link fails
#   make pages         docs/rules.md and docs/silences.md made anew from the rule catalogue
#   make picture       docs/images/finding.svg made anew from a run in a terminal
#   make lint          style, types, direction of imports
#   make schemas       docs/schemas/ and the reference of the configuration made anew from the code
#   make bench         how fast it is, and how often boundaries are hit
#   make bench-shrink  how small the scenarios of seeded faults get
#   make bench-suite   the pytest suite from the built wheel: start-up, workers, red tests
#   make bench-diffs   what diff says of pairs of runs with known faults
#   make bench-peer    seeded faults that Schemathesis finds, and what Cartfuzz needs for them
#   make bench-reliability  hostile answers, faults of the machine, held rates, what comes after a kill
#                      (BENCH_ARGS="--modes 'key-*' --share some" FAULT_ARGS="--each 1" RATE_ARGS="--seconds 10")
#   make bench-soak    an hour at full speed: memory, handles, what is lost   (BENCH_ARGS="--minutes 5")
#   make bench-growth  time, memory and record of longer and longer runs
#   make bench-reports time and memory of each format of the report of a long record
#   make bench-faults  false alarms, and which seeded faults are found   (BENCH_ARGS="--seed 2")
#   make bench-fault-pairs  whether one fault hides another, in pairs and triples
#   make bench-installing  wheel and source archive in new environments, with each extra
#   make bench-lawful  false alarms on lawful dialects and mixtures of them

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := contract wire record analysis oracle strategies harness reports sandbox telemetry cli pytest_plugin suite
FUZZ_ARGS ?=
TEST_ARGS ?=
FAULT_ARGS ?=
RATE_ARGS ?=
BENCH_ARGS ?=
BENCH_PEER := $(BIN)/python -m pip install --quiet --disable-pip-version-check 'schemathesis>=4.30'

# A strict editable install links file by file, so a new file needs a new install: the stamp's
# name is a checksum of the list of files.
FILES := $(shell find package $(ROOMS) -type f ! -name '*.pyc' | LC_ALL=C sort | cksum | tr -d ' ')
STAMP := $(VENV)/installed-$(FILES)

# Workers, and the hundreds of processes that tests start, would else compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: fuzz test lint format docs pages picture bench bench-diffs bench-faults bench-fault-pairs bench-growth bench-installing bench-lawful bench-peer bench-reliability bench-reports bench-shrink bench-soak bench-suite schemas venv clean

fuzz: $(STAMP)
	$(BIN)/cartfuzz run --sandbox $(FUZZ_ARGS)

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal $(TEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(ROOMS:%=-p cartfuzz.%)
	$(BIN)/mypy tests benchmarks examples/own_rule examples/second_contract
	$(BIN)/lint-imports
	$(BIN)/zensical build --strict --clean

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: $(STAMP)
	list=$$($(BIN)/cartfuzz schema) || exit 1; echo "$$list" | while read -r name file rest; do \
		$(BIN)/cartfuzz schema $$name > docs/schemas/$$file || exit 1; done
	$(BIN)/python -m cartfuzz.harness.reference_page > docs/configuration-reference.md

bench: $(STAMP)
	$(BENCH_PEER)
	$(BIN)/python benchmarks/boundary_shares.py
	$(BIN)/python benchmarks/speed.py $(BENCH_ARGS)

bench-shrink: $(STAMP)
	$(BIN)/python benchmarks/shrink.py $(BENCH_ARGS)

bench-soak: $(STAMP)
	$(BIN)/python benchmarks/soak.py $(BENCH_ARGS)

bench-diffs: $(STAMP)
	$(BIN)/python benchmarks/diffs.py $(BENCH_ARGS)

bench-peer: $(STAMP)
	$(BENCH_PEER)
	$(BIN)/python benchmarks/peer_faults.py $(BENCH_ARGS)

bench-growth: $(STAMP)
	$(BIN)/python benchmarks/growth.py $(BENCH_ARGS)

bench-reports: $(STAMP)
	$(BIN)/python benchmarks/reports.py $(BENCH_ARGS)

bench-reliability: $(STAMP)
	status=0; \
	$(BIN)/python benchmarks/reliability.py $(BENCH_ARGS) || status=1; \
	$(BIN)/python benchmarks/reliability_faults.py $(FAULT_ARGS) || status=1; \
	$(BIN)/python benchmarks/held_rates.py $(RATE_ARGS) || status=1; \
	exit $$status

bench-faults: $(STAMP)
	$(BIN)/python benchmarks/faults.py $(BENCH_ARGS)

bench-fault-pairs: $(STAMP)
	$(BIN)/python benchmarks/pairs_of_faults.py $(BENCH_ARGS)

bench-installing: $(STAMP)
	$(BIN)/python benchmarks/installing.py $(BENCH_ARGS)

bench-lawful: $(STAMP)
	$(BIN)/python benchmarks/lawful.py $(BENCH_ARGS)

bench-suite: $(STAMP)
	$(BIN)/python benchmarks/suite.py $(BENCH_ARGS)

venv: $(STAMP)

docs: $(STAMP)
	$(BIN)/zensical build --strict --clean

pages: $(STAMP)
	$(BIN)/python -m tests.docs.generated

picture: $(STAMP)
	$(BIN)/python -m tests.docs.picture

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	rm -rf build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--config-settings editable_mode=strict --editable '.[dev]'
	rm -f $(VENV)/installed-*
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info cartfuzz-report benchmarks/out
