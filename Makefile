# SPDX-License-Identifier: GPL-2.0-only
# make CC=clang, make SANITIZE=1, make install DESTDIR= PREFIX=
CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PREFIX ?= /usr/local
B := build$(if $(SANITIZE),/sanitize)
, := ,

MULTIARCH := $(shell $(CC) -print-multiarch)
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
LIBS := libbpf libelf json-c libcrypto inih audit

CPPFLAGS += -D_GNU_SOURCE -Iinclude -Ilib -Ibuild/lib
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra -Werror
CFLAGS += $(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
LDLIBS += $(shell pkg-config --libs $(LIBS))
BPF_CFLAGS := -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -O2 -g -mcpu=v3 -Wall -Wextra -Werror \
	-Wno-unused-parameter -Iinclude -idirafter /usr/include/$(MULTIARCH)

LIB_OBJS := $(patsubst %.c,$B/%.o,$(filter-out %.bpf.c,$(wildcard lib/*/*.c)))
CLI_OBJS := $(patsubst %.c,$B/%.o,$(wildcard cli/*.c))
MODULES := $(patsubst modules/%.c,build/modules/%.o,$(wildcard modules/*.bpf.c))
MAN := $(wildcard man/*.[578])

all: $B/latch $(MODULES)

$B/latch: $(CLI_OBJS) $B/liblatch.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/liblatch.a: $(LIB_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

# Where modules are searched is compiled in: a new PREFIX compiles that file again.
$B/lib/module/module.o: CPPFLAGS += -DLATCH_MODULE_DIR='"$(PREFIX)/lib/latch/modules"'
$B/lib/module/module.o: $B/prefix
$B/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

build/%.bpf.o: %.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@.tmp $<
	$(LLVM_STRIP) -g $@.tmp
	mv $@.tmp $@

# latch's own programs are part of the binary, each beside the file that loads it.
build/lib/%.bpf.o: BPF_CFLAGS += -Ilib
build/lib/%.skel.h: build/lib/%.bpf.o
	$(BPFTOOL) gen skeleton $< name $(*F)_bpf >$@

$B/lib/control/trial.o: build/lib/control/trial.skel.h
$B/lib/loaded/view.o: build/lib/loaded/view.skel.h
$B/lib/seal/guard.o $B/lib/seal/arm.o: build/lib/seal/guard.skel.h build/lib/seal/mounts.skel.h
$B/lib/seal/census.o: build/lib/seal/census.skel.h
$B/lib/lockdown/holders.o: build/lib/lockdown/holders.skel.h
$B/lib/allow/identity.o: build/lib/allow/identity.skel.h

include $(wildcard kernel/kernel.mk tests/tests.mk tests/vm/vm.mk tests/attack/attack.mk bench/bench.mk)

demo:
	./demo

# The unit names the binary by its whole path.
install: all
	install -d "$(DESTDIR)$(PREFIX)/sbin" "$(DESTDIR)$(PREFIX)/lib/latch/modules" \
		"$(DESTDIR)$(PREFIX)/include/latch" "$(DESTDIR)$(PREFIX)/lib/systemd/system" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions"
	install -m 755 $B/latch "$(DESTDIR)$(PREFIX)/sbin/latch"
	install -m 644 $(MODULES) "$(DESTDIR)$(PREFIX)/lib/latch/modules"
	install -m 644 include/latch/*.h "$(DESTDIR)$(PREFIX)/include/latch"
	sed 's|/usr/sbin/latch|$(PREFIX)/sbin/latch|' systemd/latch.service \
		>"$(DESTDIR)$(PREFIX)/lib/systemd/system/latch.service"
	install -m 644 completion/latch.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/latch"
	for page in $(MAN); do \
		dir="$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}"; \
		install -d "$$dir" && install -m 644 $$page "$$dir" || exit 1; \
	done

clean:
	rm -rf build

-include $(LIB_OBJS:.o=.d) $(CLI_OBJS:.o=.d) $(MODULES:.o=.d) $(patsubst %.c,build/%.d,$(wildcard lib/*/*.bpf.c))

.PHONY: all demo install clean FORCE
.DELETE_ON_ERROR:
