//! `STATE/credentials`: the key pair of whoever runs the server, as the AWS CLI and SDKs read it.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::access::Key;
use crate::keys::write_whole;
use crate::model::fleet::Secret;
use crate::model::{At, Problem};
use crate::route53::Rights;

/// The file's name in the state directory.
const FILE: &str = "credentials";
/// What the holder of the pair is called in logs and in the audit trail.
const HOLDER: &str = "operator";
/// The most bytes of the file.
const LARGEST: u64 = 64 << 10;
/// What ids begin with; 13 letters or digits follow.
const PREFIX: &str = "WAYMARK";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The pair of whoever runs the server, and the file that clients may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The pair.
    pub key: Key,
    /// Where it lies; `None` where it was given.
    pub file: Option<PathBuf>,
}

impl Own {
    /// The pair that the environment gives: id and secret, both or neither.
    pub fn given(id: Option<String>, secret: Option<String>) -> Result<Option<Self>, Vec<Problem>> {
        let at = At::new("environment", 0);
        match (id.filter(|id| !id.is_empty()), secret.filter(|secret| !secret.is_empty())) {
            (None, None) => Ok(None),
            (Some(id), Some(secret)) => Ok(Some(Self { key: pair(&id, &secret), file: None })),
            _ => {
                let what = "WAYMARK_ACCESS_KEY_ID and WAYMARK_SECRET_ACCESS_KEY belong together, and one is missing";
                Err(vec![Problem::error(&at, what, "set both, or neither")])
            }
        }
    }

    /// Reads the pair from the state directory; where there is no file yet, makes one with a random pair that only
    /// its owner can read.
    pub fn kept(state: &Path) -> Result<Self, Vec<Problem>> {
        let path = state.join(FILE);
        let at = At::new(path.display().to_string(), 0);
        let failed = |what: &str, error: &io::Error| {
            vec![Problem::error(&at, format!("{what}: {error}"), "see to it that the server may read and write it")]
        };
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = made().map_err(|error| failed("cannot make a key pair", &error))?;
                write_whole(&path, text.as_bytes()).map_err(|error| failed("cannot be written", &error))?;
                text
            }
            Err(error) => return Err(failed("cannot be read", &error)),
        };
        let (id, secret) = parse(&text).ok_or_else(|| {
            let what = "holds no aws_access_key_id with its aws_secret_access_key under [default]";
            vec![Problem::error(&at, what, "write them, or remove the file for a new pair")]
        })?;
        Ok(Self { key: pair(&id, &secret), file: Some(path) })
    }
}

fn pair(id: &str, secret: &str) -> Key {
    Key { id: id.to_owned(), secret: Secret(secret.into()), name: HOLDER.into(), rights: Rights::ALL }
}

fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "others than its owner can read the credentials; chmod 600 it");
    }
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

fn made() -> io::Result<String> {
    let mut chance = [0; 13 + 40];
    getrandom::fill(&mut chance).map_err(io::Error::other)?;
    let (id, secret) = chance.split_at(13);
    let id: String = id.iter().map(|octet| char::from(BASE32[usize::from(octet & 31)])).collect();
    let secret: String = secret.iter().map(|octet| char::from(BASE64[usize::from(octet & 63)])).collect();
    Ok(format!(
        "# The key pair of the Route 53 API, made by waymark. Clients find it by AWS_SHARED_CREDENTIALS_FILE.\n\
         [default]\naws_access_key_id = {PREFIX}{id}\naws_secret_access_key = {secret}\n"
    ))
}

fn parse(text: &str) -> Option<(String, String)> {
    let (mut is_default, mut id, mut secret) = (false, None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            is_default = section.trim() == "default";
        } else if let Some((key, value)) = line.split_once('=').filter(|_| is_default) {
            match key.trim() {
                "aws_access_key_id" => id = Some(value.trim().to_owned()),
                "aws_secret_access_key" => secret = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }
    id.zip(secret).filter(|(id, secret)| !id.is_empty() && !secret.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state");
        let own = Own::kept(&state).expect("a pair");
        let path = state.join("credentials");
        assert_eq!(own.file.as_deref(), Some(&*path));
        assert_eq!(std::fs::metadata(&path).expect("the file").mode() & 0o777, 0o600);
        assert_eq!((own.key.id.len(), own.key.secret.0.len()), (20, 40));
        assert!(own.key.id.starts_with(PREFIX));
        assert_eq!(Own::kept(&state).expect("the same pair"), own);
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(text.contains(&format!("[default]\naws_access_key_id = {}\n", own.key.id)), "{text}");
        assert!(!format!("{own:?}").contains(&*own.key.secret.0), "secrets are shown to nobody");
        let other = Own::kept(&folder.path().join("other")).expect("another pair");
        assert_ne!((&other.key.id, &other.key.secret), (&own.key.id, &own.key.secret));
    }

    #[test]
    fn what_is_written_by_hand_is_taken_and_what_is_no_pair_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("credentials");
        let hand = "[other]\naws_access_key_id=NO\n[default]\n; c\naws_access_key_id=ID\nregion = x\naws_secret_access_key =  a=b/c \n";
        std::fs::write(&path, hand).expect("written");
        let own = Own::kept(folder.path()).expect("a pair");
        assert_eq!((&*own.key.id, &*own.key.secret.0), ("ID", "a=b/c"));
        for wrong in ["", "[default]\naws_access_key_id = x\n", "aws_access_key_id=x\naws_secret_access_key=y\n"] {
            std::fs::write(&path, wrong).expect("written");
            let problems = Own::kept(folder.path()).expect_err(wrong);
            assert!(problems[0].to_string().contains("credentials: holds no aws_access_key_id"), "{problems:?}");
        }
    }

    #[test]
    fn the_environment_gives_both_or_neither() {
        let text = |text: &str| Some(text.to_owned());
        let own = Own::given(text("ID"), text("s")).expect("sound").expect("a pair");
        assert_eq!((own.key.id.as_str(), own.file), ("ID", None));
        assert_eq!(Own::given(None, text("")), Ok(None));
        assert!(Own::given(text("ID"), None).is_err() && Own::given(None, text("s")).is_err());
    }
}
