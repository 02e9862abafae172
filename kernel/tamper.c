// SPDX-License-Identifier: GPL-2.0-only
/*
 * on-tamper = panic: a record in one of these BPF ring buffers panics the machine. The guard's
 * programs put one there for an attempt on a seal; the wake-up of a ring's readers comes from
 * an interrupt on the same CPU, so the attempt is the last thing that its process does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/bpf.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include "latch.h"

struct ring {
	struct list_head list;
	struct bpf_map *map;
	poll_table table;
	wait_queue_entry_t reader;
	wait_queue_head_t *readers;
};

static DEFINE_MUTEX(lock);
static LIST_HEAD(rings);

static bool has_records(struct ring *r, poll_table *table)
{
	return r->map->ops->map_poll(r->map, NULL, table) & EPOLLIN;
}

static int wake(wait_queue_entry_t *reader, unsigned int mode, int flags, void *key)
{
	struct ring *r = container_of(reader, struct ring, reader);

	if (has_records(r, NULL))
		panic("latch: an attempt on a seal, and on-tamper is panic");
	return 0;
}

static void become_reader(struct file *file, wait_queue_head_t *readers, poll_table *table)
{
	struct ring *r = container_of(table, struct ring, table);

	r->readers = readers;
	add_wait_queue(readers, &r->reader);
}

/* Consumes the reference to map, unless it fails. */
static int watch(struct bpf_map *map)
{
	struct ring *r;
	int err;

	if (map->map_type != BPF_MAP_TYPE_RINGBUF || !map->ops->map_poll)
		return -EINVAL;
	err = latch_hold_pin();
	if (err)
		return err;
	r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return -ENOMEM;
	r->map = map;
	init_waitqueue_func_entry(&r->reader, wake);
	init_poll_funcptr(&r->table, become_reader);
	if (has_records(r, &r->table) || !r->readers) {
		if (r->readers)
			remove_wait_queue(r->readers, &r->reader);
		kfree(r);
		return -EBUSY;
	}
	mutex_lock(&lock);
	list_add_tail(&r->list, &rings);
	mutex_unlock(&lock);
	return 0;
}

static ssize_t panic_write(struct file *file, const char __user *buf, size_t size, loff_t *pos)
{
	struct bpf_map *map;
	unsigned int fd;
	int err = latch_fd_from_user(file, buf, size, &fd);

	if (err)
		return err;
	map = bpf_map_get(fd);
	if (IS_ERR(map))
		return PTR_ERR(map);
	err = watch(map);
	if (err)
		bpf_map_put(map);
	return err ? err : size;
}

static int panic_show(struct seq_file *m, void *unused)
{
	const struct ring *r;

	mutex_lock(&lock);
	list_for_each_entry(r, &rings, list)
		seq_printf(m, "%u\n", r->map->id);
	mutex_unlock(&lock);
	return 0;
}

static int panic_open(struct inode *inode, struct file *file)
{
	return single_open(file, panic_show, NULL);
}

const struct file_operations latch_panic_fops = {
	.owner = THIS_MODULE,
	.open = panic_open,
	.read = seq_read,
	.write = panic_write,
	.llseek = seq_lseek,
	.release = single_release,
};
