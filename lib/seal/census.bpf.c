// SPDX-License-Identifier: GPL-2.0-only
/*
 * The census before a seal: every map and program of the kernel, with the number of
 * references to it. A reference that is not ours is somebody's descriptor, program or
 * map of maps, and a way past the guard. See census.c.
 */
#include "seal/types.bpf.h"
#include "seal/census.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

struct bpf_iter__bpf_link {
	struct bpf_iter_meta *meta;
	struct bpf_link *link;
};

#pragma clang attribute pop

SEC("iter/bpf_map")
int census_map(struct bpf_iter__bpf_map *ctx)
{
	struct latch_census entry = { 0 };
	struct bpf_map *map = ctx->map;

	if (!map)
		return 0;
	entry.id = map->id;
	entry.references = map->refcnt.counter;
	entry.type = map->map_type;
	entry.key_size = map->key_size;
	entry.value_size = map->value_size;
	entry.max_entries = map->max_entries;
	entry.flags = map->map_flags;
	bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry));
	return 0;
}

SEC("iter/bpf_prog")
int census_prog(struct bpf_iter__bpf_prog *ctx)
{
	struct latch_census entry = { 0 };
	struct bpf_prog *prog = ctx->prog;
	struct bpf_prog_aux *aux;

	if (!prog)
		return 0;
	aux = prog->aux;
	entry.id = aux->id;
	entry.references = aux->refcnt.counter;
	entry.type = prog->type;
	entry.attach_type = prog->expected_attach_type;
	entry.function = aux->attach_btf_id;
	entry.access = aux->max_rdonly_access | aux->max_rdwr_access;
	entry.maps = aux->used_map_cnt;
	if (aux->dst_prog)
		entry.target = aux->dst_prog->aux->id;
	entry.replaces = replaces_a_guards(prog);
	entry.tag = *(__u64 *)prog->tag;
	bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry));
	return 0;
}

SEC("iter/bpf_link")
int census_link(struct bpf_iter__bpf_link *ctx)
{
	struct latch_census entry = { 0 };
	struct bpf_link *link = ctx->link;

	if (!link || !link->prog)
		return 0;
	entry.id = link->prog->aux->id;
	bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry));
	return 0;
}

char latch_license[] SEC("license") = "GPL";
