# bash completion for latch(8)                             -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2207
#
# Commands and options are taken from `latch help --table`, parameters from `latch info`.

# Modules that can be loaded: the files in the module directory, which `make install` puts in here.
_latch_files()
{
	local f
	for f in /usr/local/lib/latch/modules/*.bpf.o; do
		[[ -e $f ]] && f=${f##*/} && echo "${f%.bpf.o}"
	done
}

# Modules that are loaded: their directories in bpffs, which only root can see.
_latch_loaded()
{
	local d
	for d in /sys/fs/bpf/latch/*/info; do
		d=${d%/info} d=${d##*/}
		[[ $d != *[*~]* ]] && echo "$d"
	done
}

# Prints the names of all commands: "load", "lockdown set".
_latch_commands()
{
	local kind name rest
	while IFS=$'\t' read -r kind name rest; do
		[[ $kind != command ]] || echo "$name"
	done < <(latch help --table 2>/dev/null)
}

# What stands behind command $1: its words, as help has them.
_latch_words()
{
	local kind name words rest
	while IFS=$'\t' read -r kind name words rest; do
		[[ $kind != command || $name != "$1" ]] || echo "$words"
	done < <(latch help --table 2>/dev/null)
}

# Prints the options of command $1: "--try - TIME -" (long, short, value, choices).
_latch_options()
{
	local kind name long short value choices rest
	while IFS=$'\t' read -r kind name long short value choices rest; do
		[[ $kind != option || $name != "$1" ]] || echo "$long $short $value $choices"
	done < <(latch help --table 2>/dev/null)
}

# Prints the parameters of module $1: "NAME TYPE REST", and "GROUP mode" for groups.
_latch_parameters()
{
	local name type rest
	timeout 2 latch info "$1" 2>/dev/null | sed -n 's/^  \([a-z0-9_-]*\)=[^ ]* (\(.*\))$/\1 \2/p' |
		while read -r name type rest; do
			case $type in
			flags) echo "$name flags ${rest#of }" ;;
			'mode;') echo "$name" "${rest//,/ }" all | tr ' ' '\n' | sed 's/$/ mode/' ;;
			mode) printf '%s mode\n' "$name" all ;;
			*) echo "$name $type $rest" ;;
			esac
		done | sort -u
}

# Prints the values that parameter $2 of module $1 can have, where they are few.
_latch_values()
{
	local name type rest
	while read -r name type rest; do
		[[ $name == "$2" ]] || continue
		case $type in
		mode) echo off observe enforce ;;
		bool) echo yes no ;;
		flags) echo none "${rest//,/ }" ;;
		int | uint) ((${rest#*..} - ${rest%..*} < 10)) && seq "${rest%..*}" "${rest#*..}" ;;
		esac
		return
	done < <(_latch_parameters "$1")
}

# Completes "name=value" for module $1. readline cuts a word at its =, if = is in
# COMP_WORDBREAKS; then name, = and value are three words.
_latch_assignment()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words
	if [[ $cur == = ]]; then
		words=$(_latch_values "$1" "$prev") cur=
	elif [[ $prev == = ]]; then
		words=$(_latch_values "$1" "${COMP_WORDS[COMP_CWORD - 2]}")
	elif [[ $cur == *=* ]]; then
		words=$(_latch_values "$1" "${cur%%=*}" | tr ' ' '\n' | sed "s/^/${cur%%=*}=/")
	else
		words=$(_latch_parameters "$1" | sed 's/ .*/=/')
		compopt -o nospace 2>/dev/null
	fi
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

# Completes the value of option $1 of command $2; prefix $3 stands before it in the same word.
_latch_option_value()
{
	local long short value choices cur=${COMP_WORDS[COMP_CWORD]} words=''
	cur=${cur#"$3"} cur=${cur#=}
	while read -r long short value choices; do
		[[ $1 == "$long" || $1 == "$short" ]] || continue
		case $value in
		-) return 1 ;;
		PATH) compopt -o default 2>/dev/null ;;
		TIME) words="1m 10m 1h" ;;
		NAME) words=$(systemctl list-units --all --plain --no-legend 2>/dev/null | awk '{ print $1 }') ;;
		*) [[ $choices == - ]] || words=${choices//,/ } ;;
		esac
		COMPREPLY=($(compgen -P "$3" -W "$words" -- "$cur"))
		return 0
	done < <(_latch_options "$2")
	return 1
}

