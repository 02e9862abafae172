# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP for guest tests; in a script: . /test/lib.sh ... done_testing
# Each check runs a command or compares, prints one line, and never ends the script. The
# command's output and status are in $output and $status afterwards.

tap_count=0
tap_failed=0
output=
status=0

tap_run()
{
	status=0
	"$@" >/tmp/tap.output 2>&1 </dev/null || status=$?
	output=$(cat /tmp/tap.output)
}

tap_pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# tap_fail DESCRIPTION WHY...
tap_fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/#   /'
}

# skip DESCRIPTION REASON
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# ok DESCRIPTION COMMAND...: it succeeds
ok()
{
	tap_what=$1
	shift
	tap_run "$@"
	if [ "$status" -eq 0 ]; then
		tap_pass "$tap_what"
	else
		tap_fail "$tap_what" "command: $*" "status: $status" "$output"
	fi
}

# not_ok DESCRIPTION COMMAND...: it fails by itself: not by a signal, nor because it is missing
not_ok()
{
	tap_what=$1
	shift
	tap_run "$@"
	if [ "$status" -gt 0 ] && [ "$status" -lt 126 ]; then
		tap_pass "$tap_what"
	else
		tap_fail "$tap_what" "command: $*" "status: $status, not 1 to 125" "$output"
	fi
}

# status_is DESCRIPTION STATUS COMMAND...
status_is()
{
	tap_what=$1 tap_want=$2
	shift 2
	tap_run "$@"
	if [ "$status" -eq "$tap_want" ]; then
		tap_pass "$tap_what"
	else
		tap_fail "$tap_what" "command: $*" "status: $status, not $tap_want" "$output"
	fi
}

# is DESCRIPTION GOT WANT
is()
{
	if [ "$2" = "$3" ]; then
		tap_pass "$1"
	else
		tap_fail "$1" "got:  $2" "want: $3"
	fi
}

# like DESCRIPTION GOT REGEX (extended; one line of it has to match)
like()
{
	if printf '%s\n' "$2" | grep -qE -e "$3"; then
		tap_pass "$1"
	else
		tap_fail "$1" "got:  $2" "no match: $3"
	fi
}

# unlike DESCRIPTION GOT REGEX
unlike()
{
	if printf '%s\n' "$2" | grep -qE -e "$3"; then
		tap_fail "$1" "got:  $2" "a match: $3"
	else
		tap_pass "$1"
	fi
}

# allowed DESCRIPTION COMMAND...: a probe is let through; skipped where there is no such thing
allowed()
{
	tap_what=$1
	shift
	tap_run "$@"
	case $status in
	0) tap_pass "$tap_what" ;;
	77) skip "$tap_what" "$output" ;;
	*) tap_fail "$tap_what" "command: $*" "status: $status" "$output" ;;
	esac
}

# denied DESCRIPTION COMMAND...: it is refused with EPERM or EACCES, not with another error.
# A BPF helper that is locked down is hidden from the verifier, which says EINVAL.
denied()
{
	tap_what=$1
	shift
	tap_run "$@"
	if [ "$status" -eq 77 ]; then
		skip "$tap_what" "$output"
	elif [ "$status" -eq 1 ] && printf '%s\n' "$output" | grep -qE \
		-e 'Operation not permitted|Permission denied|^seq: .* 0 allowed' \
		-e '^bpf_[a-z_]*: .*EINVAL'; then
		tap_pass "$tap_what"
	else
		tap_fail "$tap_what" "command: $*" "status: $status" "$output"
	fi
}

# tells the runner that matching complaints in the kernel's log belong to the test
expect_kernel_log()
{
	echo "# expect-kernel-log: $1"
}

done_testing()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ] && exit 0
	echo "# $tap_failed of $tap_count failed"
	exit 1
}
