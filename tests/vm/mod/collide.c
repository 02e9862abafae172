// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cgroups that would pass for another, by a seed.
 *
 * collide victims SEED		prints paths of cgroups
 * collide hash NAME		prints the hash that kernfs keeps of it
 * collide try SEED PATH...	makes cgroups that resemble each PATH in one way or another, and for each a
 *				process in it that opens /dev/mem; prints of each way "WAY MADE EXCEPTED"
 *
 * What user 1000 could make is made by him, below a cgroup that is given to him beside one on the path.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collide.h"

#define ROOT "/sys/fs/cgroup"
#define USER 1000
#define LEVELS 24
#define DEPTH 16 /* LATCH_CGROUP_DEPTH */

static uint64_t state;

/* splitmix64 */
unsigned int pick(unsigned int n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (unsigned int)((z ^ z >> 31) >> 32) % n;
}

struct path {
	char name[LEVELS][NAME];
	int levels;
};

static void parse(const char *text, struct path *p)
{
	p->levels = 0;
	while (*text == '/' && p->levels < LEVELS) {
		size_t len = strcspn(++text, "/");

		snprintf(p->name[p->levels++], NAME, "%.*s", (int)len, text);
		text += len;
	}
}

static void write_path(const struct path *p, int levels, char *to)
{
	strcpy(to, ROOT);
	for (int i = 0; i < levels; i++)
		sprintf(strchr(to, 0), "/%s", p->name[i]);
}

static void push(struct path *p, const char *name)
{
	if (p->levels < LEVELS)
		snprintf(p->name[p->levels++], NAME, "%s", name);
}

static const char *any_name(void)
{
	static char name[NAME];

	snprintf(name, sizeof(name), "any-%u.service", pick(1000000));
	return name;
}

/* --- the ways: what is below the first `own` levels --- */

static void same_last(struct path *p, const struct path *victim)
{
	while (p->levels < victim->levels - 1)
		push(p, any_name());
	push(p, victim->name[victim->levels - 1]);
}

static void same_names(struct path *p, const struct path *victim)
{
	for (int i = p->levels; i < victim->levels; i++)
		push(p, victim->name[i]);
}

static void whole_path(struct path *p, const struct path *victim)
{
	for (int i = 0; i < victim->levels; i++)
		push(p, victim->name[i]);
}

static void shallower(struct path *p, const struct path *victim)
{
	while (p->levels < victim->levels - 1 - (int)pick(3))
		push(p, victim->name[p->levels]);
}

static void deeper(struct path *p, const struct path *victim)
{
	int levels = victim->levels + 1 + (int)pick(4);

	while (p->levels < levels)
		push(p, p->levels < victim->levels ? victim->name[p->levels] : any_name());
}

static void permuted(struct path *p, const struct path *victim)
{
	struct path mixed = *victim;

	for (int i = mixed.levels - 1; i > 0; i--) {
		int j = (int)pick((unsigned int)i + 1);
		char name[NAME];

		memcpy(name, mixed.name[i], NAME);
		memcpy(mixed.name[i], mixed.name[j], NAME);
		memcpy(mixed.name[j], name, NAME);
	}
	for (int i = 0; i < mixed.levels; i++)
		push(p, mixed.name[i]);
}

static void colliding(struct path *p, const struct path *victim)
{
	for (int i = p->levels; i < victim->levels; i++)
		push(p, collide(victim->name[i]));
}

static void colliding_whole(struct path *p, const struct path *victim)
{
	for (int i = 0; i < victim->levels; i++)
		push(p, collide(victim->name[i]));
}

/* Eight names with which a sum of hashes of all levels is that of the victim. It takes seconds: below the first level.
 */
static void summed(struct path *p, const struct path *victim)
{
	uint64_t sum = 0;

	for (int i = 0; i < victim->levels; i++)
		sum += part(name_hash(victim->name[i]), (uint32_t)i + 1);
	for (int i = 0; i < p->levels; i++)
		sum -= part(name_hash(p->name[i]), (uint32_t)i + 1);
	if (p->levels > 1 || !forge(sum, (uint32_t)p->levels + 1, p->name + p->levels))
		p->levels = 0;
	else
		p->levels += 8;
}

/* --- those that need the victim's own parent --- */

static void genuine(struct path *p, const struct path *victim)
{
	*p = *victim;
}

static void below(struct path *p, const struct path *victim, int levels)
{
	*p = *victim;
	while (p->levels < levels)
		push(p, any_name());
}

static void below_16(struct path *p, const struct path *victim)
{
	below(p, victim, DEPTH);
}

static void below_17(struct path *p, const struct path *victim)
{
	below(p, victim, DEPTH + 1);
}

static void sibling(struct path *p, const struct path *victim)
{
	*p = *victim;
	snprintf(p->name[p->levels - 1], NAME, "%s", collide(victim->name[p->levels - 1]));
}

