// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the records of the kernel's audit log as they come, "TYPE text" a line, by its
 * multicast group: what goes to the kernel's own log is limited in its rate.
 * auditlog lock: sets audit to on, and locks it so, as `auditctl -e 2` does.
 */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>

static union {
	struct nlmsghdr header;
	char room[65536];
} m;

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int lock(int fd)
{
	struct {
		struct nlmsghdr header;
		struct audit_status status;
	} set = {
		.header = { .nlmsg_len = sizeof(set), .nlmsg_type = AUDIT_SET, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.status = { .mask = AUDIT_STATUS_ENABLED, .enabled = 2 },
	};
	const struct nlmsgerr *answer = NLMSG_DATA(&m.header);

	if (send(fd, &set, sizeof(set), 0) != sizeof(set) || recv(fd, &m, sizeof(m), 0) < (ssize_t)sizeof(m.header))
		return fail("AUDIT_SET");
	if (m.header.nlmsg_type != NLMSG_ERROR || answer->error) {
		fprintf(stderr, "AUDIT_SET: %d\n", answer->error);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1 << (AUDIT_NLGRP_READLOG - 1) };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT), size = 1 << 20;

	(void)argv;
	if (fd < 0)
		return fail("NETLINK_AUDIT");
	if (argc > 1)
		return lock(fd);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(fd, (struct sockaddr *)&to, sizeof(to)))
		return fail("NETLINK_AUDIT");
	printf("ready\n");
	for (;;) {
		ssize_t n;

		fflush(stdout);
		n = recv(fd, &m, sizeof(m) - 1, 0);
		if (n < (ssize_t)NLMSG_HDRLEN)
			return fail("recv");
		m.room[n] = '\0';
		printf("%u %s\n", m.header.nlmsg_type, m.room + NLMSG_HDRLEN);
	}
}
