# The short way to everything; meson and ninja do the work. Each target installs what it needs (tools/install-deps).

BUILD ?= build
FUZZ_SECONDS ?= 60
FUZZERS = $(patsubst test/fuzz/fuzz_%.c,%,$(wildcard test/fuzz/fuzz_*.c))

.PHONY: all demo check check-asan check-valgrind check-matrix fuzz bench lint install clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(BUILD)/build.ninja:
	@tools/install-deps build
	@meson setup $(BUILD) --wipe >/dev/null 2>&1 || meson setup $(BUILD) >/dev/null

demo: all
	@tools/demo $(BUILD)/pgwright

check:
	@tools/install-deps build test
	@test -d $(BUILD)/test/unit || rm -f $(BUILD)/build.ninja # made before the test libraries were there
	@$(MAKE) --no-print-directory all
	@test/run $(BUILD)

check-asan:
	@tools/install-deps build test
	@test -f build-asan/build.ninja || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build-asan --quiet
	@ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 test/run build-asan

check-valgrind:
	@tools/install-deps build test
	@$(MAKE) --no-print-directory all
	@TEST_UNDER='valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect --error-exitcode=99' test/run $(BUILD) unit

check-matrix:
	@tools/install-deps build test
	@$(MAKE) --no-print-directory all
	@for major in 14 15 16 17 18; do \
	    bin=$$(tools/fetch-postgres $$major) && echo "PostgreSQL $$major" && PGWRIGHT_PG_BIN=$$bin test/run $(BUILD) live fault || exit 1; \
	done

fuzz:
	@tools/install-deps build fuzz
	@test -f build-fuzz/build.ninja || CC=clang meson setup build-fuzz -Dfuzz=true -Db_lundef=false >/dev/null
	@ninja -C build-fuzz --quiet
	@for name in $(FUZZERS); do \
	    mkdir -p build-fuzz/corpus-$$name; \
	    build-fuzz/test/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=2048 -artifact_prefix=build-fuzz/ \
	        build-fuzz/corpus-$$name test/fuzz/corpus/$$name || exit 1; \
	done

bench: all
	@tools/install-deps bench
	@bench/deploy $(BUILD)/pgwright
	@bench/cycle $(BUILD)/pgwright
	@bench/session $(BUILD)/pgwright
	@bench/schema $(BUILD)/pgwright

lint:
	@tools/install-deps build lint
	@$(MAKE) --no-print-directory all
	@cppcheck --quiet --enable=warning,portability --inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
	    '-Djson_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i))!=NULL;i++)' \
	    '-Djson_object_foreach(o,k,v)=for(k="";(v=json_object_get(o,k))!=NULL;)' -Isrc src
	@git ls-files 'src/*.c' | xargs -P 2 -n 8 clang-tidy --quiet -p $(BUILD) --extra-arg=-ftrivial-auto-var-init=pattern

install: all
	@meson install -C $(BUILD)

clean:
	@rm -rf build build-asan build-fuzz
