//! Encrypted transports, asked by real clients and by hostile ones.

mod answers;
mod client;
mod hostile;
mod hostile_http;
mod life;
