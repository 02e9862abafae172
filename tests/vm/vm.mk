# SPDX-License-Identifier: GPL-2.0-only
# Modules, programs and shell functions for the guest tests; in a guest they are in /test/mod.
TEST_MOD := build/tests/vm/mod

test-modules: $(patsubst tests/%.bpf.c,build/tests/%.bpf.o,$(wildcard tests/vm/mod/*.bpf.c)) \
	build/tests/unit/objs/ksyms.bpf.o \
	$(addprefix $(TEST_MOD)/,act attachable auditlog churn collide counts dump early fill fuse gap hold json killat nobpf nocap pty common.sh sweep.sh)

# There is no libc in a guest.
$(TEST_MOD)/act: tests/vm/mod/act.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(WARNINGS) -Os -static -nostdlib -fno-stack-protector -s -o $@ $<

# What latch links is in the guest with it.
$(TEST_MOD)/hold: tests/vm/mod/hold.c $B/liblatch.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(TEST_MOD)/collide: tests/vm/mod/collide.c tests/vm/mod/collide_hash.c tests/vm/mod/collide.h
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(WARNINGS) -O2 -static -s -o $@ $(filter %.c,$^)

$(TEST_MOD)/%: tests/vm/mod/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(WARNINGS) -O2 -static -s -o $@ $<

$(TEST_MOD)/%.sh: tests/vm/mod/%.sh
	@mkdir -p $(@D)
	$Qcp $< $@

-include $(patsubst tests/%.c,build/tests/%.d,$(wildcard tests/vm/mod/*.bpf.c))

.PHONY: test-modules
