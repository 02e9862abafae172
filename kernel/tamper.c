// SPDX-License-Identifier: GPL-2.0-only
/*
 * on-tamper = warn and panic. The guard puts the attempts on all seals into a BPF queue, which
 * latch.ko empties once a second: of warn, it tells of them in the kernel's log. What does not
 * fit into the queue meanwhile is counted. A queue is root's to make, as the guard's is: so there
 * is a limit for its size, for their number, and for the lines that all of them get in a second.
 * At one of panic the guard also puts a record into a BPF ring buffer. That wakes the ring's
 * readers, from an interrupt on the same CPU, so the attempt is the last thing that its
 * process does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <latch/abi.h>
#include <linux/bpf.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "latch.h"

#define SEALS_MAX 64
#define LINES_MAX 32 /* a second; what is not told stays in the queue, and is then counted */

struct seal {
	struct list_head list;
	struct bpf_map *attempts; /* queue of struct latch_attempt */
	struct bpf_map *alarm;	  /* ring */
	u32 lost;		  /* attempts that were told as such */
	poll_table table;
	wait_queue_entry_t reader;
	wait_queue_head_t *readers;
};

static const char *const rules[LATCH_RULES] = { LATCH_RULE_NAMES };

/* Over all that follows; nothing is ever taken out of seals. */
static DEFINE_MUTEX(lock);
static LIST_HEAD(seals);
static unsigned int count;

static void end_strings(struct latch_attempt *a)
{
	a->module[sizeof(a->module) - 1] = '\0';
	a->comm[sizeof(a->comm) - 1] = '\0';
}

/* Of a string that others chose: as %*pE of the kernel writes it. */
#define ESCAPED(text) (int)strlen(text), text

#define ATTEMPT "attempt on the seal of %*pE: %s by %*pE (pid %u, uid %u)"
#define ATTEMPT_ARGS(a)                                                                                                \
	ESCAPED((a)->module), (a)->rule < LATCH_RULES ? rules[(a)->rule] : "unknown", ESCAPED((a)->comm), (a)->pid,    \
		(a)->uid

static void panic_for(struct latch_attempt *a)
{
	end_strings(a);
	panic("latch: " ATTEMPT ", and on-tamper is panic", ATTEMPT_ARGS(a));
}

/* Takes the attempts out of the queue, as far as there are lines for them. */
static void tell(struct seal *s, unsigned int *lines)
{
	struct latch_attempt a;

	/* Two for each at most, so that none is taken out that could not be told. */
	while (*lines >= 2 && !s->attempts->ops->map_pop_elem(s->attempts, &a)) {
		if (a.panics)
			panic_for(&a);
		end_strings(&a);
		if (a.lost != s->lost) {
			pr_warn("%u attempts on seals are not told here: `latch log`\n", a.lost - s->lost);
			(*lines)--;
		}
		s->lost = a.lost;
		pr_warn(ATTEMPT "\n", ATTEMPT_ARGS(&a));
		(*lines)--;
	}
}

static bool rings(struct seal *s, poll_table *table)
{
	return s->alarm->ops->map_poll(s->alarm, NULL, table) & EPOLLIN;
}

/* The attempt may not have found room in the queue, or have been taken out by another CPU. */
static void answer_alarm(struct seal *s)
{
	struct latch_attempt a;

	if (!rings(s, NULL))
		return;
	for (u32 i = 0; i < s->attempts->max_entries && !s->attempts->ops->map_pop_elem(s->attempts, &a); i++)
		if (a.panics)
			panic_for(&a);
	panic("latch: an attempt on a seal, and on-tamper is panic");
}

static void look(struct work_struct *work)
{
	unsigned int lines = LINES_MAX;
	struct seal *s;

	mutex_lock(&lock);
	list_rotate_left(&seals); /* another is the first to be told of */
	list_for_each_entry(s, &seals, list) {
		tell(s, &lines);
		answer_alarm(s); /* the wake-up did not come */
	}
	mutex_unlock(&lock);
	schedule_delayed_work(to_delayed_work(work), round_jiffies_relative(HZ));
}
static DECLARE_DELAYED_WORK(looking, look);

