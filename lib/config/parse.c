// SPDX-License-Identifier: GPL-2.0-only
/* One file of the configuration, by inih. Whatever is not known is an error with file and line. */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "config/config.h"

#define CONFIG_MAX (1 << 20) /* bytes a file may have */

struct parser {
	struct latch_config *config;
	struct latch_error *err;
	const char *path;
	FILE *file;
	int line;
	int code; /* of the first complaint */
	int at;	  /* its line */
};

static int complain(struct parser *p, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Keeps the first complaint. Always 0, which tells inih that the line is bad. */
static int complain(struct parser *p, int code, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (p->code)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->at = p->line;
	p->code = latch_fail(p->err, code, "%s:%d: %s", p->path, p->line, text);
	return 0;
}

/* The module that a section is about: [lockdown], or [module NAME]. NULL: unknown section. */
static const char *module_of(const char *section)
{
	if (!strcmp(section, "lockdown"))
		return section;
	if (strncmp(section, "module ", 7) || !latch_name_ok(section + 7) || !strcmp(section + 7, "lockdown"))
		return NULL;
	return section + 7;
}

static struct latch_wanted *module_wanted(const struct parser *p, const char *name)
{
	struct latch_config *config = p->config;
	struct latch_wanted *w;

	for (size_t i = 0; i < config->n; i++)
		if (!strcmp(config->modules[i].name, name))
			return &config->modules[i];
	w = reallocarray(config->modules, config->n + 1, sizeof(*w));
	if (!w)
		return NULL;
	config->modules = w;
	w += config->n++;
	memset(w, 0, sizeof(*w));
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->line = p->line;
	w->file = strdup(p->path);
	return w->file ? w : NULL;
}

/* As fgets(), but what stands behind a NUL is not lost without a word. */
static bool get_line(struct parser *p, char *str, int size)
{
	int n = 0, c = EOF;

	while (n < size - 1 && c != '\n' && (c = getc(p->file)) != EOF)
		str[n++] = (char)c;
	str[n] = '\0';
	if (!n)
		return false;
	p->line++;
	if (memchr(str, '\0', (size_t)n))
		complain(p, -EINVAL, "a line has a NUL in it");
	else if (n == size - 1 && str[n - 1] != '\n')
		complain(p, -EINVAL, "a line has more than %d characters", size - 2);
	return true;
}

/* The place of a section's settings. NULL: unknown section, or out of memory. */
static struct latch_wanted *wanted(const struct parser *p, const char *section)
{
	const char *name = module_of(section);

	return !strcmp(section, "latch") ? &p->config->all : name ? module_wanted(p, name) : NULL;
}

static bool section_known(const char *section)
{
	return !strcmp(section, "latch") || module_of(section);
}

static int unknown_section(struct parser *p, const char *name)
{
	const char *near = latch_nearest(name, (const char *const[]){ "latch", "lockdown" }, 2);

	if (!strcmp(name, "module lockdown"))
		return complain(p, -EINVAL, "unknown section [%s]: lockdown has one of its own, [lockdown]", name);
	if (near)
		return complain(p, -EINVAL, "unknown section [%s]: did you mean [%s]?", name, near);
	if (latch_name_ok(name) && strcmp(name, "module"))
		return complain(p, -EINVAL, "unknown section [%s]: that of a module is [module %s]", name, name);
	return complain(p, -EINVAL, "unknown section [%s]: there are [latch], [lockdown] and [module NAME]", name);
}

static void see_section(struct parser *p, const char *line)
{
	const char *end = strchr(line, ']'), *s;
	_cleanup_free_ char *name = end ? strndup(line + 1, (size_t)(end - line) - 1) : NULL;

	if (!end) {
		complain(p, -EINVAL, "neither [section] nor key = value: it has no ]");
		return;
	}
	s = end + 1;
	s += strspn(s, " \t\r\n");
	if (!name)
		complain(p, -ENOMEM, "out of memory");
	else if (!section_known(name))
		unknown_section(p, name);
	else if (*s && *s != ';' && *s != '#')
		complain(p, -EINVAL, "something stands behind [%s]", name);
	else if (!wanted(p, name))
		complain(p, -ENOMEM, "out of memory");
}

/* inih takes a colon for the sign, too; then a path with one in it would be read otherwise than it is meant. */
static void see_sign(struct parser *p, const char *line)
{
	const char *sign = strpbrk(line, "=:");

	if (sign && *sign == ':' && *line != ';' && *line != '#')
		complain(p, -EINVAL, "`%.*s` has a colon behind it: write key = value", (int)(sign - line), line);
}

/*
 * inih does not report sections, nor what stands behind one, nor lines: seen here, as they are
 * read. To it, a line that begins with a space goes on with the value before, so that goes; so
 * does a byte order mark, before which it would see no section, and we neither.
 */
static char *read_line(char *str, int size, void *arg)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct parser *p = arg;
	char *s = str;

	if (!get_line(p, str, size))
		return NULL;
	if (p->line == 1 && !strncmp(s, mark, strlen(mark)))
		s += strlen(mark);
	s += strspn(s, " \t\r\v\f");
	memmove(str, s, strlen(s) + 1);
	if (*str == '[')
		see_section(p, str);
	else
		see_sign(p, str);
	return str;
}

