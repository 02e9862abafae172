# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm trixie backports
# run-options: -t 900 -f build/tests/vm/mod:/test/mod
# in-check: any
#
# A guard that root put up before the first seal, with a fault of his own: a later seal does not lean on it. Made by
# tests/vm/mod/forgery.c, which has the faults.
. /test/lib.sh
. /test/mod/common.sh

seed=${CHECK_SEED:-$(date +%j)}
echo "# seed $seed"
cd /tmp || exit
mkfifo held # trio would deny it
latch load $mod/trio.bpf.o >/dev/null
latch load $mod/parts.bpf.o >/dev/null

# check NAME [SEED]
check()
{
	/test/mod/forgery check "$@" >forged 2>&1
	latch mode parts observe >/dev/null 2>&1 # a command that takes away what is left
	said=$(grep -v '^#' forged | tail -n 1)
}

check none
is "one without a fault is taken" "$said" taken
is "... and nothing of it stays" "$(ls $latch_dir | xargs)" "parts trio"
for fault in $(/test/mod/forgery | grep -v none); do
	case $fault in
	left-out | other-way | not-armed) seeds="1 2" ;;
	*) seeds=1 ;;
	esac
	for n in $seeds; do
		check "$fault" $((seed + n))
		# What is refused for another reason was not looked for.
		case $fault in
		lru | small | flags) what="guard_kept" ;;
		constants) what=".rodata.self" ;;
		other-target) what="guard_inode_rmdir" ;;
		no-hook) what="guard_inode_rename" ;;
		no-mounts) what="guard_move_mount" ;;
		more-hooks) what="somebody changed links " ;;
		other-enter | enter-later) what="guard_enter" ;;
		other-sysctl) what="guard_sysctl" ;;
		other-hook) what="guard_inode_mkdir" ;;
		other-view) what="attempts" ;;
		more-views) what="somebody changed iter " ;;
		more-programs) what="somebody changed its directory " ;;
		more-tags) what="programs that it knows" ;;
		other-mount | other-mount-id | other-sb) what="the mount that it guards" ;;
		other-maps) what="guard_" ;;
		# An entry of a program, so that this cannot be opened; or any other.
		*) what="[(]guard_|the guard does not keep it so" ;;
		esac
		like "$fault $n: for its fault" "$said" "$what"
		like "$fault $n: $(sed -n 's/^# //p' forged)" "$said" '^refused: parts is not sealed: (the guard in .*is not what this latch would put up|somebody changed .* of the guard meanwhile)'
		is "... nothing stays" "$(ls $latch_dir | xargs)" "parts trio"
	done
done

# Who has a descriptor of the guard's from before it was there.
/test/mod/forgery hold none <held >there &
exec 9>held
until [ -s there ]; do usleep 20000; done
not_ok "a seal where somebody has the guard's maps" latch seal parts --weak
# Where programs may return anything, that guard does not know those of the process that seals either.
like "... says so" "$output" "somebody has a hand on map|by the guard of seals, which another build of latch put up, or somebody"
exec 9>&-
wait $!
latch mode parts observe >/dev/null 2>&1
is "... nothing stays" "$(ls $latch_dir | xargs)" "parts trio"

done_testing
