//! Signatures of records: what is signed (RFC 4034 §6), signatures that are kept, and the proof that there is nothing.
//!
//! ```text
//!  Set (owner, type, TTL, records) ─► key of its content ─► Table: a signature that holds now ─► RRSIG
//!                                              └─► none: canonical form ─► ZoneKey::sign ─► Table
//! ```
//! A signature is found by what it covers, so what did not change is never signed again, whatever became of the zone
//! around it. Neither finding nor making one blocks or allocates.

mod canonical;
mod denial;
mod order;
mod signatures;
mod table;

pub use canonical::{Builder, Listed, Records, Set};
pub use denial::{NXNAME, nsec, nsec_to};
pub use order::in_order;
pub use signatures::{Origin, Place, Renewed, Signatures};
pub use table::Signature;
