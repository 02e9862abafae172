# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# What is wrong with a file, a word or the caller: a message that says what and why, the
# documented exit status, and nothing loaded, attached or pinned. The kernel's and other
# people's doing is in bad-kernel.sh.
. /test/lib.sh
. /test/mod/common.sh

mkdir /tmp/bad && cd /tmp/bad || exit

# Before anything else, as this needs a guest in which no latch has been.
refused "unload, without bpffs" 1 "^latch: trio is not loaded" latch unload trio
refused "mode, without bpffs" 1 "^latch: trio is not loaded" latch mode trio observe
status_is "list, without bpffs" 0 latch list
latch load $mod/trio.bpf.o >/dev/null 2>&1
latch unload trio >/dev/null

# Files.
refused "no such file" 1 "^latch: .*/nothing.bpf.o: No such file" latch load ./nothing.bpf.o
refused "no such module" 1 "^latch: .*nosuch.* is not there: .latch list --available." latch load nosuch
refused "a directory" 1 "^latch: /tmp/bad/: not a regular file" latch load /tmp/bad/
refused "a device" 1 "^latch: /dev/zero: not a regular file" latch load /dev/zero
echo "not a module at all" >text.bpf.o
refused "not an ELF file" 1 "^latch: ./text.bpf.o: not an ELF file" latch load ./text.bpf.o
: >empty.bpf.o
refused "an empty file" 1 "^latch: ./empty.bpf.o: not an ELF file" latch load ./empty.bpf.o
refused "an ELF file that is no BPF object" 1 "^latch: /bin/busybox: .*no BPF object" \
	latch load /bin/busybox
refused "a BPF object that is not for LSM hooks" 1 "tracer.*not for an LSM hook.*kprobe/vfs_fsync" \
	latch load $mod/tracer.bpf.o
refused "a licence that is not the GPL's" 1 "licence is .Proprietary.*GPL" \
	latch load $mod/proprietary.bpf.o
refused "no licence" 1 "no .license." latch load $mod/unlicensed.bpf.o
refused "a module's name that is too long" 1 "bad module name .abcdefghijklm.*31" \
	latch load $mod/longname.bpf.o
refused "65 hooks" 1 "more than 64 hooks" latch load $mod/hooks65.bpf.o

for file in /usr/lib/latch/modules/lockdown.bpf.o $mod/plain.bpf.o; do
	size=$(wc -c <"$file") cut=0
	while [ "$cut" -lt "$size" ]; do
		head -c "$cut" "$file" >cut.bpf.o
		refused "${file##*/}, cut after $cut of $size bytes" 1 \
			"^latch: ./cut.bpf.o: (truncated|damaged|not an ELF file)" latch load ./cut.bpf.o
		cut=$((cut + 4096))
	done
	head -c $((size - 1)) "$file" >cut.bpf.o
	refused "${file##*/}, cut by a byte" 1 "^latch: ./cut.bpf.o: (truncated|damaged)" \
		latch load ./cut.bpf.o
done

# Names.
cp $mod/one.bpf.o "a name; \$(with) odd things.bpf.o"
refused "an ungated module with an odd name" 1 "bad module name .a name; " \
	latch load "./a name; \$(with) odd things.bpf.o"
cp $mod/one.bpf.o abcdefghijklmnopqrstuvwxyzabcdef.bpf.o
refused "an ungated module with a long name" 1 "bad module name .abcdef.*31" \
	latch load ./abcdefghijklmnopqrstuvwxyzabcdef.bpf.o
escape=$(printf '\033')
cp $mod/one.bpf.o "$escape[31mred.bpf.o"
refused "an ungated module with a name that is not for terminals" 1 "bad module name" \
	latch load "./$escape[31mred.bpf.o"
unlike "... which no terminal gets" "$output" "$escape"
cp $mod/trio.bpf.o "$escape[31m \$(with) odd things.bpf.o"
ok "the file of a module may have any name" latch load "./$escape[31m \$(with) odd things.bpf.o"
is "... as it has its own" "$(loaded)" "trio:enforce:3"
latch unload trio >/dev/null
for name in ../x . .. '' -x TRIO "a b" trio~1; do
	refused "unload of \`$name'" 2 "^latch: .*(is not a module's name|unknown option)" \
		latch unload "$name"
done

# Hooks.
$mod/fill no_such_hook <$mod/hook1.bpf.o >nohook.bpf.o
refused "a hook that this kernel lacks" 4 "^latch: hook1: this kernel has no hook .no_such_hook" \
	latch load ./nohook.bpf.o
