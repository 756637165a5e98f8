//! The account with a store in memory and a world of its own, for the tests of every subject.

mod documents;
mod fallen;
pub(crate) mod lab;
mod past;
mod renewal;
pub(crate) mod rollover;
