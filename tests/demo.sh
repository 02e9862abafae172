#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sample: yes
#
# ./demo does what it says, on each kernel; with CHECK_PART above 1, on the one of this CHECK_SEED.

set -u

cd "$(dirname "$0")/.." || exit
kernels="bookworm trixie sid backports"
if [ "${CHECK_PART:-1}" -gt 1 ]; then
	# shellcheck disable=SC2086
	kernels=$(printf '%s\n' $kernels | sed -n "$((CHECK_SEED % 4 + 1))p")
fi
count=0 failed=0
for kernel in $kernels; do
	count=$((count + 1))
	if said=$(./demo "$kernel" 2>&1); then
		echo "ok $count - ./demo $kernel"
	else
		failed=$((failed + 1))
		echo "not ok $count - ./demo $kernel"
		echo "$said" | tail -n 40 | sed 's/^/# /'
	fi
done
echo "1..$count"
[ $failed -eq 0 ]