$mod/fill getprocattr <$mod/hook1.bpf.o >forbidden.bpf.o
refused "a hook that BPF may not be attached to" 4 "hook1: hook getprocattr: " \
	latch load ./forbidden.bpf.o
refused "a program that the verifier refuses" 1 \
	"unverifiable: hook inode_symlink: .*verifier.*(doesn't have 41-th argument|invalid bpf_context access)" \
	latch load $mod/unverifiable.bpf.o

# Parameters.
template=/usr/lib/latch/modules/template.bpf.o
refused "an unknown parameter" 2 "template has no parameter .form.*from" latch load template form=1
refused "a parameter of a module that has none" 2 "no parameter .x.*none" \
	latch load $mod/second.bpf.o x=1
refused "a bad number" 2 "from: bad value .1x.: not a number" latch load template from=1x
refused "no number" 2 "from: bad value ..: not a number" latch load template from=
refused "a number out of range" 2 "from: 65536 is out of range: use 0 to 65535" \
	latch load $template from=65536
refused "a negative number" 2 "from: -1 is out of range" latch load template from=-1
refused "a number beyond any range" 2 "from: 9{30} is out of range" \
	latch load template from=999999999999999999999999999999
refused "a parameter twice" 2 "from is given twice" latch load template from=1 from=1
refused "no parameter=value" 2 "from.: write parameter=value" latch load template from
refused "a bad bool" 2 "deny: bad value .maybe.: use yes or no" latch load $mod/trio.bpf.o deny=maybe
refused "a bad mode of a feature" 2 "dev_mem: unknown mode .deny.: use off, observe or enforce" \
	latch load lockdown dev_mem=deny
refused "an unknown feature" 2 "lockdown has no parameter .nothing.*dev_mem.*kcore" \
	latch load lockdown nothing=enforce
refused "a feature twice" 2 "dev_mem is given twice" \
	latch load lockdown dev_mem=observe dev_mem=enforce
refused "observe of an ungated module" 4 "plain is ungated.*observe" \
	latch load $mod/plain.bpf.o --observe

# The command line.
refused "an unknown command" 2 "unknown command .lod" latch lod template
refused "an unknown option" 2 "unknown option .--enforce" latch load template --enforce
refused "no module" 2 "which module" latch load
refused "two modules" 2 "one module" latch unload a b
refused "a mode that is none" 2 "off.*is not a mode" latch mode template off
refused "set of what is not loaded" 1 "template is not loaded" latch set template from=1
refused "log of what is not loaded" 1 "template is not loaded" latch log template

# Nothing written is nothing said.
status_is "no room for the output" 1 sh -c "latch help >/dev/full"

# A caller without privilege.
for command in "load template" "unload template" list "mode template observe" \
	"set template from=1" log status; do
	refused "$command, as a user" 1 "run it as root" su user -c "/usr/sbin/latch $command"
done
ok "info of a file, as a user" su user -c "/usr/sbin/latch info $template"
ok "help, as a user" su user -c "/usr/sbin/latch help"
status_is "doctor, as a user" 4 su user -c "/usr/sbin/latch doctor"
like "... says what it takes" "$output" "privilege .*run latch as root"
refused "load, as root of a user namespace" 1 "^latch: .*(run it as root|Permission denied|not permitted)" \
	su user -c "unshare -U -r /usr/sbin/latch load template"

# What is loaded stays as it is.
latch load $mod/trio.bpf.o >/dev/null
rebase
refused "a module that is loaded" 1 "trio is already loaded.*latch set.*latch unload trio" \
	latch load $mod/trio.bpf.o
refused "set of an unknown parameter" 2 "trio has no parameter .allow" latch set trio allow=1
refused "set of one twice" 2 "deny is given twice" latch set trio deny=0 deny=no
refused "set of two, one of them unknown" 2 "no parameter .dney" latch set trio deny=0 dney=0
refused "a mode of an unknown word" 2 "is not a mode" latch mode trio Enforce
is "the module still enforces" "$(act symlink link mknod)" "1 13 30"
latch unload trio >/dev/null
ok "load of an ungated module" latch load $mod/plain.bpf.o
rebase
refused "mode of an ungated module" 4 "plain is ungated" latch mode plain observe
refused "set of an ungated module" 4 "plain is ungated.*no parameters" latch set plain x=1
refused "log of an ungated module" 4 "plain is ungated.*not recorded" latch log plain
latch unload plain >/dev/null

is "nothing is denied at the end" "$(act symlink link mknod)" "0 0 0"
is "nothing is loaded at the end" "$(pindirs)" ""
done_testing
