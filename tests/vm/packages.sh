# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Which of Debian's packages make a kernel, and which of them its headers: a choice by names
# alone, of what the meta-package depends on. Sourced; the names come in on stdin, one a line.

# A version as the names of kernels have it: 6.1.0-56, 6.12.118+deb13, 6.1.0-0.deb11.25, 6.12-rc6,
# 4.0.0-trunk. A part of it after a dash begins with a digit, a flavour never does: so
# 6.1.0-56-cloud is no version, and the flavour amd64 is not cloud-amd64.
kernel_version='[0-9][0-9.]*([+~][a-z0-9.+~]*)?(-rc[0-9]+|-trunk|-[0-9][a-z0-9.+~]*)*'

# kernel_packages FLAVOUR prints the packages of the newest kernel of that flavour that is in
# the list, which is one package or, since 6.19, several; nothing if there is none. Those of
# debug information and of kernels without a signature have other names.
kernel_packages()
{
	sed -nE "s/^linux-(image|binary|base|modules)-($kernel_version)-$1\$/\2 &/p" |
		# by the order of versions, in which -rc6 is not after the release
		awk '{ key = $1; gsub(/-(rc|trunk)/, "~&", key); print key, $2 }' |
		sort -u -k 1,1V -k 2,2 | awk '
			$1 != newest { newest = $1; packages = image = "" }
			{ packages = packages $2 "\n" }
			$2 ~ /^linux-(image|binary)-/ { image = 1 }
			image { found = packages }
			END { printf "%s", found }'
}

# header_packages RELEASE prints the packages that building a module for that kernel takes, with
# the libraries of its programs; nothing if its headers are not in the list.
header_packages()
{
	sort -u | awk -v headers="linux-headers-$1" '
		$0 == headers { found = 1 }
		/^linux-(headers|kbuild|compiler)-[0-9a-z.+~-]+$/ ||
		/^(libc6|libelf1(t64)?|libzstd1|libssl[0-9.]+(t64)?|zlib1g)$/ { packages = packages $0 "\n" }
		END { if (found) printf "%s", packages }'
}
