/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How seals are entered into the guard (lib/seal/enter.bpf.h): two latch processes, each of which seals its module
 * and is killed at any step, and root, who runs the same program as he likes. What one call does
 * is many steps, between which its CPU may be taken away from it for any time.
 *
 *	KEPT	what is said to be sealed is kept from then on, all of it
 *	FREE	as long as root asks for nothing, what no seal was armed for is not kept: it can be unloaded
 *
 * What is behind -D FLAG breaks the protocol in one place; spin has to find out.
 */

#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef CALLS
#define CALLS 3
#endif
#ifndef REACHED /* what the model has to come to, lest it proves nothing */
#define REACHED false
#endif

#define SHARED 2 /* what both seals keep; 0 and 1: what each has for itself */
#define KEYS 3
#define ROOT 2	 /* the number of that process */
#define NOBODY 3

/* Of guard_kept: the place of its seal, + 1, and how; 0: no entry. */
byte place[KEYS], how[KEYS];
byte seals, owner = NOBODY;
bit busy, hold, life[3];
bit said[2], armed[2];
byte crashes = CRASHES, calls = CALLS;

#define OWNED (life[0] || life[1] || life[2])
#define IS_KEPT(k) (place[k] != 0 && place[k] <= seals && how[k] == 1)
#define SPEAKS_TRUE                                                                                                    \
	assert(!said[0] || (IS_KEPT(0) && IS_KEPT(SHARED)));                                                           \
	assert(!said[1] || (IS_KEPT(1) && IS_KEPT(SHARED)));                                                           \
	assert(calls < CALLS || ((armed[0] || !IS_KEPT(0)) && (armed[1] || !IS_KEPT(1))))

#ifdef NO_BUSY /* broken: a call begins while another is under way */
#define ENTER(failed) skip
#else
#define ENTER(failed) if :: atomic { !busy -> busy = 1 } :: atomic { busy -> goto failed } fi
#endif
#define LEAVE busy = 0
#ifdef NO_OWNER /* broken: who asks is not compared with who began */
#define MAY(who) OWNED
#else
#define MAY(who) (OWNED && owner == who)
#endif

inline begin(who)
{
	ENTER(refused);
	if :: atomic { owner != NOBODY && OWNED && owner != who -> LEAVE; goto refused } :: else fi;
	owner = who;
	hold = 0;
#ifndef NO_FORGET /* broken: what was entered and not armed stays */
	k = 0;
	do
	:: k == KEYS -> break
	:: else ->
		if
		:: place[k] > seals -> place[k] = 0 /* a step later */
		:: else
		fi;
		k++
	od;
#endif
	LEAVE
}

inline enter(who, key, in)
{
	ENTER(refused);
	if :: atomic { !MAY(who) -> LEAVE; goto refused } :: else fi;
	at = seals + 1;
	if
	:: atomic { place[key] == 0 -> place[key] = at; how[key] = in }
	:: atomic { place[key] != 0 && how[key] != in -> LEAVE; goto refused }
	:: atomic { place[key] != 0 && how[key] == in -> skip }
	fi;
	LEAVE
}

inline advance(who)
{
	ENTER(refused);
	if :: atomic { !MAY(who) -> LEAVE; goto refused } :: else fi;
	hold = 1;
	LEAVE
}

inline arm(who)
{
	ENTER(refused);
	if :: atomic { !MAY(who) || !hold || seals == 3 -> LEAVE; goto refused } :: else fi;
	atomic {
		seals++;
		if :: who < ROOT -> armed[who] = 1 :: else fi
	}
	hold = 0;
	LEAVE
}

inline open_life(who)
{
	if :: atomic { owner == who -> life[who] = 1 } :: atomic { owner != who -> goto refused } fi
}

/* The end of a process in the middle of a call: the kernel first lets that come to its end. */
#define MAY_DIE if :: atomic { crashes > 0 -> crashes--; goto refused } :: skip fi

proctype latch(byte p)
{
	byte k, at, tries = 2;

	do
	:: tries == 0 || said[p] -> break
	:: else ->
		tries--;
		begin(p);
		MAY_DIE;
		open_life(p);
		enter(p, p, 1);
		MAY_DIE;
		enter(p, SHARED, 1);
		MAY_DIE;
		advance(p);
		MAY_DIE;
		arm(p);
		MAY_DIE;
		said[p] = 1;
refused:
		atomic { life[p] = 0; k = 0; at = 0 }
	od
}

proctype root()
{
	byte k, at;

end:
	do
	:: calls == 0 -> break
	:: atomic { calls > 0 -> calls-- }
		if
		:: begin(ROOT)
		:: open_life(ROOT)
		:: life[ROOT] = 0
		:: enter(ROOT, 0, 1)
		:: enter(ROOT, 0, 2)
		:: enter(ROOT, SHARED, 2)
		:: advance(ROOT)
		:: arm(ROOT)
		fi;
refused:
		atomic { k = 0; at = 0 }
	od
}

active proctype always()
{
	atomic {
		run latch(0);
		run latch(1);
		run root()
	}
	do
	:: d_step { SPEAKS_TRUE; assert(!(REACHED)) }
	od
}
