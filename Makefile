# Short names for the long commands. Everything real is in meson.build and tools/.
BUILD ?= build
T     ?=
N     ?= 1000
SECONDS ?= 60

# meson takes ccache where it is installed; a user without a home to keep its cache in (a container's) compiles without it.
ifneq ($(shell command -v ccache),)
ifneq ($(shell d="$${CCACHE_DIR:-$${XDG_CACHE_HOME:-$$HOME/.cache}/ccache}"; mkdir -p "$$d" 2>/dev/null && test -w "$$d" || test -w "$$HOME/.ccache" || echo no),)
export CCACHE_DISABLE := 1
endif
endif

.PHONY: all setup check demo soak tidy rows bench fuzz clean install install-deps

# Test drivers are found by name (tests/guest/PART/OBJECT.c), folders by their meson.build: a new one makes meson look again.
all: $(BUILD)/build.ninja
	@ls tests/guest/*/*.c | cmp -s - $(BUILD)/guest.list || { ls tests/guest/*/*.c >$(BUILD)/guest.list; touch tests/guest/meson.build; }
	@find src tests -name meson.build | sort | cmp -s - $(BUILD)/folders.list || { find src tests -name meson.build | sort >$(BUILD)/folders.list; touch src/meson.build; }
	@ninja -C $(BUILD) --quiet

$(BUILD)/build.ninja:
	@tools/deps
	@meson setup $(BUILD) >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

# wskit and the driver kit: bin/wskit, share/wskit/kit. make install DESTDIR=/tmp/root; meson configure build --prefix=$$HOME/.local
install: all
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild --quiet

check: all
	@tools/check $(BUILD) $(T)

demo: all
	@tools/demo $(BUILD)

soak: all
	@BUILD=$(BUILD) tests/soak/soak.t $(or $(S),60)

tidy: all
	@tools/tidy $(BUILD)

rows:
	@tools/rows $(if $(JSON),--json)

bench: all
	@bench/run $(BUILD)

# Needs no build of wskit: the loader alone, with sanitizers.
fuzz:
	@fuzz/run $(BUILD) $(SECONDS)

clean:
	@rm -rf $(BUILD)
