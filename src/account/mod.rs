//! The account as the API's clients made it.

pub mod traffic;
