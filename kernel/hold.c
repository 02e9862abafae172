// SPDX-License-Identifier: GPL-2.0-only
/* The links that are kept, and what keeps the keeper. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/bpf.h>
#include <linux/cred.h>
#include <linux/ftrace.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include "latch.h"

struct held {
	struct list_head list;
	struct bpf_link *link;
	u64 since; /* boot clock, nanoseconds */
	kuid_t uid;
};

/* Over all that follows. */
static DEFINE_MUTEX(lock);
static LIST_HEAD(held);
static bool pinned;  /* never again false */
static bool leaving; /* the module goes: nothing can be held any more */

/*
 * The kernel refuses ftrace_enabled=0, which would switch off all BPF LSM programs at once,
 * while somebody uses ftrace who says that he must not lose it. This function is that
 * use: nobody calls it, so tracing it costs nothing.
 */
static noinline void anchor(void)
{
	barrier();
}

static void notrace anchored(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
}

static struct ftrace_ops ftrace_user = {
	.func = anchored,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static int use_ftrace(void)
{
	int err = ftrace_set_filter_ip(&ftrace_user, (unsigned long)anchor, 0, 0);

	if (err)
		return err;
	/* -EBUSY: ftrace_enabled is 0 already */
	err = register_ftrace_function(&ftrace_user);
	if (err)
		ftrace_free_filter(&ftrace_user);
	return err;
}

static int pin(void)
{
	int err;

	lockdep_assert_held(&lock);
	if (pinned)
		return 0;
	if (leaving)
		return -ENODEV;
	err = use_ftrace();
	if (err)
		return err;
	__module_get(THIS_MODULE);
	pinned = true;
	return 0;
}

int latch_hold_pin(void)
{
	int err;

	mutex_lock(&lock);
	err = pin();
	mutex_unlock(&lock);
	return err;
}

/*
 * Without force the reference keeps the module. With it (delete_module() with O_TRUNC) the
 * kernel goes on and frees the module when its exit function returns; so that does not,
 * and the module is put back to work. The caller sleeps until reboot: not as a hung task,
 * and not in the way of a suspend.
 */
void latch_hold_leave(void)
{
	mutex_lock(&lock);
	if (!pinned)
		leaving = true;
	mutex_unlock(&lock);
	if (leaving)
		return;
	pr_notice("%*pE (%d) tried to remove this module by force; it stays until reboot\n",
		  (int)strnlen(current->comm, sizeof(current->comm)), current->comm, task_pid_nr(current));
	WRITE_ONCE(THIS_MODULE->state, MODULE_STATE_LIVE);
	for (;;) {
		set_current_state(TASK_IDLE | TASK_FREEZABLE);
		schedule();
	}
}

static bool is_held(const struct bpf_link *link)
{
	const struct held *h;

	list_for_each_entry(h, &held, list)
		if (h->link == link)
			return true;
	return false;
}

/*
 * A reference keeps only a link that has no other way to end. Links of LSM programs and of
 * tracing are such; those of a cgroup, a device or a namespace can be detached by
 * whoever opens them, and go with what they are on.
 */
static bool ends_with_last_reference(const struct bpf_link *link)
{
	return link->type == BPF_LINK_TYPE_TRACING && link->prog && !link->ops->detach && !link->ops->update_prog;
}

/* Consumes the reference to link, unless it fails. */
static int hold(struct bpf_link *link)
{
	struct held *new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	int err;

	if (!new)
		return -ENOMEM;
	new->link = link;
	new->since = ktime_get_boottime_ns();
	new->uid = current_uid();
	mutex_lock(&lock);
	err = pin();
	if (!err && is_held(link))
		err = -EEXIST;
	if (!err)
		list_add_tail(&new->list, &held);
	mutex_unlock(&lock);
	if (err)
		kfree(new);
	return err;
}

static ssize_t hold_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	struct bpf_link *link;
	unsigned int fd;
	int err = latch_fds_from_user(file, buf, size, &fd, 1);

	if (err)
		return err;
	/* -EBADF: not open; -EINVAL: what is open is no link: this compares its operations. */
	link = bpf_link_get_from_fd(fd);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = ends_with_last_reference(link) ? hold(link) : -EOPNOTSUPP;
	if (err)
		bpf_link_put(link);
	return err && err != -EEXIST ? err : size;
}

const struct file_operations latch_hold_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = hold_write,
};

/* Link id, program id, since when (boot clock, nanoseconds), by which uid, program, what it is attached to. */
static int latch_held_show(struct seq_file *m, void *unused)
{
	const struct held *h;

	mutex_lock(&lock);
	list_for_each_entry(h, &held, list) {
		const struct bpf_prog_aux *aux = h->link->prog->aux;

		seq_printf(m, "%u %u %llu %u %s %s\n", h->link->id, aux->id, h->since,
			   from_kuid_munged(&init_user_ns, h->uid), *aux->name ? aux->name : "-",
			   aux->attach_func_name ?: "-");
	}
	mutex_unlock(&lock);
	return 0;
}

static int latch_held_open(struct inode *inode, struct file *file)
{
	return single_open(file, latch_held_show, NULL);
}

const struct file_operations latch_held_fops = {
	.owner = THIS_MODULE,
	.open = latch_held_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
