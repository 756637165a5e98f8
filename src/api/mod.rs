//! The Route 53 API over HTTP: one file for the operations of each subject.

pub mod answer;
pub mod records;
pub mod zones;
