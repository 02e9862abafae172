# SPDX-License-Identifier: GPL-2.0-only
# make install, make uninstall; both, and the `make` before them, with the same directories.
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/latch
UNITDIR ?= $(PREFIX)/lib/systemd/system
MODULEDIR ?= $(PREFIX)/lib/latch/modules
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
# Not below PREFIX: what is enforced on a machine is in one place, whoever built latch.
SYSCONFDIR ?= /etc

# Texts name the default places. First a mark for each: what is put in is not searched again.
PLACES := VERSION PREFIX SBINDIR LIBDIR INCLUDEDIR DOCDIR MODULEDIR SYSCONFDIR
SUBSTITUTE = sed -e 's|/usr/local/lib/latch/modules|@MODULEDIR@|g' -e 's|/usr/local/include|@INCLUDEDIR@|g' \
	-e 's|/usr/local/share/doc/latch|@DOCDIR@|g' -e 's|/usr/local/sbin/latch|@SBINDIR@/latch|g' \
	-e 's|/usr/sbin/latch|@SBINDIR@/latch|g' -e 's|/etc/latch|@SYSCONFDIR@/latch|g' \
	$(foreach v,$(PLACES),-e 's|@$v@|$($v)|g')
ALL_PLACES := $(foreach v,$(PLACES),$($v))

MAN := $(wildcard man/*.[578])
DOCS := README.md $(wildcard docs/*.md)
UNITS := systemd/latch.service
COMPLETION := completion/latch.bash completion/_latch completion/latch.fish
CONF := etc/latch.conf
INSTALLED_TEXTS := $(addprefix $B/text/,$(MAN) $(DOCS) $(UNITS) $(COMPLETION) $(CONF) lib/latch.pc.in)

$B/text/%: % $B/dir/ALL_PLACES scripts/install.mk
	@mkdir -p $(@D)
	@$(SUBSTITUTE) $< >$@.$$$$ && mv $@.$$$$ $@

# A start to copy, and nothing to load.
EXAMPLES := modules/template.bpf.c
LOADABLE = $(filter-out $(EXAMPLES:%.c=build/%.o),$(MODULES))

# Each MODE:FILE:PLACE, link:TARGET:PLACE, or conf:FILE:PLACE, which is the administrator's once it is there.
to = $(foreach f,$2,$1:$f:$3/$(notdir $f))
FILES = 755:$B/latch:$(SBINDIR)/latch \
	$(call to,644,$(LOADABLE),$(MODULEDIR)) \
	$(call to,644,$B/liblatch.a $B/$(SOFILE),$(LIBDIR)) \
	link:$(SOFILE):$(LIBDIR)/$(SONAME) link:$(SONAME):$(LIBDIR)/liblatch.so \
	644:$B/text/lib/latch.pc.in:$(LIBDIR)/pkgconfig/latch.pc \
	$(call to,644,$(wildcard include/latch/*.h),$(INCLUDEDIR)/latch) \
	$(foreach f,$(MAN),644:$B/text/$f:$(MANDIR)/man$(subst .,,$(suffix $f))/$(notdir $f)) \
	$(foreach f,$(DOCS),644:$B/text/$f:$(DOCDIR)/$f) \
	$(call to,644,$(EXAMPLES),$(DOCDIR)/examples) \
	$(call to,644,$(UNITS:%=$B/text/%),$(UNITDIR)) \
	644:$B/text/completion/latch.bash:$(COMPLETIONDIR)/latch \
	$(call to,644,$B/text/completion/_latch,$(ZSHDIR)) \
	$(call to,644,$B/text/completion/latch.fish,$(FISHDIR)) \
	conf:$B/text/$(CONF):$(SYSCONFDIR)/latch/latch.conf
# The directories that are latch's own, what is in one before it.
DIRECTORIES = $(MODULEDIR) $(patsubst %/,%,$(dir $(MODULEDIR))) $(INCLUDEDIR)/latch \
	$(DOCDIR)/examples $(DOCDIR)/docs $(DOCDIR) $(SYSCONFDIR)/latch/conf.d $(SYSCONFDIR)/latch

define newline


endef
part = $(word $1,$(subst :, ,$2))
kind = $(filter link conf,$(call part,1,$1))
place = "$(DESTDIR)$(call part,3,$1)"
put = $(if $(filter conf,$(kind)),[ -e $(place) ] || )$(if $(filter link,$(kind)),ln -sf,install -D -m \
	$(if $(kind),644,$(call part,1,$1))) $(call part,2,$1) $(place)$(newline)
remove = $(if $(filter conf,$(kind)),! cmp -s $(call part,2,$1) $(place) || )rm -f $(place)$(newline)

install: all install-dkms
	$(foreach f,$(FILES),$(call put,$f))
	install -d "$(DESTDIR)$(SYSCONFDIR)/latch/conf.d"

# What is not of this version, and a directory with that in it, stays.
uninstall:
	$(foreach f,$(FILES) $(DKMS_FILES),$(call remove,$f))
	$(foreach d,$(DIRECTORIES) $(DKMS_DIRECTORIES),@rmdir "$(DESTDIR)$d" 2>/dev/null || :$(newline))

.PHONY: install uninstall