static const struct way {
	const char *name;
	void (*make)(struct path *p, const struct path *victim);
	bool users; /* below one that is given to a user */
	int times;
} ways[] = {
	{ "same-last-name", same_last, true, 2 },
	{ "same-names", same_names, true, 1 },
	{ "whole-path", whole_path, true, 1 },
	{ "shallower", shallower, true, 3 },
	{ "deeper", deeper, true, 4 },
	{ "permuted", permuted, true, 6 },
	{ "colliding", colliding, true, 8 },
	{ "colliding-whole-path", colliding_whole, true, 4 },
	{ "summed", summed, true, 1 },
	{ "genuine", genuine, false, 1 },
	{ "at-level-16-below", below_16, false, 1 },
	{ "at-level-17-below", below_17, false, 1 },
	{ "root's-sibling-of-the-same-hash", sibling, false, 4 },
};

/* --- making them, and asking in them --- */

/* Makes what is not there; from level `own` on as the user. Returns from which level on it made them. */
static int make(const struct path *p, int own)
{
	char path[LEVELS * NAME];
	int first = p->levels;

	for (int i = 1; i <= p->levels; i++) {
		write_path(p, i, path);
		if (i == own + 1 && seteuid(USER))
			return -1;
		if (!mkdir(path, 0755) && i - 1 < first)
			first = i - 1;
		if (i == own && chown(path, USER, USER))
			return -1;
	}
	if (seteuid(0) || access(path, F_OK))
		return -1;
	return first;
}

static void unmake(const struct path *p, int first)
{
	char path[LEVELS * NAME];

	for (int i = p->levels; i > first; i--) {
		write_path(p, i, path);
		for (int tries = 0; rmdir(path) && errno == EBUSY && tries < 100; tries++)
			usleep(10000);
	}
}

/* Whether a process in it may open /dev/mem; -1: not known. */
static int excepted(const struct path *p)
{
	char path[LEVELS * NAME + 32];
	int status;
	pid_t pid = fork();

	if (!pid) {
		int fd;

		write_path(p, p->levels, path);
		strcat(path, "/cgroup.procs");
		fd = open(path, O_WRONLY);
		if (fd < 0 || write(fd, "0", 1) != 1)
			_exit(2);
		fd = open("/dev/mem", O_RDONLY);
		_exit(fd >= 0 ? 0 : errno == EPERM ? 1 : 2);
	}
	waitpid(pid, &status, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) > 1 ? -1 : !WEXITSTATUS(status);
}

static void try_one(const struct way *w, const struct path *victim, int own, int *made, int *through)
{
	struct path p = *victim;
	int first, result;

	if (w->users) {
		p.levels = own;
		snprintf(p.name[own - 1], NAME, "given-%u.slice", pick(1000));
	}
	w->make(&p, victim);
	if (!p.levels)
		return;
	first = make(&p, w->users ? own : LEVELS);
	result = first < 0 ? -1 : excepted(&p);
	if (result < 0 || (result && w->users)) {
		char path[LEVELS * NAME];

		write_path(&p, p.levels, path);
		printf("# %s: %s: %s\n", w->name, result < 0 ? strerror(errno) : "excepted", path);
	}
	*made += result >= 0;
	*through += result == 1;
	unmake(&p, first < 0 ? 0 : first);
}

static int try_all(int n, char **paths)
{
	struct path victim;

	/* so that not all is made anew each time */
	for (int v = 0; v < n; v++) {
		parse(paths[v], &victim);
		if (make(&victim, LEVELS) < 0)
			printf("# %s: %s\n", paths[v], strerror(errno));
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		const struct way *w = ways + i;
		int made = 0, through = 0;

		for (int v = 0; v < n; v++) {
			parse(paths[v], &victim);
			if (w->make == below_16 && victim.levels == DEPTH)
				continue;
			for (int own = 1; own <= (w->users ? victim.levels : 1); own++)
				for (int t = 0; t < w->times; t++)
					try_one(w, &victim, own, &made, &through);
		}
		printf("%s %d %d\n", w->name, made, through);
	}
	for (int v = 0; v < n; v++) {
		parse(paths[v], &victim);
		unmake(&victim, 0);
	}
	return 0;
}

/* Of 1, 2, 3, 5, 15 and 16 levels, all with names that others have the hash of; 255 characters at most. */
static int victims(void)
{
	static const int levels[] = { 1, 2, 3, 5, 15, 16 };

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		for (int l = 1; l < levels[i]; l++)
			printf("/to%u-%d.slice", pick(1000), l);
		printf("/to%u.service\n", pick(1000));
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "hash"))
		return printf("%u\n", name_hash(argv[2])) < 0;
	if (argc < 3)
		return 2;
	state = strtoul(argv[2], NULL, 10);
	if (!strcmp(argv[1], "victims"))
		return victims();
	return strcmp(argv[1], "try") ? 2 : try_all(argc - 3, argv + 3);
}
