/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load, replace, seal and unload as a model: two latch processes, each killed at any step, and root
 * as an attacker between any two steps. run (the script beside this) has spin go through
 * all that can happen.
 *
 *	SAID	who was told that a module is sealed, was told what holds: from then on it
 *		is attached whole, with its gate open
 *	GAP	between the start of a replacement and an unload, one module is whole, unless an
 *		attacker had a hand in it
 *	HALF	a module denies with all of its hooks or with none, unless an attacker had
 *		a hand in it; and what `list` shows as whole is
 *
 * The guard is that of the first seal; enter.pml has how another joins it.
 *
 * A statement is a system call, or a store to a mapped map. What is behind -D FLAG breaks
 * the protocol in one place; spin has to find out.
 */

#define HOOKS 3 /* two hooks: bits 1 and 2; also the two halves of the guard */
#define PINS 1	/* the half of the guard that keeps pins and pin directories */
#define MAPS 2	/* the half that gives out no map, and loads no program that has one */

#ifndef ATTACKS
#define ATTACKS 3
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef COMMANDS
#define COMMANDS 2
#endif

#ifndef REACHED /* what the model has to come to, lest it proves nothing */
#define REACHED false
#endif

#define NOWHERE 0
#define STAGE 1 /* NAME~PID */
#define NAME 2

/* A loaded module, or one that is on its way: process p makes the one with its number. */
typedef instance {
	byte pindir;
	byte pin, fd;	      /* links, by hook: a link lives while one of both holds it */
	bit gate;
	byte guard_pin, guard_fd; /* the same, of the guard */
	bit record;	      /* the iterator through which the seal is read */
	byte state;	      /* of the guard */
	byte owner;	      /* process that seals, while it lives; 2: none */
	bit foreign_fd;	      /* somebody has an fd of its maps, */
	bit foreign_map;      /* or has mapped them for writing, */
	bit foreign_prog;     /* or has a program that can write to them */
	bit touched;	      /* an attacker has changed it */
	bit said;
};

/* As enum latch_guard_state; what differs between HOLD and REHEARSE does not matter here. */
#define OPEN 0
#define HOLD 1 /* denies to all but the owner, while that lives */
#define ARMED 2

instance m[2];
byte lock = 2; /* by whom the latch directory is locked; 2: nobody */
bit replaced; /* GAP is asked for */
bit hand[2];  /* an attacker has a hand on the process: its memory, or its descriptors */
bit alone[2]; /* nobody gets one any more, as long as it lives: fresh.bpf.c */
byte attacks = ATTACKS, crashes = CRASHES;

#define LINKS(i) (m[i].pin | m[i].fd)
#define GUARD(i) (m[i].guard_pin | m[i].guard_fd)
#define IN_FORCE(i) (m[i].state == ARMED || (m[i].state == HOLD && m[i].owner != 2))
#define KEPT(i, half) (IN_FORCE(i) && (GUARD(i) & half)) /* from an attacker */
#define WHOLE(i) (LINKS(i) == HOOKS && m[i].gate)
#define HALF(i) (m[i].gate && LINKS(i) && LINKS(i) != HOOKS && !m[i].touched)

#define GAP (replaced && !WHOLE(0) && !WHOLE(1))

#define SPEAKS_TRUE(i) assert(!m[i].said || WHOLE(i)); assert(!HALF(i))

/* One step of latch: done, or killed before it. */
#define STEP(what) \
	if \
	:: atomic { what } \
	:: atomic { crashes > 0 -> crashes--; goto killed } \
	fi

#ifdef NO_GUARD_ON_LATCH /* broken: the guard lets latch remove what is armed */
#define MAY_REMOVE(i) true
#else
#define MAY_REMOVE(i) (!(m[i].state == ARMED && (GUARD(i) & PINS)))
#endif

/* Whether i is sealed, as a reader finds out. Sets `good`. */
inline look(i)
{
	STEP(good = (m[i].pindir == NAME && m[i].record));
	STEP(good = (good && m[i].state == ARMED))
}

inline report(i)
{
	look(i);
	STEP(if :: good -> m[i].said = 1 :: else fi)
}

inline drop_guard(i)
{
	STEP(if :: MAY_REMOVE(i) -> m[i].guard_pin = m[i].guard_pin & 2 :: else -> goto failed fi);
	STEP(if :: MAY_REMOVE(i) -> m[i].guard_pin = 0 :: else -> goto failed fi);
	STEP(if :: MAY_REMOVE(i) -> m[i].record = 0; m[i].state = OPEN :: else -> goto failed fi)
}

