/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mounts on the way from the pins to the root, and root who mounts, binds, moves, unmounts and
 * shares as he likes, in two namespaces, as far as the guard lets him (lib/seal/way.bpf.h).
 *
 *	WAY	each mount of the way lies where it lay, and nothing lies over it, on a
 *		directory of it, or between two of them
 *
 * Mounts propagate as in fs/pnode.c: from a mount to its peers, and to the slaves of these. What is
 * unmounted takes along what lies at the same place below each mount that its parent
 * propagates to; the kernel spares some of these (those with other children), the model none.
 * What is behind -D FLAG breaks the guard in one place; spin has to find out.
 */

#ifndef OPS
#define OPS 2
#endif
#define N 7
#define NONE 15

#define R 0 /* the root */
#define S 1 /* sysfs, on its /sys */
#define P 2 /* bpffs, on /fs/bpf of that */

/* Places in a file system */
#define ROOT 0	/* its root directory */
#define POINT 1 /* where the next mount of the way lies; in bpffs, latch's directory */
#define ABOVE 2 /* a directory above that */
#define OTHER 3

byte up[N], at[N], fs[N], grp[N], mgrp[N]; /* mgrp: the group that it is a slave of */
bit live[N];
byte ops = OPS, groups = 4;

hidden byte d[N], gone[N];
hidden byte i, j, k, x, y, l, g, place, answer, copy, spare;

#define IN_FS(f, p) ((p) == ROOT || (p) == OTHER || ((f) <= P && (p) <= ABOVE))
#define PEER(a, b) (live[a] && live[b] && grp[a] != 0 && grp[a] == grp[b])

#define LIES(m, below) (live[m] && up[m] == below && at[m] == POINT)
#define OVER(m) (live[m] && ((up[m] == P && at[m] != OTHER) || (up[m] == S && at[m] != OTHER && m != P) || \
			     (up[m] == R && at[m] != OTHER && m != S)))
#define WAY (live[R] && LIES(S, R) && LIES(P, S) && !OVER(3) && !OVER(4) && !OVER(5) && !OVER(6))

/* d: what q propagates to, itself too */
inline reach(q)
{
	for (i : 0 .. N - 1) { d[i] = 0 }
	d[q] = 1;
	for (k : 1 .. N - 1) {
		for (i : 0 .. N - 1) {
			for (j : 0 .. N - 1) {
				if
				:: d[j] && live[i] && grp[j] != 0 && (grp[i] == grp[j] || mgrp[i] == grp[j]) -> d[i] = 1
				:: else
				fi
			}
		}
	}
}

/* m is no member of its group any more; the slaves of a group without members get its master. */
inline leave(m)
{
	g = grp[m];
	grp[m] = 0;
	y = 0;
	for (i : 0 .. N - 1) {
		if
		:: g != 0 && live[i] && grp[i] == g -> y = 1
		:: else
		fi
	}
	for (i : 0 .. N - 1) {
		if
		:: g != 0 && !y && mgrp[i] == g -> mgrp[i] = mgrp[m]
		:: else
		fi
	}
}

/* --- what the kernel does --- */

inline unmount(a)
{
	for (x : 0 .. N - 1) { gone[x] = 0 }
	gone[a] = 1;
	for (k : 1 .. N - 1) {
		for (x : 0 .. N - 1) {
			if
			:: live[x] && up[x] != NONE && gone[up[x]] -> gone[x] = 1
			:: else
			fi
		}
	}
	for (x : 0 .. N - 1) {
		if
		:: gone[x] == 1 && live[x] && up[x] != NONE ->
			reach(up[x]);
			for (y : 0 .. N - 1) {
				if
				:: live[y] && up[y] != NONE && d[up[y]] && at[y] == at[x] -> live[y] = 0
				:: else
				fi
			}
		:: else
		fi
	}
	for (x : 0 .. N - 1) {
		if
		:: gone[x] -> live[x] = 0
		:: else
		fi
	}
	/* what lay on what is gone */
	for (k : 1 .. N - 1) {
		for (x : 0 .. N - 1) {
			if
			:: live[x] && up[x] != NONE && !live[up[x]] -> live[x] = 0
			:: else
			fi
		}
	}
	for (x : 0 .. N - 1) {
		if
		:: !live[x] -> leave(x); mgrp[x] = 0; up[x] = NONE; at[x] = 0; fs[x] = 0
		:: else
		fi
	}
}

/* spare: a number for a mount, or NONE */
inline take_free()
{
	spare = NONE;
	for (i : 3 .. N - 1) {
		if
		:: spare == NONE && !live[i] -> spare = i
		:: else
		fi
	}
}

/* m is at (q, p), and copies of it come where q propagates to: as many as there are numbers for. */
inline attach(m, q, p)
{
	reach(q);
	up[m] = q;
	at[m] = p;
	for (x : 0 .. N - 1) {
		if
		:: d[x] && x != q && x != m ->
			take_free();
			if
			:: spare != NONE ->
				live[spare] = 1;
				up[spare] = x;
				at[spare] = p;
				fs[spare] = fs[m];
				grp[spare] = 0;
				mgrp[spare] = grp[m]
			:: else -> d[x] = 0
			fi
		:: else
		fi
	}
}

/* --- what the guard asks --- */

