/* SPDX-License-Identifier: GPL-2.0-only */
/* What the checks of doctor share. */
#ifndef LATCH_DOCTOR_H
#define LATCH_DOCTOR_H

#include "seal/seal.h"

/* try.c: attaches an empty program, calls it, and detaches it. */
void latch_check_called(struct latch_check *c);

#endif
