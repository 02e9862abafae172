# SPDX-License-Identifier: GPL-2.0-only
# make bench: measures in guests and writes bench/RESULTS.md
BENCH := build/bench
BENCH_HOOKS := file_open file_permission inode_unlink task_alloc bprm_check_security
# what the guard has a program on, too
BENCH_GUARDED := inode_mkdir inode_rename sb_umount bpf

bench: build-bench
	bench/run

build-bench: all kernel-modules $(addprefix $(BENCH)/,measure nothing plain five.bpf.o deny-locked_down.bpf.o) \
	$(patsubst %,$(BENCH)/empty-%.bpf.o,$(BENCH_HOOKS) $(BENCH_GUARDED)) $(BENCH_HOOKS:%=$(BENCH)/allow-%.bpf.o)

# A kind of program on the hook that is in the target's name.
define bench_object
	@mkdir -p $(@D)
	$(call say,CLANG)$(CLANG) $(ALL_BPF_CFLAGS) -DHOOK=$* $1 -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@ $<
	$Q$(LLVM_STRIP) -g $@
endef

$(BENCH)/empty-%.bpf.o: bench/empty.bpf.c
	$(call bench_object,-DVERDICT=0)

$(BENCH)/deny-%.bpf.o: bench/empty.bpf.c
	$(call bench_object,-DVERDICT=-EPERM)

$(BENCH)/allow-%.bpf.o: bench/allow.bpf.c
	$(call bench_object)

$(BENCH)/measure: bench/measure.c bench/calls.c bench/measure.h
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -D_GNU_SOURCE $(WARNINGS) -O2 -static -s -o $@ $(filter %.c,$^)

$(BENCH)/nothing: bench/nothing.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(WARNINGS) -Os -static -nostdlib -fno-stack-protector -s -o $@ $<

$(BENCH)/five.skel.h: $(BENCH)/five.bpf.o
	$(call say,GEN)$(BPFTOOL) gen skeleton $< name five >$@

$(BENCH)/plain: bench/plain.c $(BENCH)/five.skel.h
	$(call say,CC)$(CC) -D_GNU_SOURCE -Iinclude -I$(BENCH) $(WARNINGS) -O2 -s -o $@ $< $(LDFLAGS) -lbpf

-include $(wildcard $(BENCH)/*.d)

.PHONY: bench build-bench
