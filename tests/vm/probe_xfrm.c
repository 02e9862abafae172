// SPDX-License-Identifier: GPL-2.0-only
/* IPsec states, whose keys the kernel leaves out of a dump instead of refusing it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe.h"

#define SPI 0x1a7c4
#define KEY "latch-latch-latch-latch-latch-ok" /* 32 bytes, as hmac(sha256) wants */

struct add_request {
	struct nlmsghdr head;
	struct xfrm_usersa_info info;
	struct nlattr attr;
	struct { /* struct xfrm_algo, with its key */
		char name[64];
		uint32_t key_bits;
		char key[sizeof(KEY) - 1];
	} alg;
};

struct del_request {
	struct nlmsghdr head;
	struct xfrm_usersa_id id;
};

static int send_request(int fd, struct nlmsghdr *head)
{
	return send(fd, head, head->nlmsg_len, 0) < 0 ? -errno : 0;
}

/* Sends a request and takes the kernel's answer to it. */
static int ask(int fd, struct nlmsghdr *head)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[1024];
	} answer;
	int err;

	head->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	err = send_request(fd, head);
	if (err)
		return err;
	if (recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.err)))
		return -EIO;
	return answer.head.nlmsg_type == NLMSG_ERROR ? answer.err.error : -EIO;
}

static int add_state(int fd)
{
	struct add_request r = {
		.head = { .nlmsg_len = sizeof(r), .nlmsg_type = XFRM_MSG_NEWSA },
		.info = {
			.id = { .daddr.a4 = htonl(INADDR_LOOPBACK), .spi = htonl(SPI), .proto = IPPROTO_AH },
			.saddr.a4 = htonl(INADDR_LOOPBACK),
			.lft = {
				.soft_byte_limit = XFRM_INF, .hard_byte_limit = XFRM_INF,
				.soft_packet_limit = XFRM_INF, .hard_packet_limit = XFRM_INF,
			},
			.family = AF_INET,
			.mode = XFRM_MODE_TRANSPORT,
		},
		.attr = { .nla_len = sizeof(r) - offsetof(struct add_request, attr), .nla_type = XFRMA_ALG_AUTH },
		.alg = { .name = "hmac(sha256)", .key_bits = 8 * sizeof(r.alg.key) },
	};

	memcpy(r.alg.key, KEY, sizeof(r.alg.key));
	return ask(fd, &r.head);
}

static void delete_state(int fd)
{
	struct del_request r = {
		.head = { .nlmsg_len = sizeof(r), .nlmsg_type = XFRM_MSG_DELSA },
		.id = {
			.daddr.a4 = htonl(INADDR_LOOPBACK), .spi = htonl(SPI),
			.family = AF_INET, .proto = IPPROTO_AH,
		},
	};

	ask(fd, &r.head);
}

/* What the dump says of the key: itself, or zeros in its place. */
static int find_key(int fd)
{
	struct nlmsghdr r = {
		.nlmsg_len = sizeof(r),
		.nlmsg_type = XFRM_MSG_GETSA,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
	};
	static const char zeros[sizeof(KEY) - 1];
	char answer[8192], *alg;
	ssize_t n;
	int err = send_request(fd, &r);

	if (err)
		return err;
	n = recv(fd, answer, sizeof(answer), 0);
	if (n < 0)
		return -errno;
	if (memmem(answer, n, KEY, sizeof(KEY) - 1))
		return 0;
	alg = memmem(answer, n, "hmac(sha256)", 12);
	if (!alg || alg + sizeof(struct xfrm_algo) + sizeof(zeros) > answer + n)
		return -EIO;
	return memcmp(alg + sizeof(struct xfrm_algo), zeros, sizeof(zeros)) ? -EIO : -ENOKEY;
}

static int run_xfrm_secret(char **args)
{
	int err, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);
	int dump = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	(void)args;
	if (fd < 0 || dump < 0)
		return -errno;
	err = add_state(fd);
	if (!err) {
		err = find_key(dump);
		delete_state(fd);
	}
	close(dump);
	close(fd);
	return err;
}

const struct probe xfrm_probes[] = {
	{ "xfrm_secret", run_xfrm_secret, 0, 0, "" },
	{},
};
