# SPDX-License-Identifier: GPL-2.0-only
# kernels: all
# run-options: -t 400
# shares-boot: yes
#
# The ptrace module: who may trace whom, without it, in each scope, and after it is gone.
# shellcheck disable=SC1091,SC2015,SC2016,SC2086
. /test/lib.sh

user="probe as user"
mkdir -m 777 /tmp/p
cd /tmp/p || exit
mkfifo -m 666 go
echo 0 >/proc/sys/kernel/yama/ptrace_scope 2>/dev/null

# start COMMAND...: in the background until it has printed a line; its pid is in $started
start()
{
	: >ready
	"$@" >ready 2>&1 &
	started=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -s ready ] || return 0
		sleep 0.1
	done
	echo "# not started: $*"
}

end()
{
	for pid; do
		kill -9 "$pid" && wait "$pid"
	done 2>/dev/null
}

# tracee_of AS WORD... -- COMMAND...: a process that declares each WORD, and COMMAND with its pid
tracee_of()
{
	as=$1
	shift
	words=
	while [ "$1" != -- ]; do
		words="$words $1"
		shift
	done
	shift
	start probe as "$as" probe declare ${words:-none}
	"$@" "$started" && result=0 || result=$?
	end "$started"
	return $result
}

# declared SCRIPT: SCRIPT, which reads a pid into $p, is the declared tracer of that process
declared()
{
	$user sh -c "read p <go; $1" &
	tracer=$!
	start $user probe declare "$tracer"
	echo "$started" >go
	wait "$tracer" && result=0 || result=$?
	end "$started"
	return $result
}

# scope WHAT LETTERS: what happens to each case, in this order; a: allowed, d: denied
scope()
{
	what=$1 letters=$2
	each "a child" $user probe ptrace_child
	each "a grandchild" $user probe trace_grandchild
	each "a child of another thread" $user probe trace_child_of_thread
	each "a grandchild whose parent is gone" $user probe trace_orphan
	each "a parent, asked by its child" $user probe ptrace_traceme
	each "a stranger" tracee_of user -- $user probe ptrace_attach
	each "a stranger's memory" tracee_of user -- $user probe proc_mem
	each "who declared any" tracee_of user any -- $user probe ptrace_attach
	each "who cleared that" tracee_of user any none -- $user probe ptrace_attach
	each "who declared the tracer" declared 'exec probe ptrace_attach $p'
	each "who declared the tracer's parent" declared 'probe ptrace_attach $p; exit $?'
	each "who declared a number not in use" tracee_of user 99999 -- $user probe ptrace_attach
	each "a stranger, by a capable user" tracee_of user -- probe as capable probe ptrace_attach
	each "a stranger, by root" tracee_of user -- probe ptrace_attach
	each "a stranger, by root less the capability" \
		tracee_of incapable -- probe as incapable probe ptrace_attach
	each "a capable parent, asked by its child" probe as capable probe ptrace_traceme
	each "a parent, root less the capability" probe as incapable probe ptrace_traceme
}

each()
{
	description="$what: $1"
	shift
	case $letters in
	a*) allowed "$description" "$@" ;;
	*) denied "$description" "$@" ;;
	esac
	letters=${letters#?}
}

scope "without the module" aaaaaaaaaaaaaaaaa

ok "load with scope=0" latch load ptrace scope=0
scope "scope 0" aaaaaaaaaaaaaaaaa
ok "unload" latch unload ptrace

ok "load" latch load ptrace
like "its scope is 1 then" "$(latch info ptrace)" '^ *scope=1 '
scope "scope 1" aaadaddadaadaadaa

# ---- scope 1: declarations ----

last_declared()
{
	tracee_of user "$@" -- $user probe ptrace_attach
}
allowed "declared in a thread" last_declared thread:any
denied "cleared in a thread" last_declared any thread:none
denied "another tracer than before" last_declared any 2
allowed "a number below 0 changes nothing" last_declared any -5
allowed "-1 as an int is any" last_declared 4294967295

start $user probe declare any -- sh -c 'sleep 999 & echo $!; wait'
child=$(cat ready)
allowed "a declaration outlives exec" $user probe ptrace_attach "$started"
denied "a child does not inherit it" $user probe ptrace_attach "$child"
end "$started" "$child"

# ---- scope 1: a number that is in use again ----

# next_pid N: the next process gets that number, if it is free
next_pid()
{
	echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid
}

# The tracer's number was another process's, or nobody's, when it was declared.
reuse()
{
	for attempt in 1 2 3 4 5; do
		[ "$1" = nobody ] || { next_pid 5000 && start $user probe declare none; }
		other=$started
		[ "$1" != nobody ] || other=$((5000 + attempt))
		start $user probe declare "$other"
		[ "$1" = nobody ] || end "$other"
		next_pid "$other"
		$user probe ptrace_attach "$started" &
		got=$!
		wait $got && result=0 || result=$?
		end "$started"
		[ "$got" -ne "$other" ] || return $result
	done
	echo "number $other could not be had again"
	return 99
}
denied "a number that was another's when it was declared" reuse another
denied "a number that was nobody's when it was declared" reuse nobody

# ---- scope 1: threads of the tracer ----

