// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise --merge: the reports of many machines in one table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"

#define REPORT_MAX (64 << 20) /* bytes */

static int merge_file(struct json_object *sum, const char *path)
{
	size_t size = 0, room = 0;
	char *text = NULL;
	FILE *f = fopen(path, "re");
	int e = 0;

	if (!f)
		return -errno;
	while (!e && !feof(f)) {
		char *grown = size < room ? text : realloc(text, room = room ? 2 * room : 65536);

		if (!grown) {
			e = -ENOMEM;
			break;
		}
		text = grown;
		size += fread(text + size, 1, room - size, f);
		if (ferror(f))
			e = -errno;
		else if (size > REPORT_MAX)
			e = -EFBIG;
	}
	fclose(f);
	if (!e)
		e = latch_report_add(sum, text, size);
	free(text);
	return e;
}

static void print_sum(struct json_object *sum, size_t reports)
{
	struct table t = { 0 };
	char text[4096];

	printf("%zu reports\n", reports);
	table_add(&t, "FEATURE (machines)\t>unused\t>used\t>unknown\t>absent");
	json_object_object_foreach(sum, name, of)
	{
		struct json_object *machines, *programs, *v;
		static const char *const verdicts[] = { "unused", "used", "unknown", "absent" };
		long long count[4];

		json_object_object_get_ex(of, "machines", &machines);
		for (size_t i = 0; i < 4; i++)
			count[i] = json_object_object_get_ex(machines, verdicts[i], &v) ?
					   (long long)json_object_get_int64(v) :
					   0;
		table_add(&t, "%s\t%lld\t%lld\t%lld\t%lld", printable(name, text, sizeof(text)), count[0], count[1],
			  count[2], count[3]);
		if (!json_object_object_get_ex(of, "programs", &programs))
			continue;
		json_object_object_foreach(programs, program, n)
			table_note(&t, "    %6lld %s", (long long)json_object_get_int64(n),
				   printable(program, text, sizeof(text)));
	}
	table_print(&t);
}

int advise_merge(char *const *files, size_t n, bool json)
{
	struct json_object *sum = json_object_new_object();

	for (size_t i = 0; i < n; i++) {
		int e = merge_file(sum, files[i]);

		if (!e)
			continue;
		message("%s: %s", files[i],
			e == -EINVAL ? "not a report of `latch lockdown advise --json`" : strerror(-e));
		json_object_put(sum);
		return EXIT_FAILED;
	}
	if (json)
		return json_out(sum);
	print_sum(sum, n);
	json_object_put(sum);
	return EXIT_DONE;
}
