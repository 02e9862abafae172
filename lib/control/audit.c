// SPDX-License-Identifier: GPL-2.0-only
/* What was done to the security of this machine, for the kernel's audit log where that is on. */
#include <libaudit.h>
#include <stdio.h>
#include <syslog.h>
#include "control/control.h"

/* The mode, what is not off, and the seconds of a trial: "mode=enforce dev_mem=enforce trial=600" */
static char *values_of(const struct latch_module *mod, unsigned int mode, uint64_t trial)
{
	char *text = NULL, value[1024];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "mode=%s", mod->gated ? latch_mode_name(mode) : "ungated");
	for (size_t i = 0; i < mod->nparams; i++)
		if (mod->params[i].type != LATCH_TYPE_MODE || mod->params[i].value != LATCH_OFF)
			fprintf(out, " %s=%s", mod->params[i].name,
				latch_param_format(&mod->params[i], mod->params[i].value, value, sizeof(value)));
	if (trial)
		fprintf(out, " trial=%llu", (unsigned long long)trial / 1000000000);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static void log_message(int type, const char *operation, const char *module, const char *values, int result)
{
	_cleanup_free_ char *text = NULL;
	int fd = audit_open();

	if (fd < 0)
		return;
	/* 2: on, and locked so until the next boot. What is done is done; if it cannot be logged, syslog has it. */
	if (audit_is_enabled(fd) >= 1 && (asprintf(&text, "op=latch-%s module=%s%s%s", operation, module,
						   values ? " " : "", values ? values : "") < 0 ||
					  audit_log_user_message(fd, type, text, NULL, NULL, NULL, result == 0) <= 0))
		syslog(LOG_AUTHPRIV | LOG_ERR, "not in the audit log: op=latch-%s module=%s res=%s: %m", operation,
		       module, result ? "failed" : "success");
	audit_close(fd);
}

void latch_audit_load(const char *operation, const struct latch_module *mod, unsigned int mode, uint64_t trial,
		      int result)
{
	_cleanup_free_ char *values = values_of(mod, mode, trial);

	log_message(AUDIT_USER_MAC_POLICY_LOAD, operation, mod->name, values, result);
}

void latch_audit_set(const struct latch_module *mod, unsigned int mode, uint64_t trial, int result)
{
	_cleanup_free_ char *values = result ? NULL : values_of(mod, mode, trial);

	log_message(AUDIT_USER_MAC_CONFIG_CHANGE, "set", mod->name, values, result);
}

void latch_audit(const char *operation, const char *module, int result)
{
	log_message(AUDIT_USER_MAC_CONFIG_CHANGE, operation, module, NULL, result);
}