inline take_apart(i)
{
	STEP(if :: MAY_REMOVE(i) -> m[i].gate = 0 :: else -> goto failed fi);
	STEP(if :: MAY_REMOVE(i) -> m[i].pindir = STAGE :: else -> goto failed fi);
	STEP(if :: MAY_REMOVE(i) -> m[i].pin = m[i].pin & 2 :: else -> goto failed fi);
	STEP(if :: MAY_REMOVE(i) -> m[i].pin = 0 :: else -> goto failed fi);
	drop_guard(i);
	STEP(m[i].pindir = NOWHERE; m[i].gate = 0; m[i].foreign_fd = 0; m[i].foreign_map = 0; m[i].foreign_prog = 0;
	     m[i].touched = 0)
}

/* What each command does first. */
inline leftovers(i)
{
	if
	:: m[i].pindir == STAGE -> take_apart(i)
	:: m[i].pindir == NAME && !m[i].gate -> take_apart(i)
#ifdef NO_GUARD_ON_LATCH
	:: m[i].pindir == NAME && m[i].gate && m[i].guard_pin -> drop_guard(i)
#else
	:: m[i].pindir == NAME && m[i].gate && m[i].guard_pin && m[i].state != ARMED -> drop_guard(i)
#endif
	:: else
	fi
}

inline load(i)
{
	STEP(m[i].fd = 1);
#ifdef GATE_EARLY /* broken: the gate is opened before all is attached */
	STEP(m[i].gate = 1);
#endif
	STEP(m[i].fd = HOOKS);
	STEP(m[i].pindir = STAGE);
	STEP(m[i].pin = 1);
	STEP(m[i].pin = HOOKS);
	STEP(m[i].pindir = NAME);
	STEP(m[i].gate = 1);
	STEP(m[i].fd = 0)
}

inline unload(i)
{
	look(i);
	if
	:: good
	:: else ->
		STEP(replaced = 0);
		take_apart(i)
	fi
}

/* n takes the place of i: see lib/control/replace.c. */
inline replace(i, n)
{
	STEP(m[n].fd = HOOKS; replaced = (WHOLE(i) && !m[i].touched));
	STEP(m[n].pindir = STAGE);
	STEP(m[n].pin = 1);
	STEP(m[n].pin = HOOKS);
#ifdef EXCHANGE_EARLY /* broken: the pin directories are exchanged while the new gate is closed */
	STEP(m[i].pindir = STAGE; m[n].pindir = NAME);
	STEP(m[n].gate = 1);
#else
	STEP(m[n].gate = 1);
	STEP(m[i].pindir = STAGE; m[n].pindir = NAME);
#endif
	STEP(m[n].fd = 0);
	take_apart(i)
}

inline attach_guard(i)
{
	STEP(m[i].guard_fd = 1);
	STEP(m[i].guard_fd = HOOKS);
	STEP(m[i].guard_pin = 1);
	STEP(m[i].guard_pin = HOOKS)
}

/* See lib/seal/seal.c. */
inline seal(i, p)
{
#ifndef NOT_ALONE /* broken: a hand can be had after the program was executed anew */
	STEP(alone[p] = 1);
#endif
#ifndef NO_EXEC /* broken: what was had before is not lost */
	STEP(hand[p] = 0);
#endif
	/* Is it whole? */
	STEP(if :: m[i].pin != HOOKS || !m[i].gate -> goto failed :: else fi);
#ifdef SAY_EARLY /* broken: reported before it is armed */
	STEP(m[i].said = 1);
#endif
#ifdef ARM_EARLY /* broken: armed before the guard is attached */
	STEP(m[i].record = 1; m[i].state = ARMED);
#endif
	STEP(m[i].record = 1);
	attach_guard(i);
#ifndef NO_HOLD /* broken: others are not kept out while it looks */
	STEP(m[i].owner = p; if :: m[i].state == OPEN -> m[i].state = HOLD :: else fi);
#endif
#ifndef NO_CENSUS /* broken: hands that others have on it are not counted */
	STEP(if :: !hand[p] && (m[i].foreign_fd || m[i].foreign_map || m[i].foreign_prog) -> goto undo :: else fi);
#endif
	/* What was whole before the hold may not be any more. */
#ifndef NO_RECOUNT /* broken: pins are not looked at again */
	STEP(if :: !hand[p] && (m[i].pin != HOOKS || m[i].guard_pin != HOOKS || !m[i].record) -> goto undo :: else fi);
#endif
#ifndef NO_GATE /* broken: the gate is not looked at again */
	STEP(if :: !hand[p] && !m[i].gate -> goto undo :: else fi);
#endif
	STEP(m[i].state = ARMED);
	STEP(m[i].guard_fd = 0; m[i].owner = 2);
	report(i);
	goto done;
undo:
	drop_guard(i)
}

