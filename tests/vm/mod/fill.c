// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill NAME... <OBJECT: puts the names of hooks in the place of h00_xxx..., h01_xxx... (in
 * octal) of a BPF object made from hooks.bpf.c, wherever they stand in it: sections,
 * symbols, BTF, module information. All are strings that end in NUL, so a shorter name is
 * filled up with NUL. Writes the object to standard output; exits 1 if a name has no place.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH 31
#define OBJECT_MAX (4 << 20)

int main(int argc, char **argv)
{
	static char object[OBJECT_MAX];
	size_t size = fread(object, 1, sizeof(object), stdin);

	for (int i = 1; i < argc; i++) {
		char place[64], name[LENGTH + 1] = "", *at = object;
		int places = 0;

		snprintf(place, sizeof(place), "h%02o_xxxxxxxxxxxxxxxxxxxxxxxxxxx", i - 1);
		if (strlen(argv[i]) > LENGTH)
			return fprintf(stderr, "fill: %s is too long\n", argv[i]), 2;
		memcpy(name, argv[i], strlen(argv[i]));
		while ((at = memmem(at, size - (size_t)(at - object), place, LENGTH))) {
			memcpy(at, name, LENGTH);
			places++;
		}
		if (!places)
			return fprintf(stderr, "fill: no place for %s\n", argv[i]), 1;
	}
	return fwrite(object, 1, size, stdout) != size;
}
