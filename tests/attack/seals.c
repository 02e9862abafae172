// SPDX-License-Identifier: GPL-2.0-only
/* While the seal is made. */
#include "attack.h"

const struct attack seal_attacks[] = {
	{},
};
