# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian packages for the test bed, from the mirror of this machine's own apt
# configuration, with its key. apt works in a private state, so nothing of the machine
# changes. Sourced; a script then has $cache, and the lock on it after apt_lock.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/latch
main_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
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
	flock 9
	rm -rf "$cache"/fetch.*
	trap apt_end EXIT
	trap 'exit 1' HUP INT TERM
	: >"$cache/log"
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
	cat "$cache/log" >&2
	die "apt's configuration names no Debian archive that can be read"
}

apt_end()
{
	[ -z "$work" ] || rm -rf "$work"
	work=
}

no_lists()
{
	cat "$work/log" >&2
	die "cannot read the package lists"
}

# all that package $1 depends on, directly or not, as far as its name matches $2
needed_by()
{
	apt-cache -c "$work/apt.conf" depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$1" |
		grep -xE "$2" | sort -u
}

# unpacks the newest version of the packages into $work/root
unpack()
{
	(cd "$work/deb" && apt-get -c "$work/apt.conf" -qq download "$@") ||
		die "cannot download: $*"
	for deb in "$work"/deb/*.deb; do
		# dpkg-deb -x would put directories where $work/root has links to some
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -p --numeric-owner --keep-directory-symlink -C "$work/root" ||
			die "cannot unpack ${deb##*/}"
		rm "$deb"
	done
}
