# SPDX-License-Identifier: GPL-2.0-only
# kernels: bookworm backports
# run-options: -t 300 -f build/tests/vm/mod:/test/mod
# shares-boot: yes
# sample: any
#
# Names that others chose: a program's path is its file's, or marked as none; no byte of a name
# reaches a terminal, a log or JSON raw; no command names a file that is not the one. In part, a
# quarter of the letters and of the words.
. /test/lib.sh
. /test/mod/common.sh

m=/tmp/m
mkdir -p $m /tmp/other /tmp/work && cd /tmp/work || exit
ok "a mount" mount -t tmpfs tmpfs $m
ok "load" latch load lockdown dev_mem=observe ioport=observe

# raw FILE: the bytes in it that a terminal would obey
raw()
{
	tr -cd '\001-\010\013-\037\177' <"$1" | wc -c
}

# clean WHAT COMMAND...: what it prints, on both streams, has no such bytes; it is in $out
clean()
{
	what=$1
	shift
	"$@" >said 2>&1 </dev/null
	out=$(cat said)
	is "$what: no raw byte" "$(raw said)" 0
}

# The programs in log, in the order of their first use.
programs()
{
	latch log lockdown | sed -nE 's/^lockdown +dev_mem +[a-z]+ +[0-9]+ +[^ ]+ [^ ]+ +[^ ]+ [^ ]+ +[^ ]+ +[0-9]+ +//p'
}

# uses PATH: it opens /dev/mem
uses()
{
	mkdir -p "$(dirname "$1")" && cp /usr/bin/probe "$1" && "$1" devmem >/dev/null 2>&1
}

# shown WHAT PROGRAM KNOWN EXE: how log and advise show the one that came last, now. EXE: what advise
# would allow, or -
shown()
{
	is "$1: log" "$(programs | tail -n 1)" "$2"
	in_json=$(printf '%s' "$2" | sed 's/\\/\\\\/g; s/"/\\"/g')
	latch log lockdown --json >log.json
	is "... log --json" "$(grep '"program"' log.json | tail -n 1)" "        \"program\":\"$in_json\","
	is "... path_known" "$(grep '"path_known"' log.json | tail -n 1)" "        \"path_known\":$3,"
	line=$(latch lockdown advise | grep -F "used by $2 (" | tail -n 1)
	case $4 in
	-) like "... advise names no file" "$line" "to keep it: latch lockdown set dev_mem=observe$" ;;
	*) is "... advise" "${line##*--exe }" "$4" ;;
	esac
}

# --- where the file is, and where it is not any more ---
uses $m/usr/bin/dd
shown "there" $m/usr/bin/dd true $m/usr/bin/dd
mkdir -p /usr/bin && cp /usr/bin/probe /usr/bin/dd.test && mv $m/usr/bin/dd $m/usr/bin/dd.test
shown "renamed: the names as they were" .../usr/bin/dd false -
uses $m/usr/bin/dd.test2
cp /usr/bin/probe /usr/bin/dd.test2
rm $m/usr/bin/dd.test2
shown "removed, and one of that path elsewhere" .../usr/bin/dd.test2 false -
like "... advise says why" "$(latch lockdown advise)" "no exception: the file of that program is not found any more"
rm /usr/bin/dd.test /usr/bin/dd.test2
uses $m/ln
cp /usr/bin/probe $m/ln.new
mv $m/ln.new $m/ln
shown "another file in its place" .../ln false -
ln -s /usr/bin/probe $m/link
uses $m/d/g/ln
rm -r $m/d
shown "removed with its directories" .../d/g/ln false -
uses $m/below/ln
mkdir -p $m/other
mount -t tmpfs tmpfs $m/below
shown "something mounted over it" .../below/ln false -
umount $m/below
shown "... and taken away again" $m/below/ln true $m/below/ln
mount --bind $m/below /tmp/other
umount /tmp/other
# Its files say another device than its super block, as those of btrfs do.
mkdir -p $m/lower $m/upper $m/over
mount -t tmpfs tmpfs $m/lower
mount -t tmpfs tmpfs $m/upper
mkdir $m/upper/u $m/upper/w
cp /usr/bin/probe $m/lower/low
modprobe overlay
ok "an overlay of two file systems" mount -t overlay -o lowerdir=$m/lower,upperdir=$m/upper/u,workdir=$m/upper/w overlay $m/over
ok "... whose files say a device of their own" [ "$(stat -c %d $m/over/low)" != "$(stat -c %d $m/over)" ]
$m/over/low devmem >/dev/null 2>&1
shown "... the path" $m/over/low true $m/over/low
rm $m/over/low
shown "... removed" .../low false -
umount $m/over $m/upper $m/lower
ok "a mount with a blank in its name" mkdir "$m/a b"
mount -t tmpfs tmpfs "$m/a b"
uses "$m/a b/ln"
shown "a blank in the mount's name" "$m/a b/ln" true -
umount "$m/a b"
shown "unmounted" .../ln false -

