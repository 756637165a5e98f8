# make run   build and start with the sample zones and the Route 53 API     make demo   watch failover happen
# make bench-health   what 10,000 health checks cost (BENCH="--minutes 10" for the long run)
# make bench   Waymark beside other servers, in one run (LOADS=plain,tcp ROUNDS=3 for less)
# make bench-instructions   instructions per query, held against what is recorded (RECORD=1 records anew)
# make test-clients   real Route 53 clients against a server, and dig (CLIENTS="boto3 certbot" for some)
# make bars  what the API costs, beside moto (BARS="--quick single" for less)
# make test  install what tests need, run them all      make check  everything CI checks

CARGO ?= cargo

.PHONY: run demo test test-clients check lint bench bench-health bench-instructions bars

run:
	$(CARGO) build --release
	./target/release/waymark serve --api 127.0.0.1:5381

demo:
	$(CARGO) build --release
	./target/release/waymark demo failover

test:
	tests/install-tools.sh
	$(CARGO) test --all

test-clients:
	tests/clients/install.sh $(CLIENTS)
	$(CARGO) build --bin waymark
	tests/clients/run.sh $(CLIENTS)

bars:
	tests/clients/install.sh bars
	$(CARGO) build --release --bin waymark
	target/clients/python/bin/python tests/clients/bars/bars.py $(BARS)

bench:
	benches/peers/bench.sh $(LOADS) $(ROUNDS)

bench-instructions:
	tests/install-tools.sh valgrind
	$(CARGO) bench --bench instructions -- $(if $(RECORD),--record)

bench-health:
	$(CARGO) bench --bench health -- $(BENCH)

check: test lint

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps
