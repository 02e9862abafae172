// SPDX-License-Identifier: GPL-2.0-only
/* Asks the kernel how it names a file or a cgroup (identity.bpf.c). */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "allow/allow.h"
#include "allow/identity.skel.h"

struct latch_identity {
	struct identity_bpf *skel;
	int link;
};

static int fail_load(struct latch_error *err, int code, const char *what)
{
	return latch_fail_lines(err, code == -EPERM ? code : -EOPNOTSUPP,
				"cannot ask the kernel how it knows %s: %s%s%.1000s", what, strerror(-code),
				*latch_libbpf_said() ? "\n" : "", latch_libbpf_said());
}

int latch_identity_open(struct latch_identity **out, struct latch_error *err)
{
	struct latch_identity *i;
	/* What is attached while ftrace is off is what its own checks may stumble over later. */
	int e = latch_kernel_ready(err);

	if (e)
		return e;
	i = calloc(1, sizeof(*i));
	if (!i)
		return latch_fail(err, -ENOMEM, "out of memory");
	latch_libbpf_capture();
	i->link = -1;
	i->skel = identity_bpf__open();
	e = i->skel ? bpf_program__set_autoload(i->skel->progs.find_cgroup, false) : -errno;
	if (!e)
		e = identity_bpf__load(i->skel);
	if (!e) {
		i->skel->bss->asker = (uint32_t)getpid();
		i->link = latch_attach(bpf_program__fd(i->skel->progs.identify));
		e = i->link < 0 ? i->link : 0;
	}
	if (e) {
		latch_identity_close(i);
		return fail_load(err, e, "files");
	}
	*out = i;
	return 0;
}

void latch_identity_close(struct latch_identity *i)
{
	if (!i)
		return;
	latch_close_fd(&i->link);
	identity_bpf__destroy(i->skel);
	free(i);
}

int latch_identity_file(struct latch_identity *i, int fd, __u64 *id, __u64 *digest)
{
	/* The kernel writes them behind the compiler's back. */
	volatile struct identity_bpf__bss *answer = i->skel->bss;

	answer->want_digest = digest != NULL;
	answer->answered = 0;
	if (flock(fd, LOCK_UN))
		return -errno;
	if (!answer->answered)
		return -ENODATA;
	for (int n = 0; n < 4; n++)
		id[n] = answer->id[n];
	if (!digest || !answer->has_digest)
		return 0;
	for (int n = 0; n < 4; n++)
		digest[n] = answer->digest[n];
	return 1;
}

static int ask_cgroup(struct identity_bpf *skel, int cgroup)
{
	union bpf_iter_link_info info = {
		.cgroup = { .order = BPF_CGROUP_ITER_SELF_ONLY, .cgroup_fd = (uint32_t)cgroup },
	};
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	_cleanup_close_ int link = bpf_link_create(bpf_program__fd(skel->progs.find_cgroup), 0, BPF_TRACE_ITER, &opts);
	_cleanup_close_ int iter = link < 0 ? -1 : bpf_iter_create(link);
	char unused[16];

	if (iter < 0 || read(iter, unused, sizeof(unused)) < 0)
		return -errno;
	return skel->bss->answered ? 0 : -ENODATA;
}

int latch_identity_cgroup(int cgroup, __u32 *place, struct latch_error *err)
{
	struct identity_bpf *skel;
	int e;

	latch_libbpf_capture();
	skel = identity_bpf__open();
	e = skel ? bpf_program__set_autoload(skel->progs.identify, false) : -errno;
	if (!e)
		e = identity_bpf__load(skel);
	if (!e)
		e = ask_cgroup(skel, cgroup);
	if (!e)
		memcpy(place, skel->bss->place, sizeof(skel->bss->place));
	identity_bpf__destroy(skel);
	return e ? fail_load(err, e, "cgroups") : 0;
}