# today: whether this one of a list is tried
number=$turn
today()
{
	number=$((number + 1))
	[ "$part" -eq 1 ] || [ $((number % 4)) -eq 0 ]
}

# --- whatever letters ---
# NAME, as printf has it, and as it is shown
long=$(printf 'n%.0s' $(seq 1 45))
while read -r name want; do
	today || continue
	for more in "" "$long"; do
		for path in "$(printf '%b_' "$name$more")" "$(printf '%b_' "$name$more/x")"; do
			path=${path%_}
			case $path in
			*/x) text=$want$more/x ;;
			*) text=$want$more.p path=$path.p ;;
			esac
			uses "$m/n/$path"
			exe=-
			[ "$name" != plain ] || exe=$m/n/$text
			shown "$text" "$m/n/$text" true "$exe"
		done
	done
done <<'END'
plain plain
a\nb a\x0ab
a\033[31mb a\x1b[31mb
a\033]0;t\007b a\x1b]0;t\x07b
a\177b a\x7fb
a\0377b a\xffb
a\0302\0233b a\xc2\x9bb
a\0303\0251b aéb
a\\x0ab a\x5cx0ab
a*b a*b
a[b]? a[b]?
$(a) $(a)
a;b a;b
END
for command in "log" "lockdown advise" "lockdown" "status" "list" "info lockdown"; do
	# shellcheck disable=SC2086
	clean "$command" latch $command
done
for command in "log" "lockdown advise" "lockdown status" "status" "list" "info lockdown"; do
	# shellcheck disable=SC2086
	json "$command --json" latch $command --json
done
for option in "" --json; do
	latch watch lockdown $option >watched 2>&1 &
	watcher=$!
	odd=$(printf "$m/w$option-\377a\nb\033]0;t\007%s" "$long")
	uses "$odd"
	tries=100
	until grep -q -- "w$option-.*a.*b" watched || [ $((tries -= 1)) -eq 0 ]; do usleep 100000; done
	kill $watcher
	wait $watcher
	is "watch $option: no raw byte" "$(raw watched)" 0
	like "... the name in one line" "$(cat watched)" "$m/w$option-.{1,2}xffa.{1,2}x0ab.{1,2}x1b\]0;t.{1,2}x07$long"
done
ok "watch --json: JSON" sh -c "$mod/json <watched"
rm "$odd"

# --- exceptions, arguments and files ---
for name in 'a\nb = off' "\\033[31m$long" '\0377'; do
	path=$(printf '%b_' "$m/e/$name") path=${path%_}
	uses "$path"
	clean "allow" latch lockdown allow dev_mem --exe "$path"
	is "... one line" "$(wc -l <said)" 1
	case $name in
	*377) like "... is allowed" "$out" "^lockdown: dev_mem is not denied to exe $m/e/.xff, whoever runs it, known by" ;;
	esac
	for command in "lockdown" "status" "lockdown advise"; do
		# shellcheck disable=SC2086
		clean "$command, with an exception" latch $command
	done
	json "lockdown status --json" latch lockdown status --json
	clean "disallow" latch lockdown disallow dev_mem --exe "$path"
	ok "... one line at most" [ "$(wc -l <said)" -le 1 ]
	is "... none is left" "$(latch lockdown status --json | grep -c '"kind"')" 0
done
odd=$(printf 'x\ny\033[31m\377')
for command in "load /tmp/$odd.bpf.o" "load $odd" "unload $odd" "set lockdown $odd=1" "set $odd a=1" "mode $odd observe" \
	"log $odd" "watch $odd" "confirm $odd" "seal $odd" "info $odd" "lockdown allow $odd --exe /bin/sh" \
	"lockdown allow dev_mem --exe $odd" "lockdown allow dev_mem --unit $odd" "replace $odd" "$odd"; do
	today || continue
	IFS=' '
	# shellcheck disable=SC2086
	clean "latch ${command%%"$odd"*}with an odd word" latch $command
	unset IFS
	unlike "... the word makes no line" "$out" "^y"
done
mkdir -p /etc/latch/conf.d
for line in '\377 = 1' 'dev_mem = \377' 'dev_mem = \033[31m' 'allow = dev_mem exe /tmp/\377\033' 'file = \033x'; do
	printf "[lockdown]\n%b\n" "$line" >/etc/latch/latch.conf
	clean "status, configured: $line" latch status
	clean "apply" latch apply --dry-run
	json "status --json" latch status --json
	json "apply --dry-run --json" sh -c 'latch apply --dry-run --json; echo null'
done
rm -f /etc/latch/latch.conf
latch unload lockdown >/dev/null
umount $m
rm -rf /tmp/work /tmp/other
counts_are "nothing is left in the kernel" "$boot_counts"

done_testing