# Completes what stands behind a command: $1 its name, $2 the words that there are already.
_latch_word()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words='' module=${2%% *}
	case $1/$2 in
	load/) words=$(_latch_files) && compopt -o default 2>/dev/null ;;
	info/) words="$(_latch_files) $(_latch_loaded)" && compopt -o default 2>/dev/null ;;
	mode/?*) [[ $2 == *\ * ]] || words="observe enforce" ;;
	load/* | set/?*) _latch_assignment "$module" && return ;;
	replace/?*)
		_latch_assignment "$module"
		[[ $2 == *\ * || $cur == *=* ]] || compopt -o default 2>/dev/null
		return
		;;
	'lockdown set'/*) _latch_assignment lockdown && return ;;
	*allow/) words=$(_latch_parameters lockdown | sed -n 's/ mode$//p') ;;
	'lockdown profile'/) words="integrity confidentiality all secure-boot none" ;;
	'lockdown check'/) words="integrity confidentiality" ;;
	'lockdown advise'/*) compopt -o default 2>/dev/null ;;
	help/) words=$(_latch_commands | sed 's/ .*//' | sort -u) ;;
	help/*\ *) ;;
	help/*) words=$(_latch_commands | sed -n "s/^$module //p") ;;
	*/) [[ $(_latch_words "$1") != *MODULE* ]] || words=$(_latch_loaded) ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

_latch()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands command='' words='' word long short value i

	COMPREPLY=()
	commands=$(_latch_commands)
	# The command is the first word or two; of the others, options and their values are no words.
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -* ]]; then
			# its value, as one word or, cut at the =, as two
			if [[ ${COMP_WORDS[i + 1]} == = ]]; then
				((i += 2))
			else
				while read -r long short value _; do
					[[ $word != "$long" && $word != "$short" ]] || [[ $value == - ]] || ((i++))
				done < <(_latch_options "${command:-list}")
			fi
		elif [[ -z $command ]]; then
			command=$word
		elif [[ -z $words && $'\n'$commands$'\n' == *$'\n'"$command $word"$'\n'* ]]; then
			command="$command $word"
		else
			words="$words${words:+ }$word"
		fi
	done
	# Before the command stands what each command has, list too.
	if [[ $prev == -* && $cur != = ]] && _latch_option_value "$prev" "${command:-list}" ''; then
		return
	elif [[ $prev == = || $cur == = ]]; then
		word=$prev
		[[ $prev != = ]] || word=${COMP_WORDS[COMP_CWORD - 2]}
		[[ $word == -* ]] && _latch_option_value "$word" "${command:-list}" '' && return
	elif [[ $cur == --*=* ]]; then
		_latch_option_value "${cur%%=*}" "${command:-list}" "${cur%%=*}="
		return
	fi
	if [[ -z $command ]]; then
		words=$(sed 's/ .*//' <<<"$commands" | sort -u)
		[[ $cur != -* ]] || words="--color --help --version"
		COMPREPLY=($(compgen -W "$words" -- "$cur"))
		return
	fi
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$(_latch_options "$command" | sed 's/^\([^ ]*\) \([^ ]*\) .*/\1 \2/; s/ --$//')" -- "$cur"))
		return
	fi
	_latch_word "$command" "$words"
	word=$(sed -n "s/^$command //p" <<<"$commands")
	[[ -n $words || -z $word ]] || COMPREPLY+=($(compgen -W "$word" -- "$cur"))
} &&
	complete -F _latch latch
