// SPDX-License-Identifier: GPL-2.0-only
/* What was done to the security of this machine, for the kernel's audit log where that is on. */
#include <libaudit.h>
#include <stdio.h>
#include "priv.h"

void latch_audit(const char *operation, const char *module, int result)
{
	int fd = audit_open();
	char text[256];

	if (fd < 0)
		return;
	if (audit_is_enabled(fd) == 1) {
		snprintf(text, sizeof(text), "op=latch-%s module=%s", operation, module);
		audit_log_user_message(fd, AUDIT_USER_MAC_POLICY_LOAD, text, NULL, NULL, NULL, result == 0);
	}
	audit_close(fd);
}
