# SPDX-License-Identifier: GPL-2.0-only
# kernels: trixie
# run-options: -f build/tests/vm/mod:/test/mod
# shares-boot: yes
#
# Each command that takes --json prints a document whatever comes of it: with nothing loaded, without
# privilege, with a word or an option too many; and where it fails and has nothing else to say, the
# document is the error, with the exit status.
. /test/lib.sh
. /test/mod/common.sh

latch help --table | awk -F '\t' '$1 == "option" && $3 == "--json" { print $2 }' >/tmp/commands
ok "there are such commands" test "$(wc -l </tmp/commands)" -ge 10
# document WHAT COMMAND...: it is one; a failure without a document of its own has its status in it
document()
{
	what=$1
	shift
	json "$what" timeout 5 "$@"
	status=0
	timeout 5 "$@" >/tmp/out 2>/dev/null || status=$?
	! grep -q '^  "error"' /tmp/out || like "$what: ... with its status" "$(cat /tmp/out)" "\"status\": ?$status"
}
while read -r command; do
	case $command in
	watch) words=nothing ;;
	info) words=nothing ;;
	*) words= ;;
	esac
	# shellcheck disable=SC2086
	{
		document "$command" latch $command $words --json
		document "$command, no privilege" su user -c "latch $command $words --json"
		document "$command, words" latch $command $words --json a b c d
		document "$command, option" latch $command --json $words --no-such
	}
done </tmp/commands
done_testing
