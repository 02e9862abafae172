# SPDX-License-Identifier: GPL-2.0-only
# make check FUZZ_SECONDS=10 TEST_JOBS=3: what ./check does; make check-all: all tests;
# make check-unit and so on: all of one kind
FUZZ_SECONDS ?= 30
# One more than there are CPUs, as tests wait for something a fifth of their time.
TEST_JOBS ?= $(shell expr $$(nproc) + 1)

UNIT_PARTS := $(addprefix tests/unit/,helper object process)
UNIT_NAMES := $(filter-out $(UNIT_PARTS),$(patsubst %.c,%,$(wildcard tests/unit/*.c)))
UNIT_OBJECTS := $(patsubst %.c,build/%.o,$(wildcard tests/unit/objs/*.bpf.c))
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))

STATIC_TESTS := $(filter-out %.h %.sh %.awk %.c,$(wildcard tests/static/*))
MODEL_TESTS := tests/model/run
PAGES_TESTS := tests/pages/run
UNIT_TESTS := $(addprefix build/sanitize/,$(UNIT_NAMES))
FUZZ_TESTS := tests/fuzz/run
GUEST_TESTS := $(filter-out %/lib.sh,$(wildcard tests/vm/t/*.sh)) $(wildcard tests/bed.sh tests/share.sh tests/panic.sh tests/demo.sh)
# From when there is a table to hold them to: tests/attack/run -w.
ATTACK_TESTS := $(wildcard tests/attack/on/*)
TABLE_TESTS := $(if $(wildcard docs/seal.md),$(ATTACK_TESTS))
# A Debian of its own each; they download one.
FRESH_TESTS := tests/fresh
ALL_TESTS := $(STATIC_TESTS) $(MODEL_TESTS) $(UNIT_TESTS) $(FUZZ_TESTS) $(PAGES_TESTS) $(TABLE_TESTS) $(GUEST_TESTS)
# A test that runs make gets nothing of this one.
RUN_TESTS = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL FUZZ_SECONDS=$(FUZZ_SECONDS) \
	tests/run -j $(TEST_JOBS)
# Of the kills and attacks `check` tries one in so many; so many days have all of the attacks.
CHECK_PART ?= 16

check: FUZZ_SECONDS = 10
check: build-tests
	$(RUN_TESTS) -p $(CHECK_PART) $(ALL_TESTS)

check-all: build-tests
	$(RUN_TESTS) $(FRESH_TESTS) $(ALL_TESTS)

check-some: build-tests
	$(RUN_TESTS) $(TESTS)

build-tests: all build-unit build-fuzz test-modules kernel-modules test-attack

check-static: all $(UNIT_OBJECTS)
	$(RUN_TESTS) $(STATIC_TESTS)

check-cppcheck:
	$(RUN_TESTS) tests/static/cppcheck

check-gcc-clang: all $(UNIT_OBJECTS)
	$(RUN_TESTS) tests/static/compilers

check-model:
	$(RUN_TESTS) $(MODEL_TESTS)

check-unit: build-unit
	$(RUN_TESTS) $(UNIT_TESTS)

# What README.md, docs/ and man/ say, typed in; tests/pages/run -w renews what they print.
check-pages: all kernel-modules
	$(RUN_TESTS) $(PAGES_TESTS)

check-fuzz: build-fuzz
	$(RUN_TESTS) $(FUZZ_TESTS)

check-guest: all test-modules kernel-modules
	$(RUN_TESTS) $(GUEST_TESTS)

# Long, so not in `check`, which has 500 of them.
SOAK_CYCLES ?= 10000
SOAK_KERNEL ?= bookworm
soak: all test-modules
	tests/vm/run -k $(SOAK_KERNEL) -t 36000 -a "cycles=$(SOAK_CYCLES)" -f build/tests/vm/mod:/test/mod tests/vm/t/soak.sh

# Root against a seal; docs/seal.md has to be what comes of it.
check-attack: all test-attack kernel-modules
	$(RUN_TESTS) $(ATTACK_TESTS)

# After `all`, as both use the same BPF objects.
build-unit: all $(UNIT_OBJECTS)
	+$(MAKE) --no-print-directory SANITIZE=1 all unit-tests

build-fuzz: $(FUZZERS) $(UNIT_OBJECTS)

# The unit tests, built as latch is built in $B.
unit-tests: $(addprefix $B/,$(UNIT_NAMES))

$(addprefix $B/,$(UNIT_NAMES:=.o) $(UNIT_PARTS:=.o)): OUR_CPPFLAGS += -DLATCH_BUILD='"$B"'

$(addprefix $B/,$(UNIT_NAMES)): %: %.o $(patsubst %,$B/%.o,$(UNIT_PARTS)) $B/liblatch.a
	$(call say,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS) -lcmocka

# What the fuzzers reach, and no more.
FUZZED := $(addprefix lib/,$(addprefix base/,error.c shown.c time.c words.c) \
	$(addprefix module/,module.c elf.c contents.c complete.c types.c info.c info_parse.c param.c) \
	config/config.c config/parse.c config/trust.c lockdown/report.c loaded/tamper.c)

# libFuzzer wants what it fuzzes compiled with its instrumentation.
FUZZ_CFLAGS = -std=gnu11 -g -O1 $(WARNINGS) -fno-sanitize-recover=all -fno-omit-frame-pointer

build/fuzz/objs/%.o: %.c $(wildcard tests/fuzz/*.h lib/*/*.h include/latch/*.h)
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(OUR_CPPFLAGS) -DLATCH_MODULE_DIR='"/nowhere"' $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(FUZZERS): build/fuzz/%: build/fuzz/objs/tests/fuzz/%.o $(FUZZED:%.c=build/fuzz/objs/%.o)
	$(call say,LD)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(ALL_LDLIBS)

-include $(patsubst %,$B/%.d,$(UNIT_NAMES) $(UNIT_PARTS)) $(UNIT_OBJECTS:.o=.d)

.PHONY: check check-all check-some build-tests check-static check-cppcheck check-gcc-clang check-model check-unit check-fuzz check-guest \
	check-pages check-attack \
	soak \
	build-unit build-fuzz unit-tests
.SECONDARY: $(patsubst %.c,build/fuzz/objs/%.o,$(FUZZED) $(wildcard tests/fuzz/*.c)) $(patsubst %,$B/%.o,$(UNIT_NAMES) $(UNIT_PARTS))
