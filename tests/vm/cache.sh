# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Sets $cache, where the test bed keeps what it has fetched. Sourced. HOME may be unset, as
# under a service manager. Kbuild, which reads the headers there, takes no path with a blank.

cache=${XDG_CACHE_HOME:-${HOME:-$(getent passwd "$(id -u)" | cut -d : -f 6)}/.cache}/latch
case $cache in
*[[:space:]:]*)
	echo "${0##*/}: the cache's path has a blank or a colon in it: $cache; set XDG_CACHE_HOME to another" >&2
	exit 1
	;;
esac
