# SPDX-License-Identifier: GPL-2.0-only
# Root against a seal; in a guest: /test/attack.
ATTACK := build/tests/attack

ATTACK_VICTIMS := $(patsubst %,$(ATTACK)/victim%.bpf.o,1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)

test-attack: $(ATTACK)/attack $(ATTACK)/programs.bpf.o $(ATTACK)/iter.bpf.o $(ATTACK_VICTIMS) test-modules

# The programs of the views, which anybody can have.
$(ATTACK)/iter.bpf.o: lib/loaded/iter.bpf.c lib/loaded/guard_state.h $(wildcard include/latch/*.h)
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(ALL_BPF_CFLAGS) -Ilib -c -o $@ $<

$(ATTACK)/victim%.bpf.o: tests/attack/victim.bpf.c $(wildcard include/latch/*.h)
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(ALL_BPF_CFLAGS) -DVICTIM=$* -c -o $@ $<
	$Q$(LLVM_STRIP) -g $@

# The ways into the kernel's memory are those of the guests' probe.
ATTACK_PROBES := $(filter-out tests/vm/probe.c,$(wildcard tests/vm/probe_*.c))

$(ATTACK)/attack: $(wildcard tests/attack/*.[ch]) $(ATTACK_PROBES) tests/vm/probe.h include/latch/abi.h lib/seal/guard.h lib/loaded/guard_state.h
	@mkdir -p $(@D)
	$(call say,CC)$(CC) -D_GNU_SOURCE= -Iinclude -Ilib -std=gnu11 $(WARNINGS) -O2 -o $@ \
		$(filter-out %.bpf.c,$(filter %.c,$^)) -lbpf

-include $(ATTACK)/programs.bpf.d

.PHONY: test-attack
