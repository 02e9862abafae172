# SPDX-License-Identifier: GPL-2.0-only
#
# fish completion for latch(8). Commands and options are taken from `latch help --table`,
# parameters from `latch info`.

# Lines "NAME TYPE REST" of the parameters of a module.
function __latch_parameters --argument-names module
	timeout 2 latch info $module 2>/dev/null | sed -n 's/^  \([a-z0-9_-]*\)=[^ ]* (\(.*\))$/\1 \2/p'
end

function __latch_assignments --argument-names module
	for line in (__latch_parameters $module)
		set -l f (string split ' ' -- $line)
		switch $f[2]
			case mode 'mode;'
				printf '%s\n' $f[1]=off $f[1]=observe $f[1]=enforce
			case bool
				printf '%s\n' $f[1]=yes $f[1]=no
			case flags
				printf "$f[1]=%s\n" none (string split , -- $f[4])
			case '*'
				echo $f[1]=
		end
	end
	if string match -q -- '* mode*' (__latch_parameters $module)
		printf '%s\n' {all,integrity,confidentiality}={off,observe,enforce}
	end
end

function __latch_loaded
	for d in /sys/fs/bpf/latch/*/info
		string match -v -- '*~*' (basename (dirname $d))
	end
end

function __latch_available
	latch list --available 2>/dev/null | sed '1d; /^ /d; s/ .*//'
end

# The value of an option of a command: what stands before it in the word, and what it may be.
function __latch_value --argument-names option command before
	for line in $__latch_table
		set -l f (string split \t -- $line)
		test $f[1] = option -a $f[2] = $command; or continue
		contains -- $option $f[3] $f[4]; or continue
		switch $f[5]
			case -
				return 1
			case PATH
				__fish_complete_path (commandline -ct | string replace -- "$before" '')
			case TIME
				printf "$before%s\n" 1m 10m 1h
			case NAME
				systemctl list-units --all --plain --no-legend 2>/dev/null | string replace -r '^(\S+).*' "$before\$1"
			case '*'
				printf "$before%s\n" (string split , -- $f[6])
		end
		return 0
	end
	return 1
end

function __latch_complete
	set -l words (commandline -opc)
	set -l cur (commandline -ct)
	set -l prev $words[-1]
	set -l command ''
	set -l plain
	set -l skip 0
	set -l commands
	set -g __latch_table (latch help --table 2>/dev/null)
	for line in $__latch_table
		set -l f (string split \t -- $line)
		test $f[1] = command; and set -a commands $f[2]
	end
	for word in $words[2..-1]
		if test $skip = 1
			set skip 0
		else if string match -q -- '-*' $word
			# Before the command stands what each command has, list too.
			set -l of list
			test -n "$command"; and set of $command
			for line in $__latch_table
				set -l f (string split \t -- $line)
				test $f[1] = option -a "$f[2]" = "$of" -a "$f[5]" != -; or continue
				contains -- $word $f[3] $f[4]; and set skip 1
			end
		else if test -z "$command"
			set command $word
		else if test -z "$plain"; and contains -- "$command $word" $commands
			set command "$command $word"
		else
			set -a plain $word
		end
	end
	set -l of list
	test -n "$command"; and set of $command
	string match -q -- '-*' $prev; and __latch_value $prev $of ''; and return
	if string match -q -- '--*=*' $cur
		set -l option (string split -m 1 = -- $cur)[1]
		__latch_value $option $of $option=
		return
	end
	if test -z "$command"
		printf '%s\n' --color --help --version
		printf '%s\n' $commands | string match -v -- '* *'
		return
	end
	for line in $__latch_table
		set -l f (string split \t -- $line)
		test $f[1] = option -a "$f[2]" = "$command"; or continue
		printf '%s\t%s\n' $f[3] $f[7]
		test $f[4] = --; or printf '%s\t%s\n' $f[4] $f[7]
	end
	test -z "$plain"; and string replace -f -- "$command " '' $commands
	switch $command/(count $plain)
		case load/0
			__latch_available
			__fish_complete_path $cur
		case info/0
			__latch_available
			__latch_loaded
			__fish_complete_path $cur
		case replace/1
			__latch_assignments $plain[1]
			__fish_complete_path $cur
		case 'load/*' 'set/?*' 'replace/*'
			test -n "$plain"; and __latch_assignments $plain[1]; or __latch_loaded
		case mode/1
			printf '%s\n' observe enforce
		case 'lockdown set/*'
			__latch_assignments lockdown
		case '*allow/0'
			__latch_parameters lockdown | string replace -r ' .*' ''
		case 'lockdown profile/0'
			printf '%s\n' integrity confidentiality all secure-boot none
		case 'lockdown check/0'
			printf '%s\n' integrity confidentiality
		case 'lockdown advise/*'
			__fish_complete_path $cur
		case help/0
			printf '%s\n' $commands | string match -v -- '* *'
		case help/1
			string replace -f -- "$plain[1] " '' $commands
		case unload/0 mode/0 seal/0 confirm/0 log/0 watch/0
			__latch_loaded
	end
end

complete -c latch -f -a '(__latch_complete)'
