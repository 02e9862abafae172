# bash completion for latch(8)                             -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2207
#
# Commands and options are taken from `latch help`, parameters from `latch info`.

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

_latch_commands()
{
	latch help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p'
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
		compopt -o nospace
	fi
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

_latch_lockdown()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words=''
	if [[ ${COMP_WORDS[2]} == set ]] && ((COMP_CWORD > 2)); then
		_latch_assignment lockdown
		return
	fi
	case $COMP_CWORD/${COMP_WORDS[2]} in
	2/*) words="status set profile check advise allow disallow" ;;
	3/*allow) words=$(_latch_parameters lockdown | sed -n 's/ mode$//p') ;;
	3/profile) words="integrity confidentiality all secure-boot none" ;;
	3/check) words="integrity confidentiality" ;;
	*/advise) compopt -o default ;; # --merge FILE ...
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

_latch()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} module='' synopsis words='' i at=2

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "$(_latch_commands)" -- "$cur"))
		return
	fi
	synopsis=$(latch help "$command" 2>/dev/null | head -n 1)
	if [[ $prev == --try ]]; then
		COMPREPLY=($(compgen -W "1m 10m 1h" -- "$cur"))
		return
	fi
	# readline cuts a word at its =, if = is in COMP_WORDBREAKS
	words=${COMP_WORDS[*]:COMP_CWORD-2:3}
	if [[ $cur == --on-tamper=* || $words == *" --on-tamper =" || $words == "--on-tamper = "* ]]; then
		words="deny warn panic"
		[[ $cur != --on-tamper=* ]] || words="--on-tamper=deny --on-tamper=warn --on-tamper=panic"
		COMPREPLY=($(compgen -W "$words" -- "${cur#=}"))
		return
	fi
	words=''
	if [[ $command == lockdown && ${COMP_WORDS[2]} == *allow ]]; then
		case $prev in
		--exe | --module)
			compopt -o default
			return
			;;
		--unit)
			words=$(systemctl list-units --all --plain --no-legend 2>/dev/null | awk '{ print $1 }')
			COMPREPLY=($(compgen -W "$words" -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$(grep -o -e '--[a-z-]*' <<<"$synopsis")" -- "$cur"))
		return
	fi
	if [[ $command == lockdown ]]; then
		_latch_lockdown
		return
	fi
	# The module is the first word behind the command that is no option.
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--try) ((i++)) && at=$((i + 1)) ;;
		--on-tamper) [[ ${COMP_WORDS[i + 1]} != = ]] || { ((i += 2)) && at=$((i + 1)); } ;;
		-*) at=$((i + 1)) ;;
		*) module=${COMP_WORDS[i]} && break ;;
		esac
	done
	if [[ -n $module ]]; then
		case $command in
		load | set) _latch_assignment "$module" ;;
		replace)
			_latch_assignment "$module"
			((COMP_CWORD == at + 1)) && [[ $cur != *=* ]] && compopt -o default
			;;
		mode) ((COMP_CWORD == at + 1)) && COMPREPLY=($(compgen -W "observe enforce" -- "$cur")) ;;
		esac
		return
	fi
	case $command in
	load)
		words=$(_latch_files)
		compopt -o default
		;;
	info)
		words="$(_latch_files) $(_latch_loaded)"
		compopt -o default
		;;
	help) words=$(_latch_commands) ;;
	*) [[ $synopsis != *MODULE* ]] || words=$(_latch_loaded) ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
} &&
	complete -F _latch latch
