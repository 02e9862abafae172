// SPDX-License-Identifier: GPL-2.0-only
/* One hook more than latch takes. */
#include "hooks.bpf.c"

HOOK(80)
