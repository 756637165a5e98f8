//! Waymark: authoritative DNS whose answers are picked by Route 53's routing policies from live health.
//!
//! The map of rooms, lowest first. A room may name only rooms below it; `tests/house_rules.rs` holds the table.
//!
//! ```text
//!  L5  app · cli                          may see all
//!  L4  explain                            answer with a witness, wire
//!  L4  export                             store, route53, snapshot, model
//!  L3  control                            model, snapshot, store
//!  L3  edge · announce · probe · geo · store · database · metrics · web · route53   L0–L2, never each other
//!  ── nothing below does I/O, async, clocks, chance or serde ──
//!  L2  transfer                           answer, dnssec, snapshot, policy, tsig, model
//!  L2  wire                               answer, snapshot, policy, tsig, model
//!  L2  answer                             snapshot, policy, model
//!  L1  snapshot                           policy, model
//!  L1  policy · tsig                      model
//!  L0  model                              std
//! ```

pub mod account;
pub mod alarm;
pub mod announce;
pub mod answer;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod control;
pub mod database;
pub mod dnssec;
pub mod edge;
pub mod explain;
pub mod export;
pub mod geo;
pub mod health;
pub mod keys;
pub mod log;
pub mod metrics;
pub mod model;
pub mod notify;
pub mod policy;
pub mod probe;
pub mod route53;
pub mod snapshot;
pub mod store;
pub mod transfer;
pub mod tsig;
pub mod web;
pub mod wire;
