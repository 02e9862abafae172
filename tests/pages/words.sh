# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Read by tests/pages/run: commands and options are the same in `latch help` and in the
# synopses of the manual pages, both ways, and where a page speaks of `latch COMMAND --option`
# there are such.

latch=$work/local/sbin/latch

# Of `latch help`: "COMMAND", and "COMMAND --option" or "lockdown SUBCOMMAND". Each command has
# --help and --color, which the pages say once.
of_help()
{
	"$latch" help --table | awk -F '\t' '
		$1 == "command" { print $2 }
		$1 == "option" && $3 != "--help" && $3 != "--color" { sub(/ .*/, "", $2); print $2, $3 }'
}

# The same of SYNOPSIS: in man pages, wide enough for each form to be one line.
of_synopses()
{
	for page in man/*.8; do
		mandoc -Tascii -O width=500 "$page" | sed 's/.'"$(printf '\b')"'//g' |
			awk '/^[A-Z]/ { in_it = /^SYNOPSIS/ } in_it && $1 == "latch" && NF > 1' |
			awk '{
				print $2
				if ($2 == "lockdown" && $3 ~ /^\[?[a-z]+\]?$/ && $3 != "[command") {
					gsub(/[][]/, "", $3)
					print "lockdown", $3
				}
				line = $0
				while (match(line, /--[a-z-]+/)) {
					print $2, substr(line, RSTART, RLENGTH)
					line = substr(line, RSTART + RLENGTH)
				}
			}'
	done
}

# What a page says of latch in code: `latch ...` in Markdown, the same after a macro.
of_text()
{
	for page; do
		case $page in
		*.md) grep -noE '`latch [^`]*`' "$page" | sed 's/:`/:/; s/`$//' ;;
		*)
			sed 's/\\-/-/g; s/\\&//g' "$page" >"$work/plain"
			grep -noE '^\.(Ql|Dl|Li|Ic|B) latch [a-z].*' "$work/plain" |
				sed -E 's/:\.[A-Za-z]+ /:/'
			grep -noE '"latch [a-z][^"]*"' "$work/plain"
			;;
		esac | sed "s|^|$page:|"
	done
}

of_help | sort -u >"$work/help"
of_synopses | sort -u >"$work/synopses"
diff -U 0 "$work/help" "$work/synopses" | grep '^[-+][a-z]' |
	sed 's/^-/only in latch help: latch /; s/^+/only in the manual: latch /' >"$work/why"
[ -s "$work/help" ] && [ ! -s "$work/why" ]
result $? "$(wc -l <"$work/help") commands and options: the same in help and in the synopses"

of_text "$@" | awk '
	FNR == NR { known[$0] = 1; next }
	{
		at = $0
		sub(/:[^:]*$/, "", at)
		line = substr($0, length(at) + 2)
		gsub(/["`,.]/, " ", line)
		sub(/^ +/, "", line)
		n = split(line, word, / +/)
		if (word[2] ~ /^[a-z]+$/ && !(word[2] in known))
			print at ": no such command: latch " word[2]
		for (i = 3; i <= n; i++)
			if (match(word[i], /^--[a-z-]+/) && !((word[2] " " substr(word[i], 1, RLENGTH)) in known))
				print at ": no such option: latch " word[2] " " word[i]
	}' "$work/help" - >"$work/why"
[ ! -s "$work/why" ]
result $? "the commands that the text names are there"

grep -noE 'latch/[0-9]+\.[0-9.]+' "$@" | grep -v "latch/$("$latch" version | cut -d ' ' -f 2)\$" >"$work/why"
[ ! -s "$work/why" ]
result $? "the version that the pages name is this one"
