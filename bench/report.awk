# SPDX-License-Identifier: GPL-2.0-only
#
# The figures of one kernel, as bench/guest.sh prints them, to tables; -v kernel= -v release=
# `process` lines are of the guest that counts instructions, `wall` lines of one that does not.

$1 == "taken" { taken[$2, $3] = $4; error[$2, $3] = $5 }
$1 == "called" { called[$2, $3] = $4 }
$1 == "held" { modules[++nmodules] = $2; held[$2] = $3 " | " $4; bytes[$2] = $5; code[$2] = $6 }
$1 == "process" { clock[$2, ++n[$2]] = $4; cpu[$2, n[$2]] = $5; peak[$2] = $6 }
$1 == "wall" { wall[$2, ++m[$2]] = $4 }

function need(setup, call)
{
	if (!((setup, call) in taken))
		fail = fail " " setup "/" call
	return taken[setup, call]
}

function median(values, name, count,    i, j, v, t)
{
	for (i = 1; i <= count; i++)
		v[i] = values[name, i] + 0
	for (i = 1; i <= count; i++)
		for (j = i + 1; j <= count; j++)
			if (v[j] < v[i]) {
				t = v[i]
				v[i] = v[j]
				v[j] = t
			}
	return v[int((count + 1) / 2)]
}

# The median over the rounds of (load + unload) / other
function ratio(values, other, count,    i, r)
{
	for (i = 1; i <= count; i++)
		r["r", i] = (values["load", i] + values["unload", i]) / values[other, i]
	return median(r, "r", count)
}

function verdict(met)
{
	if (!met)
		missed++
	return met ? "met" : "**missed**"
}

# What a program on a call's hook adds, beside the same program on a hook that is not the call's.
function added(kind, call,    with, without)
{
	with = kind "-" hook_of[call]
	without = kind "-" (hook_of[call] == "inode_unlink" ? "task_alloc" : "inode_unlink")
	if (call == "exec1")
		return (need(with, "exec5") - need(with, "exec1") - need(without, "exec5") + need(without, "exec1")) / 4
	return need(with, call) - need(without, call)
}

function hooks(    i, call, e, o, f, worst)
{
	print "\nInstructions that one program adds which allows:\n"
	print "| call | hook | alone | empty BPF LSM program | SDK module, observe | SDK module, enforce | to the empty program |"
	print "|---|---|---:|---:|---:|---:|---:|"
	for (i = 1; i <= 6; i++) {
		call = halves[i]
		e = added("empty", call)
		o = added("observe", call)
		f = added("enforce", call)
		if (e > 0 && (o > f ? o : f) / e > worst)
			worst = (o > f ? o : f) / e
		if (e <= 0)
			fail = fail " empty/" call
		printf "| %s | %s | %d | +%d | +%d | +%d | %.2f, %.2f |\n", title[call], hook_of[call],
			need("half", call), e, o, f, o / (e ? e : 1), f / (e ? e : 1)
	}
	printf "\nGoal: an SDK module adds at most 1.10 of what the empty program does. It adds up to %.2f: %s.\n", worst,
		verdict(worst <= 1.10)
}

function lockdown_cell(setup, call)
{
	return sprintf(" %+d (%s) |", need(setup, call) - need("before", call), called[setup, call])
}

# The verdict on whether no program runs for any call, and where one does
function idle(setup,    i, where)
{
	for (i = 1; i <= ncalls; i++)
		if (called[setup, calls[i]] != "0")
			where = where (where ? ", " : " (") title[calls[i]]
	return verdict(!where) where (where ? ")" : "")
}

function abs(x)
{
	return x < 0 ? -x : x
}

