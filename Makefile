# Understudy. `make help` lists the words.

VARIANT ?= release
BUILD   := build/$(VARIANT)
PREFIX  ?= /usr/local
DESTDIR ?=

# make V=1 shows the commands whole.
Q := $(if $(V),,@)

# What a bare Debian 12 machine lacks; gcc and make are there already.
PACKAGES      := libcivetweb-dev libcjson-dev libcyaml-dev libyaml-dev libpcre2-dev liburiparser-dev \
                 libidn2-dev libssl-dev zlib1g-dev libxml2-dev libcurl4-openssl-dev \
                 libsqlite3-dev libhiredis-dev
TEST_PACKAGES := libcmocka-dev bats curl jq python3 sqlite3 redis-server libtest-json-schema-acceptance-perl
BENCH_PACKAGES := wrk curl jq
CLIENT_PACKAGES := python3

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wwrite-strings -Wcast-qual -Wpointer-arith -Wundef -Wvla -Wformat=2
OPT-release := -O2
OPT-asan    := -O1 -g3 -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
OPT-tsan    := -O1 -g3 -fsanitize=thread
OPT-fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

VERSION := 0.1.0
SHARE   := $(PREFIX)/share/understudy

CPPFLAGS += -Imock -D_XOPEN_SOURCE=700 -MMD -MP
CFLAGS   += -std=c11 $(WARN) $(OPT-$(VARIANT)) $(if $(WERROR),-Werror)
LDFLAGS  += $(filter -fsanitize%,$(OPT-$(VARIANT)))
LDLIBS   += -lcivetweb -lcjson -lcyaml -lyaml -lpcre2-8 -luriparser -lidn2 -lcrypto -ldl -lxml2 -lz -lsqlite3 -lhiredis -lpthread -lm

SOURCES := $(wildcard mock/*.c mock/*/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/mock/main.o,$(OBJECTS))
PROGRAM := $(BUILD)/understudy

SUPPORT      := $(wildcard tests/support/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNITS        := $(UNIT_SOURCES:%.c=$(BUILD)/%)

all: packages $(PROGRAM)

$(PROGRAM): $(OBJECTS)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo 'cc   $<'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Objects are made anew when the way to make them changes.
FLAGS_NOW := $(CC) $(CPPFLAGS) $(filter-out -Werror,$(CFLAGS)) $(VERSION) $(SHARE)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' >$@

$(BUILD)/mock/doc/xml.o: CPPFLAGS += -isystem /usr/include/libxml2
$(BUILD)/mock/command/load.o: CPPFLAGS += -DUNDERSTUDY_SHARE='"$(SHARE)"'
$(BUILD)/mock/%.o: CPPFLAGS += -DUNDERSTUDY_VERSION='"$(VERSION)"'

# The admin API's document, as text that C can include.
$(BUILD)/mock/serve/admin.yaml.inc: mock/serve/admin.yaml
	@mkdir -p $(@D)
	@sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< >$@
$(BUILD)/mock/serve/admin_document.o: $(BUILD)/mock/serve/admin.yaml.inc
$(BUILD)/mock/serve/admin_document.o: CPPFLAGS += -I$(BUILD)/mock/serve

BENCH_SCHEMA := $(BUILD)/tests/bench/schema/bench
BENCH_NODE   := build/bench-schema

$(BENCH_SCHEMA) $(BUILD)/tests/bench/route: %: %.o $(LIBRARY)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

BENCH_PARTS := $(BUILD)/tests/bench/parts
BENCH_REPLAY := $(BUILD)/tests/bench/mixed/replay
$(BENCH_PARTS) $(BENCH_REPLAY): %: %.o $(BUILD)/tests/support/stage.o $(LIBRARY)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BENCH_NODE)/node_modules: $(wildcard tests/bench/schema/package*.json)
	@mkdir -p $(@D)
	@cp $^ $(@D)
	cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(SUPPORT:%.c=$(BUILD)/%.o) $(LIBRARY)
	@mkdir -p $(@D)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

