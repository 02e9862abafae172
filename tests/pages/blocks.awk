# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v page=docs/x.md -v dir=OUT -f blocks.awk docs/x.md: cuts a page into steps. A step is a
# directory OUT/NNN with
#	at	page:line
#	what	type (a command), file (a listing), macro (a synopsis of the SDK), skip (with its
#		reason in `text`), unknown
#	who	of a command: root, user, host, before (root, unseen), host-before
#	text	the command, or what is in the file
#	name	of a file: where it goes
#	expect	of a command: what the page says it prints, in the lines of `range`, which are
#		written behind `prefix`; without it, its status has to be one of `status-allowed`
# tests/pages/README has the forms of a block, and the comments above one.

function put(name, text)
{
	printf "%s", text > (step "/" name)
	close(step "/" name)
}

function new_step(what, line)
{
	step = sprintf("%s/%03d", dir, ++steps)
	system("mkdir -p " step)
	put("at", page ":" line "\n")
	put("what", what "\n")
	ended = 0
}

function command(who, line, text)
{
	new_step("type", line)
	put("who", who "\n")
	put("text", text)
	gsub(/\\\n[ \t]*/, "", text)
	put("one-line", text)
	put("status-allowed", (("status" in mark) ? mark["status"] : 0) "\n")
}

# What is printed by the command of the last step: lines FROM to TO of the block.
function prints(from, to,    i, text)
{
	for (i = from; i <= to; i++)
		text = text body[i] "\n"
	put("expect", text)
	put("range", (first + from) " " (first + to) "\n")
	put("prefix", prefix)
}