# by_thread WHICH [main]: a thread, or the main one, attaches; declared is the process (p)
# or the thread (t)
by_thread()
{
	rm -f thread
	$user probe attach_in_thread ${2-} <go >thread 2>&1 &
	tracer=$!
	exec 4>go
	until [ -s thread ] 2>/dev/null; do sleep 0.1; done
	read -r thread <thread
	[ "$1" = t ] || thread=$tracer
	[ "$thread" != "$tracer" ] || [ "$1" = p ] || return 99
	start $user probe declare "$thread"
	echo "$started" >&4
	exec 4>&-
	wait "$tracer" && result=0 || result=$?
	end "$started"
	cat thread
	return $result
}
allowed "a thread of the declared process" by_thread p
allowed "a declared thread" by_thread t
denied "another thread of its process" by_thread t main

# ---- scope 1: pid namespaces ----

# child_of PID: its only child
child_of()
{
	tr -d ' ' <"/proc/$1/task/$1/children"
}

cat >inside.sh <<'END'
rm -f inside
probe as user sh -c "read p <go; $1" &
tracer=$!
probe as user probe declare "$tracer" >inside &
until [ -s inside ]; do sleep 0.1; done
cat inside >go
wait "$tracer"
END
in_namespace()
{
	unshare -p -f --mount-proc sh inside.sh "$1"
}
allowed "declared inside of a pid namespace" in_namespace 'exec probe ptrace_attach $p'
allowed "... the tracer's parent" in_namespace 'probe ptrace_attach $p; exit $?'
allowed "... two deep" unshare -p -f --mount-proc \
	unshare -p -f --mount-proc sh inside.sh 'exec probe ptrace_attach $p'

same_number()
{
	$user sh -c 'read p <go; exec probe ptrace_attach $p' &
	tracer=$!
	start unshare -p -f probe as user probe declare "$tracer"
	tracee=$(child_of "$started")
	echo "$tracee" >go
	wait "$tracer" && result=0 || result=$?
	end "$tracee" "$started"
	return $result
}
denied "... a process outside with the same number" same_number

# Its number in the outer namespace is what the tracee means; it sees the outer /proc.
from_inside()
{
	unshare -p -f probe as user sh -c 'read p <go; exec probe proc_mem $p' >answer 2>&1 &
	unshare=$!
	until tracer=$(child_of $unshare) && [ -n "$tracer" ]; do sleep 0.1; done
	start $user probe declare "$tracer"
	echo "$started" >go
	wait $unshare && result=0 || result=$?
	end "$started"
	cat answer
	return $result
}
allowed "a declared tracer inside of a pid namespace, the tracee outside" from_inside

# ---- a tracer in place, capabilities by ownership ----

ok "scope=0" latch set ptrace scope=0
start $user probe declare none
tracee=$started
$user probe attach_and_read "$tracee" <go >answer 2>&1 &
tracer=$!
exec 4>go
# memory: one more answer of the tracer that is attached
memory()
{
	lines=$(wc -l <answer)
	echo >&4
	until [ "$(wc -l <answer)" -gt "$lines" ]; do sleep 0.1; done
	tail -n 1 answer
}
is "who traces may read the memory in scope 0" "$(memory)" "memory: allowed"
ok "scope=1" latch set ptrace scope=1
is "... in scope 1" "$(memory)" "memory: allowed"
denied "... and no other may" $user probe proc_mem "$tracee"
ok "scope=2" latch set ptrace scope=2
is "... not in scope 2" "$(memory)" "memory: Permission denied"
exec 4>&-
end "$tracer" "$tracee"

start $user unshare -U probe declare none
allowed "scope 2: the owner of the process's user namespace" $user probe ptrace_attach "$started"
end "$started"
start $user unshare -U -r unshare -U probe declare none
allowed "scope 2: the owner of its parent" $user probe ptrace_attach "$started"
end "$started"
ok "scope=3" latch set ptrace scope=3
start $user unshare -U probe declare none
denied "scope 3: the owner" $user probe ptrace_attach "$started"
end "$started"

ok "scope=2" latch set ptrace scope=2
scope "scope 2" ddddddddddddaadad

ok "scope=3" latch set ptrace scope=3
scope "scope 3" ddddddddddddddddd
start $user probe declare none
ok "scope 3: what only reads about a process is not asked" $user cat "/proc/$started/maps"
end "$started"
allowed "scope 3: a process's own memory" $user sh -c 'exec probe proc_mem $$'

# ---- observe, log, values ----

ok "mode observe" latch mode ptrace observe
scope "scope 3, observed" aaaaaaaaaaaaaaaaa
log=$(latch log ptrace)
like "the log: denied attaching" "$log" '^ptrace +ptrace_access_check +denied .*/usr/bin/probe$'
like "the log: denied PTRACE_TRACEME" "$log" '^ptrace +ptrace_traceme +denied .*/usr/bin/probe$'
like "the log: observed" "$log" '^ptrace +ptrace_access_check +(observed|would) .*/usr/bin/probe$'
unlike "the log: nothing of prctl" "$log" task_prctl
ok "mode enforce" latch mode ptrace enforce
denied "scope 3 again" $user probe ptrace_child
for value in 4 -1 none; do
	not_ok "scope=$value is refused" latch set ptrace "scope=$value"
done
denied "... and 3 is kept" $user probe ptrace_child

ok "unload" latch unload ptrace
scope "after unload" aaaaaaaaaaaaaaaaa

done_testing
