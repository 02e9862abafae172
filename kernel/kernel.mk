# SPDX-License-Identifier: GPL-2.0-only
# latch.ko for the kernels of the guests, with their own headers; and its source for DKMS.
KO_KERNELS := bookworm trixie sid backports
KO_FILES := kernel/Kbuild $(wildcard kernel/*.[ch])
KO_VERSION = $(shell sed -n 's/^.define LATCH_VERSION "\(.*\)"/\1/p' include/latch/abi.h)
# DKMS looks in /usr/src, so PREFIX=/usr, or a link.
KO_SRC = $(DESTDIR)$(PREFIX)/src/latch-$(KO_VERSION)

kernel-modules: $(KO_KERNELS:%=build/kernel/%/latch.ko)

build/kernel/%/latch.ko: $(KO_FILES) include/latch/abi.h tests/vm/latch_ko tests/vm/headers
	tests/vm/latch_ko $*

# A kernel that was fetched anew may be another version.
KO_CACHE := $(shell . tests/vm/cache.sh && echo "$$cache")
$(foreach k,$(KO_KERNELS),$(eval build/kernel/$k/latch.ko: $(wildcard $(KO_CACHE)/kernels/$k/release)))

install: install-dkms

install-dkms:
	install -d "$(KO_SRC)/latch"
	install -m 644 $(KO_FILES) "$(KO_SRC)"
	install -m 644 include/latch/abi.h "$(KO_SRC)/latch"
	sed 's/@VERSION@/$(KO_VERSION)/' kernel/dkms.conf >"$(KO_SRC)/dkms.conf"

.PHONY: kernel-modules install-dkms
