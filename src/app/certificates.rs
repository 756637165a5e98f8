//! The server's certificate: read at load, at every reload, and whenever its files change.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::config::{Certificate, Named};
use crate::edge::encrypted::{Identity, Pem, read, self_signed};
use crate::model::{At, Problem};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The certificate in use and the files it was read from.
#[derive(Debug, Default)]
pub struct Certificates {
    pub(super) identity: Arc<Identity>,
    read: Mutex<Option<Read>>,
}

/// Which files were read last, and which version of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    chain: Pem,
    key: Pem,
    stamps: [Stamp; 2],
}

/// Size and time of a file; none where it cannot be seen.
type Stamp = Option<(u64, Option<SystemTime>)>;

impl Certificates {
    /// Takes a certificate into use; one that is made is for these addresses. What is wrong with it is an error only while there is none;
    /// later the old one stays, and it is a warning.
    pub fn take(&self, certificate: &Certificate, addresses: &[SocketAddr]) -> Vec<Problem> {
        match certificate {
            Certificate::SelfSigned if self.identity.is_unknown() => self.make(addresses),
            Certificate::SelfSigned => Vec::new(),
            Certificate::Files { certificate, key } => self.renew(pem(certificate), pem(key)),
        }
    }

    fn renew(&self, chain: Pem, key: Pem) -> Vec<Problem> {
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // Before they are read: a change meanwhile will be seen as one.
        let stamps = [stamp(&chain.path), stamp(&key.path)];
        let outcome = read(&chain, &key, SystemTime::now());
        *last = Some(Read { chain, key, stamps });
        match outcome {
            Ok((certified, warnings)) => {
                self.identity.show(certified);
                warnings
            }
            Err(problems) if self.identity.is_unknown() => problems,
            Err(problems) => problems.into_iter().map(stays).collect(),
        }
    }

    /// Reads the files again if they changed since they were read last, for good or ill; what is odd about them.
    fn look(&self) -> Option<Vec<Problem>> {
        let last = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let Read { chain, key, stamps } = last;
        (stamps != [stamp(&chain.path), stamp(&key.path)]).then(|| self.renew(chain, key))
    }

    fn make(&self, addresses: &[SocketAddr]) -> Vec<Problem> {
        let mut names = vec!["localhost".to_owned()];
        let addresses = addresses.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified());
        for name in addresses.map(|ip| ip.to_string()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match self_signed(names) {
            Ok((certified, sha256)) => {
                self.identity.show(certified);
                tracing::info!(sha256, "self-signed certificate made; nobody vouches for it");
                Vec::new()
            }
            Err(why) => {
                let at = At::new("[tls]", 0);
                vec![Problem::error(&at, format!("cannot make a certificate: {why}"), "name one")]
            }
        }
    }

    /// Looks at the files again and again, for ever.
    pub(super) async fn watch(self: Arc<Self>) {
        let mut every = tokio::time::interval(LOOK);
        loop {
            every.tick().await;
            let here = self.clone();
            // A look that panics is one look; the next comes.
            let Ok(Some(problems)) = tokio::task::spawn_blocking(move || here.look()).await else { continue };
            for problem in &problems {
                tracing::warn!("{problem}");
            }
            tracing::info!(problems = problems.len(), "the files of the certificate changed and were read again");
        }
    }
}

fn pem(Named { path, at }: &Named) -> Pem {
    Pem { path: path.clone(), at: at.clone() }
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).ok().map(|file| (file.len(), file.modified().ok()))
}

/// What would be an error had there been no certificate before.
fn stays(problem: Problem) -> Problem {
    let Problem { at, what, mend, .. } = problem;
    Problem::warning(&at, format!("{what} (the old certificate stays in use)"), mend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Tls;

    /// A certificate for `name` and its key, as PEM.
    fn made(name: &str) -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn tls(folder: &Path) -> Tls {
        let text = "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\ndot = \"127.0.0.1:0\"\n";
        let file = folder.join("waymark.toml");
        let config = crate::config::Config::parse(&file.display().to_string(), text).expect("a configuration");
        config.tls.expect("tls")
    }

    fn told(problems: &[Problem]) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_wrong_is_told_and_what_worked_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tls, certificates) = (tls(folder.path()), Certificates::default());
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        let missing = certificates.take(&tls.certificate, &tls.addresses());
        assert!(missing.len() == 2 && missing.iter().all(Problem::is_error), "{missing:?}");
        let missing = told(&missing);
        assert!(missing[0].contains("waymark.toml:2: certificate \""), "{missing:?}");
        assert!(missing[1].contains("waymark.toml:3: key \"") && missing[1].contains("No such file"), "{missing:?}");

        let ((chain, key), (other, _)) = (made("a.test"), made("b.test"));
        write("cert.pem", &key);
        write("key.pem", &chain);
        let swapped = told(&certificates.take(&tls.certificate, &tls.addresses())).join("\n");
        assert!(swapped.contains("holds no certificate") && swapped.contains("holds no private key"), "{swapped}");
        write("cert.pem", &other);
        write("key.pem", &key);
        let mismatched = told(&certificates.take(&tls.certificate, &tls.addresses())).join("\n");
        assert!(
            mismatched.contains(":3: key ") && mismatched.contains("is not the key of certificate"),
            "{mismatched}"
        );
        assert!(certificates.identity.is_unknown());
        write("cert.pem", &chain);
        assert_eq!(told(&certificates.take(&tls.certificate, &tls.addresses())), Vec::<String>::new());
        assert!(!certificates.identity.is_unknown());

        assert!(certificates.look().is_none(), "nothing changed");
        write("cert.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
        let broken = certificates.look().expect("a change");
        assert!(!broken.is_empty() && !broken.iter().any(Problem::is_error), "{broken:?}");
        assert!(told(&broken)[0].contains("(the old certificate stays in use)"));
        assert!(certificates.look().is_none(), "what is broken is told once");
    }

    #[test]
    fn a_certificate_out_of_its_time_is_warned_of() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tls, certificates) = (tls(folder.path()), Certificates::default());
        let key = rcgen::KeyPair::generate().expect("a key");
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).expect("written");
        for (from, to, words) in [(1990, 2000, "expired at"), (2990, 3000, "is not valid before")] {
            let mut wanted = rcgen::CertificateParams::new(vec!["a.test".to_owned()]).expect("a name");
            wanted.not_before = rcgen::date_time_ymd(from, 1, 1);
            wanted.not_after = rcgen::date_time_ymd(to, 1, 1);
            let made = wanted.self_signed(&key).expect("a certificate");
            std::fs::write(folder.path().join("cert.pem"), made.pem()).expect("written");
            let problems = certificates.take(&tls.certificate, &tls.addresses());
            assert!(problems.len() == 1 && !problems[0].is_error(), "{problems:?}");
            assert!(problems[0].what.contains(words), "{problems:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn changed_files_are_noticed_without_a_word() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tls, certificates) = (tls(folder.path()), Arc::new(Certificates::default()));
        let ((chain, key), (other, other_key)) = (made("a.test"), made("bb.test"));
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        write("cert.pem", &chain);
        write("key.pem", &key);
        assert_eq!(certificates.take(&tls.certificate, &tls.addresses()), []);
        let read = || certificates.read.lock().expect("whole").clone();
        let first = read();
        tokio::spawn(certificates.clone().watch());
        write("cert.pem", &other);
        write("key.pem", &other_key);
        tokio::time::timeout(LOOK * 10, async {
            while read() == first {
                tokio::time::sleep(LOOK / 2).await;
            }
        })
        .await
        .expect("noticed");
    }
}
