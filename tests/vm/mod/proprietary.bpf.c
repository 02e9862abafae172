// SPDX-License-Identifier: GPL-2.0-only
/* Not really: an object that says so. */
#define LICENSE "Proprietary"
#include "one.bpf.c"
