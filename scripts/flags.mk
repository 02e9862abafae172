# SPDX-License-Identifier: GPL-2.0-only
# What latch is compiled and linked with: OUR_*, and ALL_* with what who builds added.

# Says what is missing, and in which package of Debian it is.
ifneq ($(filter-out clean uninstall install-dkms,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell CC='$(CC)' CLANG='$(CLANG)' LLVM_STRIP='$(LLVM_STRIP)' BPFTOOL='$(BPFTOOL)' \
	PKG_CONFIG='$(PKG_CONFIG)' scripts/needs $(LIBS) && echo all),all)
$(error latch cannot be built without what is missing)
endif
endif

# A build that stops at what a newer compiler warns of is for who works on latch.
WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)

# The compilers name this directory in what they make; so they do with another $PWD for it.
export PWD := $(CURDIR)
NOWHERE := -ffile-prefix-map='$(CURDIR)=.'

# Those of the flags $1 that the compiler takes.
taken = $(shell for f in $1; do $(CC) -Werror $$f -c -x c -o /dev/null /dev/null 2>/dev/null && echo "$$f"; done)
SANITIZERS := -fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ifdef SANITIZE
HARDENING := $(SANITIZERS)
else
HARDENING := $(call taken,-fstack-protector-strong -fstack-clash-protection -fcf-protection)
# glibc warns where nothing is optimised, and who builds, or the compiler, may have chosen a level.
HARDENING += $(shell echo | $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c - 2>/dev/null | \
	awk '/ __OPTIMIZE__ / { on = 1 } / _FORTIFY_SOURCE / { set = 1 } END { if (on && !set) print "-D_FORTIFY_SOURCE=2" }')
endif

MULTIARCH := $(shell $(CC) -print-multiarch)

OUR_CPPFLAGS := -D_GNU_SOURCE -Iinclude -Ilib -Ibuild/lib $(shell $(PKG_CONFIG) --cflags $(LIBS))
OUR_CFLAGS := -std=gnu11 $(WARNINGS) $(HARDENING) -fPIE $(NOWHERE)
OUR_LDFLAGS := -Wl,-z,relro -Wl,-z,now
OUR_LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBS))
OUR_BPF_CFLAGS := -target bpf -O2 -g -mcpu=v3 $(WARNINGS) \
	-Wno-unused-parameter $(NOWHERE) -Iinclude -idirafter /usr/include/$(MULTIARCH)

PIC :=
ALL_CPPFLAGS = $(OUR_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS = $(OUR_CFLAGS) $(CFLAGS) $(PIC)
ALL_LDFLAGS = $(if $(filter -static,$(LDFLAGS)),,-pie) $(OUR_LDFLAGS) $(LDFLAGS)
ALL_LDLIBS = $(OUR_LDLIBS) $(LDLIBS)
ALL_BPF_CFLAGS = $(OUR_BPF_CFLAGS) $(BPF_CFLAGS)

# Counts up when a program linked with the one before would not work: not while that is 0.
SONAME := liblatch.so.0
SOFILE := liblatch.so.$(VERSION)
SO_LDFLAGS = -shared -Wl,-soname,$(SONAME) -Wl,--version-script,lib/liblatch.map -Wl,-z,defs \
	$(OUR_LDFLAGS) $(filter-out -pie -static,$(LDFLAGS))
