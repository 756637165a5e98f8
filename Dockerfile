# docker build -t waymark .
# docker run -p 53:53/udp -p 53:53/tcp -p 5380:5380 -v "$PWD/zones:/zones:ro" waymark
FROM rust:1-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY geoip ./geoip
RUN cargo build --release --locked

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/waymark /waymark
COPY zones /zones
ENTRYPOINT ["/waymark"]
CMD ["serve", "--zones", "/zones", "--state", "/tmp/waymark", "--listen", "0.0.0.0:53", "--http", "0.0.0.0:5380"]
EXPOSE 53/udp 53/tcp 443/tcp 443/udp 853/tcp 853/udp 5380/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/waymark", "health", "--state", "/tmp/waymark"]