SAMPLES := $(BUILD)/tests/samples/samples
$(SAMPLES): $(SAMPLES).o $(LIBRARY)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Many clients of several servers; tests/wire/shared.bats runs it.
CONTEND := $(BUILD)/tests/store/contend
$(CONTEND): CPPFLAGS += -D_GNU_SOURCE
$(CONTEND): %: %.o
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpthread

SURVEY_SOURCES := $(wildcard tests/survey/*.c)
SURVEY := $(BUILD)/tests/survey/survey
$(SURVEY_SOURCES:%.c=$(BUILD)/%.o): CPPFLAGS += -Itests
$(SURVEY): $(SURVEY_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/tests/support/stage.o $(LIBRARY)
	@echo 'link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

run: all
	$(PROGRAM) serve

packages:
	@tests/packages $(PACKAGES)

test-packages:
	@tests/packages $(PACKAGES) $(TEST_PACKAGES)

test: test-packages
	@$(MAKE) --no-print-directory $(PROGRAM) $(UNITS) $(CONTEND)
	@VARIANT=$(VARIANT) tests/run $(PROGRAM) $(UNITS)

check-asan check-tsan: check-%:
	@$(MAKE) --no-print-directory test VARIANT=$*

# Fifty thousand links of three servers that share a store.
check-shared: test-packages
	@$(MAKE) --no-print-directory $(PROGRAM) $(CONTEND)
	@UNDERSTUDY_PROGRAM=$(PROGRAM) CONTENDED=50000 bats tests/wire/shared.bats

check-floors:
	@tests/floors

# FUZZ=… names some of the targets, FUZZ_SECONDS=… the time for each.
FUZZ := $(sort $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))

check-fuzz: packages
	@tests/packages clang
	@$(MAKE) --no-print-directory VARIANT=fuzz CC=clang $(FUZZ:%=build/fuzz/fuzz_%)
	@tests/fuzz/run $(FUZZ)

build/fuzz/fuzz_%: build/fuzz/tests/fuzz/fuzz_%.o $(LIBRARY)
	@echo 'link $@'
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

build/fuzz/fuzz_infer: build/fuzz/tests/survey/calls.o
build/fuzz/fuzz_document build/fuzz/fuzz_import build/fuzz/fuzz_infer build/fuzz/fuzz_schema: build/fuzz/tests/fuzz/trees.o

# The official JSON Schema Test Suite; SUITE is a copy of it (tests/ and remotes/).
conformance: test-packages
	@$(MAKE) --no-print-directory $(BUILD)/tests/unit/test_suite
	@UNDERSTUDY_SUITE=$(SUITE) $(BUILD)/tests/unit/test_suite

samples: packages
	@$(if $(DIR),,echo 'make samples DIR=a folder of OpenAPI documents' >&2; exit 2)
	@$(MAKE) --no-print-directory $(SAMPLES)
	@$(SAMPLES) $(wildcard $(DIR)/*.yaml $(DIR)/*.yml $(DIR)/*.json)

survey: packages
	@$(if $(DIR),,echo 'make survey DIR=a folder of OpenAPI documents' >&2; exit 2)
	@$(MAKE) --no-print-directory $(SURVEY)
	@$(SURVEY) $(wildcard $(DIR)/*.yaml $(DIR)/*.yml $(DIR)/*.json)

soak: packages
	@$(if $(DIR),,echo 'make soak DIR=a folder of OpenAPI documents' >&2; exit 2)
	@$(MAKE) --no-print-directory $(SURVEY)
	@$(SURVEY) --soak $(or $(SECONDS),20) $(wildcard $(DIR)/*.yaml $(DIR)/*.yml $(DIR)/*.json)

clients: packages
	@$(if $(DIR),,echo 'make clients DIR=a folder with published documents in it' >&2; exit 2)
	@tests/packages $(CLIENT_PACKAGES)
	@$(MAKE) --no-print-directory $(PROGRAM)
	@python3 tests/clients/inferred.py $(PROGRAM) $(DIR)

bench: packages
	@tests/packages $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory $(PROGRAM) $(BUILD)/tests/bench/route $(BENCH_PARTS) $(BENCH_REPLAY)
	@PROGRAM=$(PROGRAM) PARTS_BENCH=$(BENCH_PARTS) REPLAY_BENCH=$(BENCH_REPLAY) CC="$(CC)" tests/bench/run
	@$(BUILD)/tests/bench/route

# What --store costs.
bench-store: packages
	@tests/packages $(BENCH_PACKAGES) redis-server
	@$(MAKE) --no-print-directory $(PROGRAM)
	@PROGRAM=$(PROGRAM) tests/bench/store

# DIR=… names a folder of OpenAPI documents to load as well.
bench-schema: packages
	@command -v node >/dev/null && command -v npm >/dev/null || tests/packages nodejs npm
	@$(MAKE) --no-print-directory $(PROGRAM) $(BENCH_SCHEMA) $(BENCH_NODE)/node_modules
	@node tests/bench/schema/bench.mjs $(BENCH_SCHEMA) $(PROGRAM) $(BENCH_NODE) $(DIR)

install: all
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/understudy
	cd specs && find . -type f -exec install -D -m 644 {} $(DESTDIR)$(SHARE)/specs/{} \;
	cd fixtures && find . -type f -exec install -D -m 644 {} $(DESTDIR)$(SHARE)/fixtures/{} \;

format:
	clang-format -i $(SOURCES) $(wildcard mock/*/*.h) $(UNIT_SOURCES) \
	    $(wildcard tests/support/*.[ch] tests/bench/*.c tests/bench/*/*.c \
	               tests/fuzz/*.c tests/samples/*.c tests/survey/*.[ch] tests/store/*.c)

clean:
	rm -rf build

help:
	@echo 'make               build $(PROGRAM)'
	@echo 'make run           install what is missing, build, serve the bundled APIs'
	@echo 'make test          every test; the last line is "N passed, N failed"'
	@echo 'make check-asan    the tests under AddressSanitizer and UBSan'
	@echo 'make check-tsan    the tests under ThreadSanitizer'
	@echo 'make check-shared  three servers, one Redis, fifty thousand contended links'
	@echo 'make check-floors  no file includes a floor above its own'
	@echo 'make check-fuzz    every fuzz target for a while (clang); FUZZ="json check"'
	@echo 'make conformance   the JSON Schema Test Suite alone; SUITE=DIR for another copy'
	@echo 'make samples DIR=  a sample of every schema of the documents there is checked'
	@echo 'make survey DIR=   calls every operation of the documents there, and breaks each rule'
	@echo 'make soak DIR=     the same at random over 64 connections for SECONDS=20: memory stays'
	@echo 'make clients DIR=  a client of published documents: what it makes is remembered'
	@echo 'make bench         speed and size, as ratios in one run'
	@echo 'make bench-store   what a store costs: SQLite and Redis, as ratios to memory'
	@echo 'make bench-schema  checks and reads a second, against ajv; DIR=… of documents'
	@echo 'make install       to $$(DESTDIR)$$(PREFIX)'
	@echo 'make format clean'

FORCE:
.PHONY: all run packages test-packages test check-asan check-tsan check-floors check-shared check-fuzz conformance \
        samples survey soak clients bench bench-store bench-schema install format clean help FORCE
.SECONDARY:

-include $(OBJECTS:.o=.d) $(SAMPLES).d $(UNITS:=.d) $(BENCH_SCHEMA).d $(BUILD)/tests/bench/route.d $(BENCH_PARTS).d $(BENCH_REPLAY).d \
         $(SURVEY_SOURCES:%.c=$(BUILD)/%.d) $(CONTEND).d \
         $(wildcard build/fuzz/tests/fuzz/*.d) $(SUPPORT:%.c=$(BUILD)/%.d)
