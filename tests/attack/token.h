/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LATCH_ATTACK_TOKEN_H
#define LATCH_ATTACK_TOKEN_H

/* writes the gate by a program that a token lets load */
int token_write(void);

#endif
