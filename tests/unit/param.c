// SPDX-License-Identifier: GPL-2.0-only
/* Values in words: assignments to a module's parameters, and values printed. */
#include <errno.h>
#include <stdlib.h>
#include "module/module.h"
#include "test.h"

#define STRINGS                                                                                                        \
	"name=sample\0"                                                                                                \
	"parm=depth:int:-10:10::\0"                                                                                    \
	"parm=offset:int:-2147483648:2147483647::\0"                                                                   \
	"parm=size:unsigned int:0:4294967295::\0"                                                                      \
	"parm=strict:bool:0:1::\0"                                                                                     \
	"parm=kinds:flags:0:0:read,write,append:\0"                                                                    \
	"parm=bits:flags:0:0:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"                                    \
	"21,22,23,24,25,26,27,28,29,30,last:\0"                                                                        \
	"feature=alpha:1:file_open::"

static int setup(void **state)
{
	*state = module_of_text(STRINGS);
	return 0;
}

static int teardown(void **state)
{
	latch_module_free(*state);
	return 0;
}

static int64_t value(const struct latch_module *mod, const char *name)
{
	return latch_module_param(mod, name)->value;
}

static void sets(struct latch_module *mod, const char *assignment, int64_t want)
{
	char name[LATCH_NAME_MAX] = "", *list[] = { (char *)assignment };
	struct latch_error err;

	memcpy(name, assignment, strcspn(assignment, "="));
	if (latch_params_assign(mod, list, 1, &err))
		fail_msg("%s: %s", assignment, err.text);
	if (value(mod, name) != want)
		fail_msg("%s: set to %lld", assignment, (long long)value(mod, name));
}

static void fails(struct latch_module *mod, const char *assignment, const char *why)
{
	char name[LATCH_NAME_MAX * 4] = "", *list[] = { (char *)assignment };
	struct latch_param *p;
	struct latch_error err = { "" };
	int64_t was;

	memcpy(name, assignment, strcspn(assignment, "="));
	p = latch_module_param(mod, name);
	was = p ? p->value : 0;
	assert_int_equal(latch_params_assign(mod, list, 1, &err), -EINVAL);
	if (!strstr(err.text, why))
		fail_msg("%s: `%s` does not say `%s`", assignment, err.text, why);
	assert_int_equal(p ? p->value : 0, was);
}

static void numbers(void **state)
{
	static const char *const bad[] = { "depth=",	"depth=x",   "depth=1x",  "depth=1 ",	"depth= 1",
					   "depth=\n1", "depth=\v1", "depth=--1", "depth=0x",	"depth=1.5",
					   "depth=1,2", "depth==1",  "depth=yes", "depth=none", "depth=1e1" };
	static const char *const beyond[] = { "depth=11", "depth=-11", "depth=99999999999999999999",
					      "depth=-99999999999999999999", "depth=4294967295" };

	sets(*state, "depth=3", 3);
	sets(*state, "depth=-10", -10);
	sets(*state, "depth=+10", 10);
	sets(*state, "depth=0xa", 10);
	sets(*state, "depth=-0", 0);
	sets(*state, "offset=-2147483648", INT32_MIN);
	sets(*state, "offset=2147483647", INT32_MAX);
	sets(*state, "size=4294967295", UINT32_MAX);
	sets(*state, "size=0", 0);
	for (size_t i = 0; i < COUNT(bad); i++)
		fails(*state, bad[i], "not a number");
	for (size_t i = 0; i < COUNT(beyond); i++)
		fails(*state, beyond[i], "is out of range: use -10 to 10");
	fails(*state, "size=-1", "size: -1 is out of range: use 0 to 4294967295");
	fails(*state, "size=4294967296", "is out of range");
	fails(*state, "offset=2147483648", "is out of range");
	fails(*state, "offset=-2147483649", "is out of range");
}

static void booleans(void **state)
{
	static const char *const bad[] = { "strict=",  "strict=Yes",  "strict=2",      "strict=-1",
					   "strict=y", "strict=yes ", "strict=enforce" };

	sets(*state, "strict=yes", 1);
	sets(*state, "strict=no", 0);
	sets(*state, "strict=1", 1);
	sets(*state, "strict=0", 0);
	sets(*state, "strict=on", 1);
	sets(*state, "strict=off", 0);
	sets(*state, "strict=true", 1);
	sets(*state, "strict=false", 0);
	for (size_t i = 0; i < COUNT(bad); i++)
		fails(*state, bad[i], "use yes or no");
}

static void flags(void **state)
{
	sets(*state, "kinds=read", 1);
	sets(*state, "kinds=append,read", 5);
	sets(*state, "kinds=read,write,append", 7);
	sets(*state, "kinds=none", 0);
	sets(*state, "bits=last", 1ll << 31);
	sets(*state, "bits=last,0", 1ll << 31 | 1);
	fails(*state, "kinds=execute", "kinds: unknown word `execute`: use none alone, or some of read,write,append");
	fails(*state, "kinds=read,execute", "unknown word `execute`");
	fails(*state, "kinds=rea", "unknown word `rea`");
	fails(*state, "kinds=reads", "unknown word `reads`");
	fails(*state, "kinds=READ", "unknown word `READ`");
	fails(*state, "kinds=", "unknown word ``");
	fails(*state, "kinds=read,", "unknown word ``");
	fails(*state, "kinds=,read", "unknown word ``");
	fails(*state, "kinds=read,,write", "unknown word ``");
	fails(*state, "kinds=none,read", "beside other words there is no `none`");
	fails(*state, "kinds=read,none", "beside other words there is no `none`");
	fails(*state, "kinds=read,write,read", "kinds: `read` is given twice");
	fails(*state, "kinds=3", "unknown word `3`");
}