function lockdown(    i, j, call, spread, line)
{
	print "\nInstructions that lockdown adds, and in brackets how many of its programs run for one call:\n"
	line = "| call | alone |"
	for (j = 1; j <= 5; j++)
		line = line " " title[setups[j]] " |"
	print line "\n|---|---:|---:|---:|---:|---:|---:|"
	for (i = 1; i <= ncalls; i++) {
		call = calls[i]
		line = sprintf("| %s | %d |", title[call], need("before", call))
		for (j = 1; j <= 5; j++)
			line = line lockdown_cell(setups[j], call)
		print line
		if (call ~ /fork|execve/ && abs(need("alone", call) - need("before", call)) > spread)
			spread = abs(need("alone", call) - need("before", call))
	}
	printf "\nWith nothing loaded, fork+exit and vfork+execve+exit differ by up to %d between two measurements " \
		"in this boot.\n", spread
	printf "Goal, no program runs: with every reason of the kernel enforced: %s; with every feature but dma and " \
		"module_unload: %s; with every feature: %s; after unload: %s.\n",
		idle("reasons"), idle("free"), idle("all"), idle("unloaded")
}

function dev_mem_row(setup, what)
{
	printf "| %s | %s | %d | %+d |\n", what, error[setup, "dev_mem"] == "0" ? "opens" : error[setup, "dev_mem"],
		need(setup, "dev_mem"), need(setup, "dev_mem") - need("nothing", "dev_mem")
}

function dev_mem()
{
	print "\nOpening /dev/mem:\n\n| | result | instructions | added |\n|---|---|---:|---:|"
	dev_mem_row("nothing", "nothing loaded")
	dev_mem_row("plain", "denied by a BPF LSM program that does nothing else")
	dev_mem_row("dev_mem=observe", "dev_mem=observe: in tally and event ring")
	dev_mem_row("dev_mem=enforce", "dev_mem=enforce: denied, in tally and event ring")
	if (error["nothing", "dev_mem"] != "0" || error["plain", "dev_mem"] != "EPERM" ||
	    error["dev_mem=observe", "dev_mem"] != "0" || error["dev_mem=enforce", "dev_mem"] != "EPERM")
		fail = fail " /dev/mem"
}

function memory(    i, name, most, high)
{
	print "\nMemory, all hooks loaded, default tally:\n"
	print "| module | programs | maps | held by the kernel | of machine code, besides | peak of `latch load` | its time |"
	print "|---|---:|---:|---:|---:|---:|---:|"
	for (i = 1; i <= nmodules; i++) {
		name = modules[i]
		printf "| %s | %s | %.1f KiB | %.1f KiB | %.1f MiB | %.1f s |\n", name, held[name],
			bytes[name] / 1024, code[name] / 1024, peak["load-" name] / 1024, clock["load-" name, 1] / 1e9
		if (bytes[name] > most)
			most = bytes[name]
		if (peak["load-" name] > high)
			high = peak["load-" name]
	}
	if (!nmodules || !high)
		fail = fail " memory"
	printf "\nGoal: below 300 KiB held: %s. Below 24 MiB at the peak: %s.\n", verdict(most < 300 * 1024),
		verdict(high < 24 * 1024)
}

function load_row(name, what)
{
	printf "| %s | %.0f | %.0f | %.0f |\n", what, median(clock, name, n[name]) / 1e6,
		median(cpu, name, n[name]) / 1e3, median(wall, name, m[name]) / 1e6
}

function load_unload(    r)
{
	if (!n["load"] || n["load"] != n["gone"] || !m["load"] || m["load"] != m["gone"])
		fail = fail " load/unload"
	printf "\nA module of five hooks, loaded and unloaded, medians of %d rounds, in ms:\n\n", n["load"]
	print "| | by the guest's clock, waits included | on the CPU | in a guest at the machine's speed |"
	print "|---|---:|---:|---:|"
	load_row("load", "`latch load`")
	load_row("unload", "`latch unload`")
	load_row("plain", "libbpf's skeleton: open, load, attach, destroy")
	load_row("gone", "the same, and waiting until its programs are gone, as `latch unload` does")
	r = ratio(clock, "plain", n["load"])
	printf "| load + unload to the skeleton | %.2f | %.2f | %.2f |\n", r, ratio(cpu, "plain", n["load"]),
		ratio(wall, "plain", m["load"])
	printf "| load + unload to the skeleton that waits | %.2f | %.2f | %.2f |\n", ratio(clock, "gone", n["load"]),
		ratio(cpu, "gone", n["load"]), ratio(wall, "gone", m["load"])
	printf "\nGoal: at most 1.1 of the skeleton's time: %.2f: %s.\n", r, verdict(r <= 1.1)
}

