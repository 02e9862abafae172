// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the records of the kernel's audit log as they come, "TYPE text" a line, by its
 * multicast group: what goes to the kernel's own log is limited in its rate.
 */
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1 << (AUDIT_NLGRP_READLOG - 1) };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT), size = 1 << 20;
	static union {
		struct nlmsghdr header;
		char room[65536];
	} m;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror("auditlog");
		return 1;
	}
	printf("ready\n");
	for (;;) {
		ssize_t n;

		fflush(stdout);
		n = recv(fd, &m, sizeof(m) - 1, 0);
		if (n < (ssize_t)NLMSG_HDRLEN) {
			perror("auditlog");
			return 1;
		}
		m.room[n] = '\0';
		printf("%u %s\n", m.header.nlmsg_type, m.room + NLMSG_HDRLEN);
	}
}
