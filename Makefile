# make run   build and start with the sample zones     make demo   watch failover happen
# make bench-health   what 10,000 health checks cost (BENCH="--minutes 10" for the long run)
# make test  install what tests need, run them all      make check  everything CI checks

CARGO ?= cargo

.PHONY: run demo test check lint bench-health

run:
	$(CARGO) build --release
	./target/release/waymark serve

demo:
	$(CARGO) build --release
	./target/release/waymark demo failover

test:
	tests/install-tools.sh
	$(CARGO) test --all

bench-health:
	$(CARGO) bench --bench health -- $(BENCH)

check: test lint

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps
