// SPDX-License-Identifier: GPL-2.0-only
/* Asked in a soft interrupt, in the middle of whatever runs. */
#include <latch/module.bpf.h>

LATCH_MODULE("interrupt", "1.0", "Refuse what comes in over sockets; to be observed only");

LATCH_HOOK(socket_sock_rcv_skb)
{
	return -EPERM;
}