static int wake(wait_queue_entry_t *reader, unsigned int mode, int flags, void *key)
{
	answer_alarm(container_of(reader, struct seal, reader));
	return 0;
}

static void become_reader(struct file *file, wait_queue_head_t *readers, poll_table *table)
{
	struct seal *s = container_of(table, struct seal, table);

	s->readers = readers;
	add_wait_queue(readers, &s->reader);
}

/* On failure nothing wakes it. */
static int connect_alarm(struct seal *s)
{
	init_waitqueue_func_entry(&s->reader, wake);
	init_poll_funcptr(&s->table, become_reader);
	if (!rings(s, &s->table) && s->readers)
		return 0;
	if (s->readers)
		remove_wait_queue(s->readers, &s->reader);
	return -ENOTEMPTY;
}

static bool is_queue(const struct bpf_map *map)
{
	return map->map_type == BPF_MAP_TYPE_QUEUE && map->value_size == sizeof(struct latch_attempt) &&
	       map->max_entries <= LATCH_ATTEMPTS_MAX && map->ops->map_peek_elem && map->ops->map_pop_elem;
}

static bool is_ring(const struct bpf_map *map)
{
	return map->map_type == BPF_MAP_TYPE_RINGBUF && map->ops->map_poll;
}

static int enter(struct seal *s)
{
	int err = 0;

	mutex_lock(&lock);
	if (count == SEALS_MAX)
		err = -ENOSPC;
	else
		err = latch_hold_pin();
	if (!err) {
		list_add_tail(&s->list, &seals);
		count++;
	}
	mutex_unlock(&lock);
	return err;
}

/* Consumes the references to the maps, unless it fails. */
static int watch(struct bpf_map *attempts, struct bpf_map *alarm)
{
	struct latch_attempt a;
	struct seal *s;
	int err;

	if (!is_queue(attempts) || !is_ring(alarm))
		return -EINVAL;
	if (!attempts->ops->map_peek_elem(attempts, &a))
		return -ENOTEMPTY;
	s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->attempts = attempts;
	s->alarm = alarm;
	err = connect_alarm(s);
	if (!err) {
		err = enter(s);
		if (err)
			remove_wait_queue(s->readers, &s->reader);
	}
	if (err) {
		kfree(s);
		return err;
	}
	schedule_delayed_work(&looking, 0);
	return 0;
}

static ssize_t tamper_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	struct bpf_map *maps[2];
	unsigned int fds[2];
	int err = latch_fds_from_user(file, buf, size, fds, 2);

	if (err)
		return err;
	maps[0] = bpf_map_get(fds[0]);
	if (IS_ERR(maps[0]))
		return PTR_ERR(maps[0]);
	maps[1] = bpf_map_get(fds[1]);
	err = PTR_ERR_OR_ZERO(maps[1]);
	if (!err) {
		err = watch(maps[0], maps[1]);
		if (err)
			bpf_map_put(maps[1]);
	}
	if (err)
		bpf_map_put(maps[0]);
	return err ? err : size;
}

/* The ids of queue and ring. */
static int tamper_show(struct seq_file *m, void *unused)
{
	const struct seal *s;

	mutex_lock(&lock);
	list_for_each_entry(s, &seals, list)
		seq_printf(m, "%u %u\n", s->attempts->id, s->alarm->id);
	mutex_unlock(&lock);
	return 0;
}

static int tamper_open(struct inode *inode, struct file *file)
{
	return single_open(file, tamper_show, NULL);
}

const struct file_operations latch_tamper_fops = {
	.owner = THIS_MODULE,
	.open = tamper_open,
	.read = seq_read,
	.write = tamper_write,
	.llseek = seq_lseek,
	.release = single_release,
};