# The verdict on whether a seal adds no more to these calls than a measurement may be off
function free_of_charge(before, after, which,    i, where, list)
{
	for (i = split(which, list); i > 0; i--)
		if (need(after, list[i]) - need(before, list[i]) > 10)
			where = title[list[i]] (where ? ", " : "") where
	return verdict(!where) (where ? " (" where ")" : "")
}

function seal_time(name)
{
	if (clock[name, 1] <= 0)
		fail = fail " " name
	return sprintf("%.1f s on the clock of the guest, %.1f s of it on the CPU", clock[name, 1] / 1e9, cpu[name, 1] / 1e6)
}

function seal(    i, call)
{
	print "\nA sealed module, whose own hook none of these calls passes: what its guard adds; and, in another boot, what " \
		"it adds when latch.ko holds the links.\n"
	print "| call | unsealed | an empty program there | sealed | unsealed, with latch.ko | sealed and held |"
	print "|---|---:|---:|---:|---:|---:|"
	for (i = 1; i <= nsealed; i++) {
		call = sealed[i]
		printf "| %s | %d | %s | %+d | %d | %+d |\n", title[call], need("unsealed", call),
			(("beside", call) in taken) ? sprintf("%+d", need("beside", call) - need("bare", call)) : "-",
			need("sealed", call) - need("unsealed", call), need("unheld", call),
			need("held", call) - need("unheld", call)
	}
	printf "\nGoal, 0 for openat, read and write: %s; with latch.ko for unlink as well: %s. fork and execve repeat no " \
		"better than above. `latch seal` takes %s; with latch.ko %s.\n",
		free_of_charge("unsealed", "sealed", "openat read write"),
		free_of_charge("unheld", "held", "openat read write unlink"), seal_time("seal-sealed"), seal_time("seal-held")
}

END {
	split("openat read write unlink clone3 exec1", halves)
	ncalls = split("openat read write ioctl mmap fork execve", calls)
	nsealed = split("openat read write ioctl mmap fork execve unlink mkdir rename umount bpf", sealed)
	split("reasons free all dma unloaded", setups)
	hook_of["openat"] = "file_open"
	hook_of["read"] = hook_of["write"] = "file_permission"
	hook_of["unlink"] = "inode_unlink"
	hook_of["clone3"] = "task_alloc"
	hook_of["exec1"] = "bprm_check_security"
	for (i in halves)
		title[halves[i]] = halves[i]
	for (i in sealed)
		title[sealed[i]] = sealed[i]
	title["clone3"] = "fork, up to its pidfd"
	title["exec1"] = "execve, up to the format"
	title["umount"] = "umount, up to whether it is in use"
	title["bpf"] = "bpf (BPF_MAP_GET_NEXT_ID)"
	title["fork"] = "fork+exit"
	title["execve"] = "vfork+execve+exit"
	title["reasons"] = "every reason of the kernel"
	title["free"] = "every feature but dma and module_unload"
	title["all"] = "every feature"
	title["dma"] = "dma alone"
	title["unloaded"] = "after unload"

	printf "\n## %s: Linux %s\n", kernel, release
	hooks()
	lockdown()
	dev_mem()
	memory()
	load_unload()
	seal()
	if (fail) {
		print "report: " kernel ": no figure, or none that makes sense:" fail >"/dev/stderr"
		exit 1
	}
}
