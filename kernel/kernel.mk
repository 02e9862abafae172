# SPDX-License-Identifier: GPL-2.0-only
# latch.ko for the kernels of the guests, with their own headers; and its source for DKMS.
KO_KERNELS := bookworm trixie sid backports
KO_FILES := kernel/Kbuild $(wildcard kernel/*.[ch])
# DKMS looks in /usr/src, so PREFIX=/usr, or a link.
KO_SRC = $(PREFIX)/src/latch-$(VERSION)

kernel-modules: $(KO_KERNELS:%=build/kernel/%/latch.ko)

build/kernel/%/latch.ko: $(KO_FILES) include/latch/abi.h tests/vm/latch_ko tests/vm/headers
	tests/vm/latch_ko $*

# A kernel that was fetched anew may be another version.
KO_CACHE := $(shell . tests/vm/cache.sh && echo "$$cache")
$(foreach k,$(KO_KERNELS),$(eval build/kernel/$k/latch.ko: $(wildcard $(KO_CACHE)/kernels/$k/release)))

DKMS_FILES = $(call to,644,$(KO_FILES) $B/text/kernel/dkms.conf,$(KO_SRC)) \
	$(call to,644,include/latch/abi.h,$(KO_SRC)/latch)
DKMS_DIRECTORIES = $(KO_SRC)/latch $(KO_SRC)

install-dkms: $B/text/kernel/dkms.conf
	$(foreach f,$(DKMS_FILES),$(call put,$f))

.PHONY: kernel-modules install-dkms