# The last line of the command that begins at line I: behind a \, or a here-document.
function command_end(i,    word)
{
	if (match(body[i], /<<'?[A-Z]+'?/)) {
		word = substr(body[i], RSTART + 2, RLENGTH - 2)
		gsub(/'/, "", word)
		while (i < lines && body[i] != word)
			i++
		return i
	}
	while (i < lines && body[i] ~ /\\$/)
		i++
	return i
}

function joined(from, to, skip,    i, text)
{
	text = substr(body[from], skip + 1) "\n"
	for (i = from + 1; i <= to; i++)
		text = text body[i] "\n"
	return text
}

function listing(name, from, to,    i, text)
{
	new_step("file", first + from)
	for (i = from; i <= to; i++)
		text = text body[i] "\n"
	put("name", name "\n")
	put("text", text)
}

function session(    i, end, from, who, name)
{
	for (i = 1; i <= lines; i = from) {
		who = host ? "host" : body[i] ~ /^\$/ ? "user" : "root"
		end = command_end(i)
		from = end + 1
		while (from <= lines && body[from] !~ /^[#$] /)
			from++
		if (body[i] ~ /^# cat \/etc\/[^ ]*$/) {
			name = substr(body[i], 7)
			listing(name, end + 1, from - 1)
		}
		command(who, first + i, joined(i, end, 2))
		prints(end + 1, from - 1)
	}
}

# Commands without a prompt, perhaps each with a remark behind two spaces or more.
function list(    i, end, text)
{
	for (i = 1; i <= lines; i = end + 1) {
		end = command_end(i)
		if (body[i] ~ /^(#|$)/)
			continue
		text = joined(i, end, 0)
		if (end == i)
			sub(/   *[^ ].*\n$/, "\n", text)
		command(host ? "host" : "root", first + i, text)
	}
	ended = 1
}

function macros(    i)
{
	for (i = 1; i <= lines; i++) {
		new_step("macro", first + i)
		put("text", body[i] "\n")
	}
}

function all_lines(regex,    i)
{
	for (i = 1; i <= lines; i++)
		if (body[i] !~ regex)
			return 0
	return 1
}

function file_name()
{
	if (match(body[1], /^\/\* [^ ]*\.[a-z.]* \*\/$/))
		return substr(body[1], 4, RLENGTH - 6)
	if (match(body[1], /^# \/[^ ]*\.[a-z]*$/))
		return substr(body[1], 3)
	if (match(before_text, /^`[^ `]*\.[a-z.]*`:$/))
		return substr(before_text, 2, RLENGTH - 3)
	return ""
}

# The block body[1..lines], the first line of which is first + 1 of the page.
function block(    name, i, after)
{
	while (lines && body[lines] ~ /^[ \t]*$/)
		lines--
	if (!lines)
		return
	host = "host" in mark
	name = file_name()
	after = ended
	if ("not run" in mark) {
		new_step("skip", first + 1)
		put("text", mark["not run"] "\n")
	} else {
		if ("afresh" in mark)
			command("before", first, "afresh\n")
		for (i = 1; i <= befores; i++)
			command(host ? "host-before" : "before", first, before[i] "\n")
		if (unknown_mark != "") {
			new_step("unknown", first)
			put("text", "no such comment: " unknown_mark "\n")
		} else if (name != "")
			listing(name, 1, lines)
		else if (body[1] ~ /^[#$] /)
			session()
		else if (all_lines("^LATCH_[A-Z_]*[(].*[)]"))
			macros()
		else if (host || body[1] ~ /^latch( |$)/)
			list()
		else if (after)
			prints(1, lines)
		else {
			new_step("unknown", first + 1)
			put("text", "no session, listing, synopsis, list of commands or output: " \
				body[1] "\n")
		}
	}
	forget()
}

function forget()
{
	split("", mark)
	befores = lines = 0
	before_text = unknown_mark = ""
}

function remark(text,    word)
{
	if (match(text, /^(not run|before|status): /)) {
		word = substr(text, 1, RLENGTH - 2)
		text = substr(text, RLENGTH + 1)
		if (word == "before")
			before[++befores] = text
		else
			mark[word] = text
	} else if (text == "host" || text == "afresh")
		mark[text] = 1
	else
		unknown_mark = text
}

# Code in a form that would pass for text here must not go by unseen.
function unread(why)
{
	new_step("unknown", NR)
	put("text", why "\n")
}

function add(text)
{
	if (!lines)
		first = NR - 1
	body[++lines] = text
}

# Markdown
page ~ /\.md$/ {
	if (fenced) {
		if (/^```/) {
			fenced = 0
			block()
		} else
			add($0)
		next
	}
	if (/^(    |\t)/ && (indented || blank)) {
		indented = 1
		prefix = "    "
		add(substr($0, /^\t/ ? 2 : 5))
		next
	}
	if (indented) {
		if (/^$/) {
			add("")
			next
		}
		indented = 0
		block()
	}
	blank = /^$/
	if (/^[ \t]+(```|~~~)/ || /^~~~/)
		unread("a fence is ``` at the beginning of a line")
	if (/^```/) {
		fenced = 1
		prefix = ""
	} else if (/^<!-- .* -->$/) {
		remark(substr($0, 6, length($0) - 9))
		blank = 1
	} else if (!/^$/) {
		forget()
		ended = 0
		before_text = $0
	}
	next
}

# mdoc(7) and man(7)
function plain(text)
{
	sub(/^\\&/, "", text)
	gsub(/\\-/, "-", text)
	gsub(/\\e/, "\\", text)
	return text
}

/^\.Bd -literal/ || /^\.EX/ { literal = 1; prefix = ""; next }
/^\.(D1|nf|Bd -unfilled|Bd -offset)/ { unread("code is .Bd -literal, .EX or .Dl"); next }
/^\.Ed/ || /^\.EE/ { literal = 0; block(); next }
literal && /^\.\\"/ { next }
literal { add(plain($0)); next }
/^\.Dl / { prefix = ".Dl "; add(plain(substr($0, 5))); block(); next }
/^\.\\" (not run|before|status): / || /^\.\\" (host|afresh)$/ { remark(substr($0, 5)); next }
/^\.(Pp|PP|br)$/ { next }
{ forget(); ended = 0 }

END {
	if (indented)
		block()
	if (fenced || literal) {
		new_step("unknown", NR)
		put("text", "a block that does not end\n")
	}
}
