#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads each module of a page in a guest, and unloads it again.

PATH=/usr/local/sbin:$PATH
status=0
rm /usr/sbin/latch
for object in /pages/objects/*; do
	name=$(latch info "$object" | sed -n 's/^name  *//p')
	latch load "$object" && latch unload "$name" || status=1
done
exit $status
