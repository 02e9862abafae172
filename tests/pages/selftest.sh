# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Read by tests/pages/run, when all has been typed: in a copy of each page one digit of what a
# block prints is changed, and the step that it belongs to must be told. The digits are drawn
# anew each day; those that a mask takes for any value are left out.

seed=$(date +%j)
echo "# digits drawn by $seed"

# Of text on stdin, prints it with the digit changed that NUMBER draws of those that count.
one_digit()
{
	: >"$2"
	awk -v lines="$2" '
		{ text[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++)
				for (j = 1; j <= length(text[i]); j++) {
					c = substr(text[i], j, 1)
					if (c ~ /[0-9]/)
						print i, j, (c + 1) % 10 > lines
				}
			close(lines)
		}' <"$1"
	total=$(wc -l <"$2")
	tries=0
	while [ "$tries" -lt "$total" ] && [ "$tries" -lt 12 ]; do
		sed -n "$(((seed * 7 + tries * 5) % total + 1))p" "$2" >"$2.drawn"
		read -r row column digit <"$2.drawn"
		awk -v row="$row" -v column="$column" -v digit="$digit" '
			NR == row { $0 = substr($0, 1, column - 1) digit substr($0, column + 1) }
			{ print }' "$1" >"$2.text"
		sed -E -f "$here/masks" "$1" >"$2.before"
		sed -E -f "$here/masks" "$2.text" | cmp -s "$2.before" - || return 0
		tries=$((tries + 1))
	done
	return 1
}

# changed PAGE STEP: the page with that digit changed, cut into steps again, is told
changed()
{
	read -r from to <"$2/range"
	awk -v from="$from" -v row="$row" -v column="$column" -v digit="$digit" -v page="$1" -v prefix="$(cat "$2/prefix")" '
		NR == from + row - 1 {
			# what a manual page escapes takes more room there
			at = length(prefix) + 1
			for (i = 1; i <= column; i++) {
				if (page !~ /\.md$/ && substr($0, at, 2) == "\\&")
					at += 2
				if (i < column)
					at += page !~ /\.md$/ && substr($0, at, 2) ~ /^\\[-e]/ ? 2 : 1
			}
			if (substr($0, at, 1) !~ /[0-9]/)
				exit 1
			$0 = substr($0, 1, at - 1) digit substr($0, at + 1)
		}
		{ print }' "$1" >"$work/changed-page" || return
	rm -rf "$work/changed"
	mkdir "$work/changed"
	awk -v page="$1" -v dir="$work/changed" -f "$here/blocks.awk" "$work/changed-page"
	new=$work/changed/${2##*/}
	cp "$2/out" "$2/status" "$new" 2>/dev/null
	! "$here/compare" "$new" "$top" >/dev/null
}

for page; do
	for step in "$work/steps/$(name_of "$page")"/*; do
		[ -s "$step/expect" ] && [ ! -f "$step/differs" ] || continue
		one_digit "$step/expect" "$work/digits" || continue
		echo "no digit is like another" >"$work/why"
		changed "$page" "$step"
		result $? "$(cat "$step/at"): a digit changed in what it prints is told"
	done
done
