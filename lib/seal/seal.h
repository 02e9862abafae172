/* SPDX-License-Identifier: GPL-2.0-only */
/* Sealing until reboot: what is asked of it from outside, beside latch_seal(). */
#ifndef LATCH_ROOM_SEAL_H
#define LATCH_ROOM_SEAL_H

#include "control/control.h"
#include "lockdown/lockdown.h"

/* seal.c: -EOPNOTSUPP in a container. */
int latch_seal_namespace(struct latch_error *err);

#endif