/* answer: whether unmounting a is denied */
inline ask_unmount(a)
{
	answer = 0;
	l = P;
	do
	:: l == a -> answer = 1; break
	:: else ->
		if
		:: up[l] == NONE -> break
		:: else
		fi;
		place = at[l];
		l = up[l];
		x = l;
		do
		:: x == NONE -> break
		:: else ->
			for (i : 0 .. N - 1) {
#ifdef NO_PEERS /* broken: the mount itself is asked about, not its peers */
				if
				:: i == x ->
#else
				if
				:: PEER(i, x) ->
#endif
					if
					:: up[a] == i && at[a] == place -> answer = 1
					:: else
					fi;
#ifndef NO_DEPTH /* broken: what lies further up is not looked at */
					y = i;
					do
					:: y == NONE -> break
					:: y == a -> answer = 1; break
					:: else -> y = up[y]
					od
#endif
				:: else
				fi
			}
#ifdef NO_MASTERS /* broken: groups that it receives from are not looked at */
			x = NONE
#else
			g = mgrp[x];
			x = NONE;
			for (i : 0 .. N - 1) {
				if
				:: g != 0 && live[i] && grp[i] == g -> x = i
				:: else
				fi
			}
#endif
		od
	od
}

/* answer: whether mounting at (q, p) is denied */
inline ask_mount(q, p)
{
	answer = 0;
	reach(q);
#ifdef NO_SENDERS /* broken: only what is mounted on the way itself is asked about */
	for (i : 0 .. N - 1) { d[i] = (i == q) }
#endif
#ifdef NO_NAMES /* broken: directories above a mount point are not asked about */
	answer = (d[R] && p == POINT) || (d[S] && p == POINT) || (d[P] && p != OTHER)
#else
	answer = (d[R] && p != OTHER) || (d[S] && p != OTHER) || (d[P] && p != OTHER)
#endif
}

inline ask_move(m)
{
#ifdef NO_MOVE /* broken: mounts of the way may be moved */
	answer = 0
#else
	answer = (m == P || m == S || m == R)
#endif
}

/* --- what root does --- */

inline any(v) { v = 0; do :: v < N - 1 -> v++ :: break od }

inline any_place(v) { v = 0; do :: v < OTHER -> v++ :: break od }

proctype root()
{
	byte a, q, p;
end:
	do
	:: ops == 0 -> break
	:: ops > 0 ->
		ops--;
		a = 0; q = 0; p = 0;
		any(a);
		(live[a]);
		if
		:: d_step { ask_unmount(a); if :: !answer -> unmount(a) :: else fi } /* umount -l */
		:: any(q); any_place(p); (live[q] && IN_FS(fs[q], p) && a == q); /* a new mount */
			d_step {
				take_free();
				copy = spare;
				ask_mount(q, p);
				if
				:: copy != NONE && !answer ->
					live[copy] = 1; grp[copy] = 0; mgrp[copy] = 0; fs[copy] = OTHER;
					attach(copy, q, p)
				:: else
				fi
			}
		:: any(q); any_place(p); (live[q] && IN_FS(fs[q], p)); /* mount --bind */
			d_step {
				take_free();
				copy = spare;
				ask_mount(q, p);
				if
				:: copy != NONE && !answer ->
					live[copy] = 1; grp[copy] = grp[a]; mgrp[copy] = mgrp[a]; fs[copy] = fs[a];
					attach(copy, q, p)
				:: else
				fi
			}
		:: any(q); any_place(p); (live[q] && IN_FS(fs[q], p) && up[a] != NONE && grp[up[a]] == 0);
			d_step { /* mount --move: not below itself */
				y = q;
				do
				:: y == NONE || y == a -> break
				:: else -> y = up[y]
				od;
				copy = y;
				ask_move(a);
				if
				:: !answer -> ask_mount(q, p)
				:: else
				fi;
				if
				:: copy == NONE && !answer -> attach(a, q, p)
				:: else
				fi
			}
		:: d_step { leave(a); mgrp[a] = 0 } /* --make-private */
		:: (grp[a] != 0);
			d_step { /* --make-slave, of those that stay */
				g = grp[a]; y = 0;
				for (i : 0 .. N - 1) {
					if
					:: i != a && live[i] && grp[i] == g -> y = 1
					:: else
					fi
				}
				copy = g;
				if
				:: y -> grp[a] = 0; mgrp[a] = copy
				:: else -> leave(a)
				fi
			}
		:: (grp[a] == 0); d_step { grp[a] = groups; groups++ } /* --make-shared */
		fi;
		assert(WAY)
	od
}

init
{
	d_step {
		for (i : 0 .. N - 1) { up[i] = NONE }
		live[R] = 1; live[S] = 1; live[P] = 1;
		fs[R] = R; fs[S] = S; fs[P] = P;
		up[S] = R; at[S] = POINT;
		up[P] = S; at[P] = POINT
	}
	if
	:: skip /* private, all of it */
	:: d_step { grp[R] = 1; grp[S] = 2; grp[P] = 3 } /* shared, as systemd leaves it */
	:: d_step { grp[R] = 1; grp[S] = 2; grp[P] = 3; /* and a namespace with peers of them */
		live[3] = 1; live[4] = 1; live[5] = 1;
		fs[3] = R; fs[4] = S; fs[5] = P;
		up[4] = 3; at[4] = POINT; up[5] = 4; at[5] = POINT;
		grp[3] = 1; grp[4] = 2; grp[5] = 3 }
	:: d_step { grp[R] = 1; grp[S] = 2; grp[P] = 3; /* or with slaves of them */
		live[3] = 1; live[4] = 1; live[5] = 1;
		fs[3] = R; fs[4] = S; fs[5] = P;
		up[4] = 3; at[4] = POINT; up[5] = 4; at[5] = POINT;
		mgrp[3] = 1; mgrp[4] = 2; mgrp[5] = 3 }
	fi;
	run root()
}
