//! Words of the model in files and JSON: written as they are displayed, read back or refused.

use std::fmt::Display;

use serde::{Deserialize, Deserializer, Serializer};

use crate::model::CheckId;
use crate::model::check::{Pattern, Status, Word};

/// What can be read back from what it is displayed as.
pub(super) trait Spoken: Display + Sized {
    /// What the text means, if anything.
    fn heard(text: &str) -> Option<Self>;
}

impl Spoken for Status {
    fn heard(text: &str) -> Option<Self> {
        [Self::Unhealthy, Self::Healthy].into_iter().find(|status| status.to_string() == text)
    }
}

impl Spoken for Word {
    fn heard(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Spoken for CheckId {
    fn heard(text: &str) -> Option<Self> {
        Some(Self(text.into()))
    }
}

impl Spoken for Pattern {
    fn heard(text: &str) -> Option<Self> {
        Some(Self(text.into()))
    }
}

pub(super) fn serialize<T: Spoken, S: Serializer>(spoken: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(spoken)
}

pub(super) fn deserialize<'de, T: Spoken, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    T::heard(&text).ok_or_else(|| serde::de::Error::custom(format_args!("{text:?} means nothing here")))
}
