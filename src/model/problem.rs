//! What is wrong, where, and how to mend it: the one form in which bad input is reported.

use std::fmt;
use std::sync::Arc;

/// A place in a file; line 0 means the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file as the operator named it.
    pub file: Arc<str>,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
}

impl At {
    /// A place in `file` at `line`.
    pub fn new(file: impl Into<Arc<str>>, line: u32) -> Self {
        Self { file: file.into(), line }
    }

    /// The same file at another line.
    pub fn line(&self, line: u32) -> Self {
        Self { file: self.file.clone(), line }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// Whether a problem stops the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The load fails; what was served before stays.
    Error,
    /// Served all the same; the operator should know.
    Warning,
}

/// One thing wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the load.
    pub severity: Severity,
    /// Where it is.
    pub at: At,
    /// What is wrong, naming the record, check or key: a lower-case clause without full stop.
    pub what: String,
    /// How to mend it; empty where `what` says it.
    pub mend: String,
}

impl Problem {
    /// A problem that stops the load.
    pub fn error(at: &At, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Error, at: at.clone(), what: what.into(), mend: mend.into() }
    }

    /// A problem that does not.
    pub fn warning(at: &At, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, at: at.clone(), what: what.into(), mend: mend.into() }
    }

    /// Whether it stops the load.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at)?;
        if self.severity == Severity::Warning {
            write!(f, "warning: ")?;
        }
        write!(f, "{}", self.what)?;
        if !self.mend.is_empty() {
            write!(f, "; {}", self.mend)?;
        }
        Ok(())
    }
}
