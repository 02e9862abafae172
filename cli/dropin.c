// SPDX-License-Identifier: GPL-2.0-only
/* latch lockdown advise --write: a drop-in that is latch's own as long as nobody edits it. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"

#define DROP_IN LATCH_CONFIG_DIR "/conf.d/50-advise.conf"
#define TEMPORARY DROP_IN ".new" /* not read, as it does not end in .conf */

/* The first line; the digest is of all that follows it. */
#define MARK "# If this is edited, `latch lockdown advise --write` lets it be. sha256="

static void mark_of(const char *text, size_t size, char *line)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)text, size, digest);
	strcpy(line, MARK);
	hex(digest, sizeof(digest), line + strlen(MARK));
	strcat(line, "\n");
}

#define MARK_SIZE (sizeof(MARK) + 2 * SHA256_DIGEST_LENGTH + 1)

/* 1: the file is as latch wrote it, or is not there; 0: it is not; or negative errno. */
static int unedited(void)
{
	char line[MARK_SIZE], *text = NULL;
	FILE *f = fopen(DROP_IN, "re");
	size_t size = 0, n;
	ssize_t got;
	int r;

	if (!f)
		return errno == ENOENT ? 1 : -errno;
	errno = 0;
	got = getdelim(&text, &size, EOF, f); /* all of it */
	if (got < 0) {
		r = ferror(f) ? -EIO : 0; /* an empty one is not ours */
	} else {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		mark_of(text + n, (size_t)got - n, line);
		r = n == strlen(line) && !memcmp(line, text, n);
	}
	free(text);
	fclose(f);
	return r;
}

static bool put(const char *text, size_t size)
{
	char line[MARK_SIZE];
	int fd = open(TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool good;

	if (!out) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	mark_of(text, size, line);
	/* Whatever the umask is: what others can write is not read. */
	good = !fchmod(fd, 0644) && fputs(line, out) >= 0 && fwrite(text, 1, size, out) == size && !fflush(out) &&
	       !fsync(fd);
	return !fclose(out) && good;
}

static int bad(const char *path)
{
	message("%s: %m", path);
	return EXIT_FAILED;
}

int write_drop_in(const char *text, size_t size, const struct latch_setting *list, size_t n, bool force)
{
	struct latch_error err;
	int r;

	if (mkdir(LATCH_CONFIG_DIR, 0755) && errno != EEXIST)
		return bad(LATCH_CONFIG_DIR);
	if (mkdir(LATCH_CONFIG_DIR "/conf.d", 0755) && errno != EEXIST)
		return bad(LATCH_CONFIG_DIR "/conf.d");
	r = force ? 1 : unedited();
	if (r < 0) {
		errno = -r;
		return bad(DROP_IN);
	}
	if (!r) {
		message(DROP_IN ": not written: it was edited since latch wrote it, or latch did not: "
				"move it to another name in that directory to keep both, or --force to overwrite it");
		return EXIT_FAILED;
	}
	r = put(text, size) ? 0 : bad(DROP_IN);
	if (!r) {
		r = latch_config_reads_as(TEMPORARY, "lockdown", list, n, &err);
		r = r ? fail(r, &err) : rename(TEMPORARY, DROP_IN) ? bad(DROP_IN) : 0;
	}
	if (r) {
		unlink(TEMPORARY);
		return r;
	}
	printf("wrote " DROP_IN ": `latch apply --dry-run` shows what it changes\n");
	return EXIT_DONE;
}
