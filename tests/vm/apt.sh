# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian packages for the test bed, from the mirror of this machine's own apt
# configuration, with its key. apt works in a private state, so nothing of the machine
# changes. Sourced, with $here, this directory; a script then has $cache, and the lock on it
# after apt_lock. Exit status 3: the mirror does not answer, or not with what it lists.

# shellcheck source=tests/vm/cache.sh
. "$here/cache.sh"
# shellcheck source=tests/vm/packages.sh
. "$here/packages.sh"
main_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# with what apt said
unreachable()
{
	sed 's/^/    /' "$work/log" >&2
	echo "${0##*/}: $*" >&2
	exit 3
}

say()
{
	echo "# $*" >&2
}

# Until the script ends; what it leaves in $work is removed then.
apt_lock()
{
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock -n 9 || { say "waiting for the other one that holds $cache/lock" && flock 9; }
	rm -rf "$cache"/fetch.*
	trap apt_end EXIT
	trap 'exit 1' HUP INT TERM
	: >"$cache/log"
	# from one that was killed while it replaced something
	for d in "$cache"/*.old "$cache"/*/*.old; do
		[ ! -d "$d" ] || rm -rf "$d"
	done
}

# the configured URIs of the suites that match $1, without the trailing slash
uris_of()
{
	# nothing is fetched by that: another apt-get may well hold the lock
	apt-get -o Debug::NoLocking=1 update --print-uris 2>/dev/null |
		sed -n "s!^'\(.*[^/]\)/*/dists/\($1\)/InRelease'.*!\1!p" | awk '!seen[$0]++'
}

# the key file that apt's configuration names for URI $1
keyring_of()
{
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		case $f in
		*.list)
			awk -v uri="$1" '/^deb/ && index($0, " " uri) &&
				match($0, /signed-by=[^] ]+/) {
				print substr($0, RSTART + 10, RLENGTH - 10) }' "$f"
			;;
		*.sources)
			awk -v RS= -v FS='\n' -v uri="$1" 'index($0, " " uri) {
				for (i = 1; i <= NF; i++)
					if (sub(/^[Ss]igned-[Bb]y: */, "", $i))
						print $i }' "$f"
			;;
		esac
	done 2>/dev/null | grep '^/' | head -n 1 || true
}

# apt_begin KEYRING SUITE... makes $work with lists of these suites only
apt_begin()
{
	keyring=$1
	shift
	suites=$*
	work=$(mktemp -d "$cache/fetch.XXXXXX")
	mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/deb" "$work/root"
	: >"$work/state/status"
	for s; do
		case $s in
		*-security) uri=$security_uri ;;
		*) uri=$main_uri ;;
		esac
		[ -z "$uri" ] ||
			echo "deb [arch=amd64${keyring:+ signed-by=$keyring}] $uri $s main"
	done >"$work/sources.list"
	cat >"$work/apt.conf" <<-END
		Dir::State "$work/state";
		Dir::State::status "$work/state/status";
		Dir::Cache "$work/cache";
		Dir::Etc::sourcelist "$work/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "amd64";
		APT::Sandbox::User "";
		APT::Default-Release "";
		Acquire::Languages "none";
		Acquire::Retries "3";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
	apt-get -c "$work/apt.conf" -qq --error-on=any update >"$work/log" 2>&1
}

# Other archives have suites called stable or bookworm, too; their keys are others.
pick_mirror()
{
	security_uri=$(uris_of '[a-z]*-security' | head -n 1)
	for main_uri in $(uris_of 'bookworm\|trixie\|forky\|sid\|[a-z]*stable\|testing'); do
		host_keyring=$(keyring_of "$main_uri")
		[ -n "$host_keyring" ] || [ ! -f "$main_keyring" ] || host_keyring=$main_keyring
		apt_begin "$host_keyring" bookworm && found=1 || found=
		[ -n "$found" ] || cat "$work/log" >>"$cache/log"
		apt_end
		[ -z "$found" ] || return 0
	done
	sed 's/^/    /' "$cache/log" >&2
	[ -n "${main_uri-}" ] || die "apt's configuration names no Debian archive: see /etc/apt/sources.list.d"
	echo "${0##*/}: no Debian archive of apt's configuration can be read: is there a network?" >&2
	exit 3
}

apt_end()
{
	[ -z "$work" ] || rm -rf "$work"
	work=
}

# A key that is missing, and the like, is no matter of the network.
no_lists()
{
	! grep -qE 'NO_PUBKEY|EXPKEYSIG|not signed' "$work/log" ||
		die "$name: nothing here verifies the lists of $suites: $(grep -E 'PUBKEY|KEYSIG|signed' "$work/log" | head -n 1)"
	unreachable "$name: cannot read the package lists of $suites from $main_uri; try again when it answers"
}

# The names of package $1 and of all that it depends on, directly or not, in $work/needed.
needed_by()
{
	apt-cache -c "$work/apt.conf" depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$1" \
		>"$work/all" 2>"$work/log" && [ -s "$work/all" ] || {
		sed 's/^/    /' "$work/log" >&2
		die "$name: no package $1 in $suites of $main_uri"
	}
	# the relations themselves are indented, virtual packages are in <>
	grep '^[a-z0-9]' "$work/all" | sort -u >"$work/needed"
}

# unpacks the newest version of the packages into $work/root
unpack()
{
	[ $# -gt 0 ] || die "$name: no package was chosen from $suites"
	(cd "$work/deb" && apt-get -c "$work/apt.conf" -qq download "$@") >"$work/log" 2>&1 ||
		unreachable "$name: cannot download from $suites of $main_uri: $*"
	for deb in "$work"/deb/*.deb; do
		# dpkg-deb -x would put directories where $work/root has links to some
		dpkg-deb --fsys-tarfile "$deb" >"$work/tar" &&
			tar -x -p --numeric-owner --keep-directory-symlink -f "$work/tar" -C "$work/root" ||
			die "$name: cannot unpack ${deb##*/}: is there space left in $cache?"
		rm "$deb" "$work/tar"
	done
}

# The version of each package, as the lists have it: NAME=VERSION, one a line.
versions_of()
{
	apt-cache -c "$work/apt.conf" show --no-all-versions "$@" |
		awk '/^Package: / { name = $2 } /^Version: / { print name "=" $2 }' | sort
}

# Puts directory $1 in the place of $2: at no time is a part of it there, even if the machine
# stops, so what is there is whole.
replace()
{
	sync -f "$1"
	rm -rf "$2.old"
	[ ! -e "$2" ] || mv "$2" "$2.old"
	mv "$1" "$2"
	rm -rf "$2.old"
}

have_tools()
{
	[ -x "$cache/tools/sbin/kexec" ] && [ -s "$cache/tools$main_keyring" ]
}

# kexec, and the keys of all suites; with $again, those that there are now. The keys come from
# the oldest suite, which the keys of any machine verify, and not from what is installed, which
# may be older than the newer suites.
fetch_tools()
{
	[ -n "${again-}" ] || ! have_tools || return 0
	name=tools
	apt_begin "$host_keyring" bookworm bookworm-security || no_lists
	needed_by kexec-tools
	# shellcheck disable=SC2046
	set -- debian-archive-keyring kexec-tools $(grep -x 'libxen.*' "$work/needed")
	versions_of "$@" >"$work/packages"
	if ! have_tools || ! cmp -s "$work/packages" "$cache/tools/packages"; then
		unpack "$@"
		mv "$work/packages" "$work/root/packages"
		replace "$work/root" "$cache/tools"
		have_tools || die "tools: no kexec, or no keys, in: $*"
	fi
	apt_end
}