static void modes(void **state)
{
	sets(*state, "alpha=observe", LATCH_OBSERVE);
	sets(*state, "alpha=enforce", LATCH_ENFORCE);
	sets(*state, "alpha=off", LATCH_OFF);
	fails(*state, "alpha=on", "alpha: unknown mode `on`: use off, observe or enforce");
	fails(*state, "alpha=", "unknown mode ``");
	fails(*state, "alpha=1", "unknown mode `1`");

	assert_int_equal(latch_mode_parse("off"), LATCH_OFF);
	assert_int_equal(latch_mode_parse("observe"), LATCH_OBSERVE);
	assert_int_equal(latch_mode_parse("enforce"), LATCH_ENFORCE);
	assert_int_equal(latch_mode_parse("Enforce"), -EINVAL);
	assert_int_equal(latch_mode_parse("enforced"), -EINVAL);
	assert_int_equal(latch_mode_parse(""), -EINVAL);
	for (unsigned int mode = LATCH_OFF; mode <= LATCH_ENFORCE; mode++)
		assert_int_equal(latch_mode_parse(latch_mode_name(mode)), mode);
	assert_string_equal(latch_mode_name(LATCH_ENFORCE + 1), "invalid");
	assert_string_equal(latch_mode_name(LATCH_ENFORCE + 1), "invalid");
	assert_string_equal(latch_mode_name(UINT32_MAX), "invalid");
}

static void names(void **state)
{
	struct latch_module *bare = module_of_text("name=bare");
	char longest[512];

	fails(*state, "width=1", "sample has no parameter `width`; it has: depth offset size strict kinds bits alpha");
	fails(*state, "dept=1", "no parameter `dept`");
	fails(*state, "depths=1", "no parameter `depths`");
	fails(*state, "Depth=1", "no parameter `Depth`");
	fails(*state, " depth=1", "no parameter ` depth`");
	fails(*state, "depth =1", "no parameter `depth `");
	fails(*state, "depth", "`depth`: write parameter=value");
	fails(*state, "=1", "`=1`: write parameter=value");
	fails(*state, "", "``: write parameter=value");
	memset(longest, 'a', sizeof(longest));
	memcpy(longest + 100, "=1", 3);
	fails(*state, longest, "no parameter `aaa");
	fails(bare, "depth=1", "bare has no parameter `depth`: it has none");
	fails(bare, "all=off", "bare has no parameter `all`: it has none");
	latch_module_free(bare);
}

static void lists(void **state)
{
	(void)state;
	assert_true(latch_list_has("a", "a"));
	assert_true(latch_list_has("a,b,c", "a"));
	assert_true(latch_list_has("a,b,c", "b"));
	assert_true(latch_list_has("a,b,c", "c"));
	assert_false(latch_list_has("a,b,c", "d"));
	assert_false(latch_list_has("a,b,c", "a,b"));
	assert_false(latch_list_has("bpf_x,xbpf", "bpf"));
	assert_false(latch_list_has("bpf", "bp"));
	assert_false(latch_list_has("bp", "bpf"));
	assert_false(latch_list_has("", "a"));
	assert_false(latch_list_has("", ""));
	assert_false(latch_list_has(NULL, "a"));
}

/* What is printed can be given again. */
static void printed(void **state)
{
	static const char *const same[] = { "depth=-10",   "depth=0",	"offset=-2147483648", "size=4294967295",
					    "strict=yes",  "strict=no", "kinds=none",	      "kinds=read,append",
					    "bits=0,last", "alpha=off", "alpha=observe",      "alpha=enforce" };
	struct latch_module *mod = *state;
	struct latch_error err;
	char text[64];

	for (size_t i = 0; i < COUNT(same); i++) {
		char name[LATCH_NAME_MAX] = "", *list[] = { (char *)same[i] };
		size_t len = strcspn(same[i], "=");
		const struct latch_param *p;

		memcpy(name, same[i], len);
		p = latch_module_param(mod, name);
		assert_int_equal(latch_params_assign(mod, list, 1, &err), 0);
		assert_ptr_equal(latch_param_format(p, p->value, text, sizeof(text)), text);
		assert_string_equal(text, same[i] + len + 1);
	}
}

/* Neither a small buffer nor a value that cannot be may lead beyond the end. */
static void printed_short(void **state)
{
	static const int64_t odd[] = { 0, 1, -1, INT64_MIN, INT64_MAX, UINT32_MAX, 0x7fffffff };
	struct latch_module *mod = *state;

	for (size_t i = 0; i < mod->nparams; i++)
		for (size_t j = 0; j < COUNT(odd); j++)
			for (size_t size = 1; size < 128; size++) {
				char *text = malloc(size);

				assert_non_null(text);
				latch_param_format(&mod->params[i], odd[j], text, size);
				assert_true(strlen(text) < size);
				free(text);
			}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers), TEST(booleans), TEST(flags),   TEST(modes),
		TEST(names),   TEST(lists),    TEST(printed), TEST(printed_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
