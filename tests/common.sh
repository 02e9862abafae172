# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What tests/plan, tests/job and tests/together have in common; at the top of the tree.

logs=${TEST_LOGS:-build/test}

# header NAME SCRIPT: what its line "# NAME: " says
header()
{
	sed -n "s/^# $1: *//p" "$2" | head -n 1
}

# name_of KERNEL PART TEST: as it is told, "vm/t/kill.sh@sid~" if it is a part
name_of()
{
	name=${3#./}
	name=${name#tests/}
	name=${name#build/}
	[ "$1" = - ] || name=$name@$1
	[ "$2" -eq 1 ] || name=$name~
	echo "$name"
}

file_of()
{
	echo "$logs/$(echo "$1" | tr / -)"
}

# bound SCRIPT: the seconds that it may take
bound()
{
	seconds=$(header run-options "$1" | sed -n 's/.*-t \([0-9]*\).*/\1/p')
	echo $((${seconds:-120} * ${TEST_PATIENCE:-1}))
}

# count LOG STATUS WHY: what NAME.count holds
count()
{
	awk -v status="$2" -v why="$3" '
		/^(not )?ok( |$)/ {
			seen++
			if (toupper($0) ~ /# *SKIP/) skipped++
			else if (/^not/) failed++
			else passed++
		}
		/^1\.\.[0-9]+/ { planned += substr($1, 4); plans++ }
		END {
			if (why) ;
			else if (!seen) why = "no TAP output"
			else if (!plans) why = "it did not come to its plan (1..N)"
			else if (planned != seen) why = seen " results, " planned " planned"
			else if (status && !failed) why = "exit " status
			if (why) failed++
			print passed + 0, failed + 0, skipped + 0
			if (why) print why
		}' "$1"
}

# report NAME STATUS SECONDS WHY: of what is in NAME.log
report()
{
	log=$(file_of "$1")
	count "$log.log" "$2" "$4" >"$log.count"
	{
		read -r passed failed skipped
		read -r why || why=
	} <"$log.count"
	echo "$3 $1" >"$log.took"

	exec 9>"$logs/lock"
	flock 9
	line="$passed ok, $skipped skipped, $3 s"
	line=$(echo "$line" | sed 's/, 0 skipped//')
	if [ "$failed" -eq 0 ]; then
		echo "ok    $1 ($line)"
	else
		echo "FAIL  $1 ($failed failed, $line)${why:+: $why}"
		sed 's/^/    /' "$log.log"
	fi
	exec 9>&-
}
