/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of latch.ko share. */
#ifndef LATCH_KO_H
#define LATCH_KO_H

#include <linux/fs.h>

/*
 * hold.c. With something held the module stays: a removal by force ends in
 * latch_hold_leave(), which then does not return.
 */
int latch_hold_pin(void);
void latch_hold_leave(void);

extern const struct file_operations latch_hold_fops;
extern const struct file_operations latch_held_fops;

/* tamper.c */
extern const struct file_operations latch_tamper_fops;

/* fds.c: the n numbers in the write, if its writer and the opener of file may. */
int latch_fds_from_user(struct file *file, const char __user *buf, size_t size, unsigned int *fds, size_t n);

#endif
