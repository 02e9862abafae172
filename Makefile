# SPDX-License-Identifier: GPL-2.0-only
# make V=1, make CC=clang, make SANITIZE=1, make WERROR=1, make install DESTDIR= PREFIX=
# CPPFLAGS, CFLAGS, LDFLAGS, LDLIBS and BPF_CFLAGS are who builds' own; what latch needs is added.
CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
B := build$(if $(SANITIZE),/sanitize)
# V=1: the commands as they are run.
Q := $(if $(filter-out 0,$(V)),,@)
say = $Q$(if $(and $Q,$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,1)),printf '  %-7s %s\n' $1 '$@' &&) #
, := ,

VERSION := $(shell sed -n 's/^.define LATCH_VERSION "\(.*\)"/\1/p' include/latch/abi.h)
LIBS := libbpf libelf json-c libcrypto inih audit

all:

include scripts/flags.mk scripts/install.mk

# The order of objects must not depend on the file system.
LIB_OBJS := $(patsubst %.c,$B/%.o,$(filter-out %.bpf.c,$(sort $(wildcard lib/*/*.c))))
CLI_OBJS := $(patsubst %.c,$B/%.o,$(sort $(wildcard cli/*.c)))
MODULES := $(patsubst modules/%.c,build/modules/%.o,$(sort $(wildcard modules/*.bpf.c)))

all: $B/latch $(MODULES) $(if $(SANITIZE),,$B/$(SOFILE) $(INSTALLED_TEXTS))

# Not with liblatch.so: latch works before /usr/local and after half an upgrade of the library.
$B/latch: $(CLI_OBJS) $B/liblatch.a
	$(call say,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$B/liblatch.a: $(LIB_OBJS)
	$Qrm -f $@
	$(call say,AR)$(AR) rcsD $@ $^

$B/$(SOFILE): $(LIB_OBJS) lib/liblatch.map
	$(call say,LD)$(CC) $(ALL_CFLAGS) $(SO_LDFLAGS) -o $@ $(LIB_OBJS) $(ALL_LDLIBS)

# What is compiled in: another directory compiles these files again.
$B/lib/module/module.o: OUR_CPPFLAGS += -DLATCH_MODULE_DIR='"$(MODULEDIR)"'
$B/lib/module/module.o: $B/dir/MODULEDIR
$(CLI_OBJS): OUR_CPPFLAGS += -DLATCH_CONFIG_DIR='"$(SYSCONFDIR)/latch"'
$(CLI_OBJS): $B/dir/SYSCONFDIR

# What a variable is now; newer than what was made with another value.
$B/dir/%: FORCE
	@mkdir -p $(@D)
	@echo '$($*)' | cmp -s - $@ || { echo '$($*)' >$@.$$$$ && mv $@.$$$$ $@; }

# In liblatch.so, too.
$B/lib/%.o: PIC := -fPIC

$B/%.o: %.c scripts/flags.mk
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

build/%.bpf.o: %.bpf.c scripts/flags.mk
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(ALL_BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@.tmp $<
	$Q$(LLVM_STRIP) -g $@.tmp
	$Qmv $@.tmp $@

# latch's own programs are part of the binary, each beside the file that loads it.
build/lib/%.bpf.o: OUR_BPF_CFLAGS += -Ilib
build/lib/%.skel.h: build/lib/%.bpf.o
	$(call say,GEN)$(BPFTOOL) gen skeleton $< name $(*F)_bpf >$@

$B/lib/control/trial.o: build/lib/control/trial.skel.h
$B/lib/loaded/iter.o: build/lib/loaded/iter.skel.h
$B/lib/seal/guard.o $B/lib/seal/compare.o: build/lib/seal/guard.skel.h build/lib/seal/mounts.skel.h
$B/lib/seal/census.o: build/lib/seal/census.skel.h
$B/lib/seal/fresh.o: build/lib/seal/fresh.skel.h
$B/lib/lockdown/holders.o: build/lib/lockdown/holders.skel.h
$B/lib/allow/identity.o: build/lib/allow/identity.skel.h

include $(wildcard kernel/kernel.mk tests/tests.mk tests/vm/vm.mk tests/attack/attack.mk bench/bench.mk)

demo:
	./demo

clean:
	rm -rf build

-include $(LIB_OBJS:.o=.d) $(CLI_OBJS:.o=.d) $(MODULES:.o=.d) $(patsubst %.c,build/%.d,$(wildcard lib/*/*.bpf.c))

# Made by a rule that make takes for a chain, and not to be removed at its end.
.PRECIOUS: $B/dir/%
.PHONY: all demo clean FORCE
.DELETE_ON_ERROR:
