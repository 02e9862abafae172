// SPDX-License-Identifier: GPL-2.0-only
/* A module file of any bytes: refused with a sentence, or read and its parameters set. */
#include <errno.h>
#include "use.h"

#define LABEL "fuzz/input.bpf.o"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once loaded, a module is read back from its strings alone: `latch list` must not fail then. */
static void read_again(const struct latch_module *mod)
{
	struct latch_module *map = calloc(1, sizeof(*map));
	struct latch_error err;

	must(map && (map->text = malloc(mod->text_size)));
	memcpy(map->text, mod->text, mod->text_size);
	map->text_size = mod->text_size;
	must(!latch_info_parse(map, LABEL, &err));
	must(!strcmp(map->name, mod->name) && map->gated == mod->gated);
	must(map->nhooks == mod->nhooks && map->nparams == mod->nparams);
	for (size_t i = 0; i < map->nparams; i++)
		must(map->params[i].offset == mod->params[i].offset && map->params[i].value == mod->params[i].value);
	latch_module_free(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct latch_error err;
	struct latch_module *mod;
	int e = latch_module_parse(data, size, LABEL, &mod, &err);

	if (e) {
		must(e == -ENOEXEC || e == -EOPNOTSUPP);
		must_say_why(&err, LABEL);
		return 0;
	}
	read_again(mod);
	use_params(mod, data, size);
	latch_module_free(mod);
	return 0;
}
