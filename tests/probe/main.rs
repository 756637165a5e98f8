//! Every kind of probe against real sockets on loopback.
//! Worked cases of spec §10.14 here: T267, T268, T269, T271 to T279, T281 to T284; those of time on a paused clock are
//! beside the sources (T269, T270, T271).

mod dns;
mod grpc;
mod harness;
mod http;
mod icmp;
mod python;
mod targets;
mod tarpits;
mod tcp;
mod tls;
