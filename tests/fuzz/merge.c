// SPDX-License-Identifier: GPL-2.0-only
/* A report for `advise --merge` of any bytes: added whole, or not at all. */
#include <errno.h>
#include <json-c/json.h>
#include "use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *text_of(struct json_object *sum)
{
	char *text = strdup(json_object_to_json_string(sum));

	must(text);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char before[] =
		"{\"dev_mem\":{\"machines\":{\"used\":1},\"programs\":{\"\\/usr\\/bin\\/dd\":1}}}";
	struct json_object *sum = json_tokener_parse(before), *machines;
	char *old = text_of(sum), *new;
	int e = latch_report_add(sum, (const char *)data, size);

	must(!e || e == -EINVAL);
	new = text_of(sum);
	if (e)
		must(!strcmp(old, new));
	json_object_object_foreach(sum, name, of)
	{
		must(name);
		/* One report cannot count for more than one machine. */
		must(json_object_object_get_ex(of, "machines", &machines));
		json_object_object_foreach(machines, verdict, n)
			must(*verdict && json_object_get_int64(n) >= 1 && json_object_get_int64(n) <= 2);
	}
	free(old);
	free(new);
	json_object_put(sum);
	return 0;
}
