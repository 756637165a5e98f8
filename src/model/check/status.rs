//! Healthy or not, and the operator's word on it.

use std::fmt;

/// The share of a healthy check whose records have their whole weight.
pub const FULL_SHARE: u8 = 255;

/// Healthy or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Status {
    Unhealthy,
    Healthy,
}

impl Status {
    /// From a truth value: true is healthy.
    pub fn from_healthy(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Unhealthy }
    }

    /// Whether it is healthy.
    pub fn is_healthy(self) -> bool {
        self == Self::Healthy
    }

    /// The other one.
    pub fn inverse(self) -> Self {
        Self::from_healthy(!self.is_healthy())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unhealthy => "unhealthy",
            Self::Healthy => "healthy",
        })
    }
}

/// An operator's word on a check: a status whatever the probes say, or that the probes are to be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Word {
    Up,
    Down,
    Obey,
}

impl Word {
    /// The status it imposes; `None` to obey the probes.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::Up => Some(Status::Healthy),
            Self::Down => Some(Status::Unhealthy),
            Self::Obey => None,
        }
    }

    /// `up`, `down` or `obey`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Up, Self::Down, Self::Obey].into_iter().find(|word| word.to_string() == text)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Obey => "obey",
        })
    }
}