/* What is often meant to be no part of a value, and would be. */
static bool value_ok(struct parser *p, const char *key, const char *value)
{
	const char *hash = *value == '#' ? value : NULL;

	for (const char *s = value; *s && !hash; s++)
		if (isspace((unsigned char)*s) && s[1] == '#')
			hash = s + 1;
	if (hash)
		complain(p, -EINVAL, "%s: `%s` stands behind the value, where a comment begins with a space and `;`",
			 key, hash);
	else if (*value == '"' || *value == '\'')
		complain(p, -EINVAL, "%s = %s: a value stands without quotes", key, value);
	return !p->code;
}

bool latch_setting_allows(const struct latch_wanted *w, const struct latch_setting *s)
{
	return !strcmp(w->name, "lockdown") && !strcmp(s->key, "allow");
}

static int add_setting(struct parser *p, struct latch_wanted *w, const char *key, const char *value)
{
	struct latch_setting *s;

	for (size_t i = 0; i < w->n; i++) {
		s = &w->settings[i];
		if (strcmp(s->key, key))
			continue;
		/* Exceptions add up. */
		if (latch_setting_allows(w, s) && strcmp(s->value, value))
			continue;
		if (!strcmp(s->file, p->path))
			return complain(p, -EINVAL, "%s = %s: %s is given twice: first in line %d", key, value,
					latch_setting_allows(w, s) ? "this exception" : key, s->line);
		if (strcmp(s->value, value) && p->config->notes) {
			latch_say(p->config->notes, "%s:%d: %s = %s wins over %s:%d: %s = %s", p->path, p->line, key,
				  value, s->file, s->line, key, s->value);
		}
		free(s->value);
		free(s->file);
		s->value = strdup(value);
		s->file = strdup(p->path);
		s->line = p->line;
		return s->value && s->file ? 1 : complain(p, -ENOMEM, "out of memory");
	}
	s = reallocarray(w->settings, w->n + 1, sizeof(*s));
	if (!s)
		return complain(p, -ENOMEM, "out of memory");
	w->settings = s;
	s += w->n++;
	s->key = strdup(key);
	s->value = strdup(value);
	s->file = strdup(p->path);
	s->line = p->line;
	return s->key && s->value && s->file ? 1 : complain(p, -ENOMEM, "out of memory");
}

static int take(void *arg, const char *section, const char *key, const char *value)
{
	struct parser *p = arg;
	struct latch_wanted *w = wanted(p, section);

	if (!*section)
		return complain(p, -EINVAL, "`%s` stands before any [section]", key);
	if (!w)
		return unknown_section(p, section);
	if (!value_ok(p, key, value))
		return 0;
	if (!strcmp(key, "lift"))
		return complain(p, -EOPNOTSUPP,
				"lift = %s: there is no lifting a seal by SysRq, as the kernel cannot tell a key of "
				"the keyboard from one made up by root: see latch-hold(7)",
				value);
	if (w == &p->config->all && strcmp(key, "unload") && strcmp(key, "on-tamper"))
		return complain(p, -EINVAL, "[latch] has no key `%s`; it has: unload, on-tamper", key);
	if (!strcmp(key, "on-tamper") && latch_tamper_parse(value) < 0)
		return complain(p, -EINVAL, "on-tamper = %s: it is deny, warn or panic", value);
	if (!strcmp(key, "unload") && strcmp(value, "allow") && strcmp(value, "deny"))
		return complain(p, -EINVAL, "unload = %s: it is allow or deny", value);
	if (!strcmp(key, "mode") && latch_mode_parse(value) < LATCH_OBSERVE)
		return complain(p, -EINVAL, "mode = %s: a module's mode is observe or enforce", value);
	if (!strcmp(key, "file") && value[0] != '/')
		return complain(p, -EINVAL, "file = %s: write the whole path", value);
	return add_setting(p, w, key, value);
}

int latch_config_read_file(struct latch_config *config, const char *path, struct latch_error *err)
{
	char label[PATH_MAX];
	struct parser p = { .config = config, .err = err, .path = label };
	struct stat st;
	int bad;

	latch_text_shown(path, "", label, sizeof(label));
	bad = latch_trusted_file(path, &p.file, &st, err);
	if (bad)
		return bad;
	if (!S_ISREG(st.st_mode) || st.st_size > CONFIG_MAX) {
		fclose(p.file);
		return latch_fail(err, -EINVAL, "%s: not a regular file of at most %d KiB", path, CONFIG_MAX >> 10);
	}
	bad = ini_parse_stream(read_line, &p, take, &p);
	if (ferror(p.file))
		p.code = latch_fail(err, -EIO, "%s: cannot be read to its end", path);
	fclose(p.file);
	if (bad && (!p.code || bad < p.at))
		return latch_fail(err, bad < 0 ? -ENOMEM : -EINVAL, "%s:%d: neither [section] nor key = value", path,
				  bad);
	return p.code;
}