proctype latch(byte p)
{
	byte left = COMMANDS, i;
	bit good;

	do
	:: left == 0 -> break
	:: left > 0 ->
		left--;
		atomic { lock == 2 -> lock = p }
		leftovers(0);
		leftovers(1);
		i = (m[0].pindir == NAME -> 0 : (m[1].pindir == NAME -> 1 : 2));
		if
		:: i == 2 && m[p].pindir == NOWHERE -> load(p)
		:: i < 2 && i != p && m[p].pindir == NOWHERE && m[i].state != ARMED -> replace(i, p)
		:: i < 2 && m[i].state != ARMED -> seal(i, p)
		:: i < 2 -> unload(i)
		:: i < 2 -> report(i)
		:: i < 2 -> /* list */
			STEP(good = (m[i].pin == HOOKS && !m[i].touched));
			STEP(assert(!good || !m[i].gate || WHOLE(i) || m[i].touched))
		fi;
done:
failed:
killed:
		/* The end of a process drops its fds and its lock. */
		atomic {
			m[0].fd = 0; m[1].fd = 0; m[0].guard_fd = 0; m[1].guard_fd = 0;
			m[0].owner = 2; m[1].owner = 2;
			good = 0; i = 0;
			hand[p] = 0; alone[p] = 0;
			lock = 2
		}
	od
}

/* Root, with the system calls that the guard leaves. Hands off the maps may be the end of it. */
inline attack(i)
{
	atomic {
		if
		:: (m[i].pin & 1) && !KEPT(i, PINS) -> m[i].pin = m[i].pin & 2; m[i].touched = 1; replaced = 0
		:: (m[i].pin & 2) && !KEPT(i, PINS) -> m[i].pin = m[i].pin & 1; m[i].touched = 1; replaced = 0
		:: (m[i].guard_pin & PINS) && !KEPT(i, PINS) -> m[i].guard_pin = m[i].guard_pin & MAPS
		:: (m[i].guard_pin & MAPS) && !KEPT(i, PINS) -> m[i].guard_pin = m[i].guard_pin & PINS
		:: m[i].record && !KEPT(i, PINS) -> m[i].record = 0
		/* Then what the process looks at is what he likes. */
		:: lock == i && !alone[i] && !hand[i] -> hand[i] = 1
		:: m[i].pin && !m[i].foreign_fd && !KEPT(i, MAPS) -> m[i].foreign_fd = 1
		:: m[i].pin && !m[i].foreign_prog && !KEPT(i, MAPS) -> m[i].foreign_prog = 1
		:: m[i].foreign_fd && !m[i].foreign_map -> m[i].foreign_map = 1
		:: m[i].foreign_fd || m[i].foreign_map || m[i].foreign_prog ->
			if
			:: m[i].gate -> m[i].gate = 0; m[i].touched = 1; replaced = 0
			:: m[i].state != OPEN -> m[i].state = OPEN
			:: m[i].foreign_fd = 0; m[i].foreign_map = 0; m[i].foreign_prog = 0
			fi
		:: else
		fi;
		attacks--
	}
}

proctype attacker()
{
end:
	do
	:: attacks > 0 -> attack(0)
	:: attacks > 0 -> attack(1)
	:: attacks == 0 -> break
	od
}

/* Between any two steps. */
proctype watcher()
{
end:
	atomic {
		(m[0].said && !WHOLE(0)) || (m[1].said && !WHOLE(1)) || HALF(0) || HALF(1) || GAP || (REACHED) ->
		assert(!(REACHED));
		assert(!GAP);
		SPEAKS_TRUE(0);
		SPEAKS_TRUE(1)
	}
}

init
{
	m[0].owner = 2;
	m[1].owner = 2;
	atomic { run latch(0); run latch(1); run attacker(); run watcher() }
}
