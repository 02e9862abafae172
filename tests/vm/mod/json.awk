# SPDX-License-Identifier: GPL-2.0-only
# Whether standard input is JSON texts, one or more (RFC 8259). Exits 1 and says where not.
function fail(what)
{
	printf "not JSON at character %d: %s: %s\n", at, what, substr(text, at, 40)
	failed = 1
	exit 1
}
function space() { while (substr(text, at, 1) ~ /[ \t\r\n]/ && at <= length(text)) at++ }
function take(c)
{
	space()
	if (substr(text, at, 1) != c) fail("no " c)
	at++
}
# Takes what the pattern matches here.
function match_here(pattern, what,   rest)
{
	rest = substr(text, at, 4096)
	if (!match(rest, "^(" pattern ")")) fail("no " what)
	at += RLENGTH
}
function string() { space(); match_here("\"([^\"\\\\\001-\037]|\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*\"", "string") }
function members(end, named)
{
	at++
	space()
	if (substr(text, at, 1) == end) { at++; return }
	for (;;) {
		if (named) { string(); take(":") }
		value()
		space()
		if (substr(text, at, 1) != ",") break
		at++
	}
	take(end)
}
function value(   c)
{
	space()
	c = substr(text, at, 1)
	if (c == "{") members("}", 1)
	else if (c == "[") members("]", 0)
	else if (c == "\"") string()
	else match_here("true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?", "value")
}
{ text = text $0 "\n" }
END {
	if (failed) exit 1
	at = 1
	do {
		value()
		space()
	} while (at <= length(text))
}
