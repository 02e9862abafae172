// SPDX-License-Identifier: GPL-2.0-only
/* The strings that describe a module, of any bytes: what a damaged info map would hold. */
#include <errno.h>
#include "use.h"

#define LABEL "input"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct latch_module *mod = calloc(1, sizeof(*mod));
	struct latch_error err;
	int e;

	must(mod && (mod->text = malloc(size ? size : 1)));
	memcpy(mod->text, data, size);
	mod->text_size = size;
	e = latch_info_parse(mod, LABEL, &err);
	if (e)
		must(e == -ENOEXEC && !strncmp(err.text, LABEL ": ", strlen(LABEL ": ")));
	else
		use_params(mod, data, size);
	latch_module_free(mod);
	return 0;
}
