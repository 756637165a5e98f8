//! The secret that cookies are made with where the operator gives none.

use crate::config::Cookies;
use crate::model::{self, CookieSecret};

/// What cookies are made with; `None` where there are to be none, or the system has no chance to give. `own` is made once
/// and kept, so that reloads do not make the cookies of all clients worthless.
pub(super) fn cookies(config: &Cookies, own: &mut Option<CookieSecret>) -> Option<model::Cookies> {
    let Cookies { enabled, secret, others, require } = *config;
    if !enabled {
        return None;
    }
    if secret.is_none() && own.is_none() {
        *own = random();
    }
    let secret = secret.or(*own)?;
    Some(model::Cookies { secret, others, require })
}

fn random() -> Option<CookieSecret> {
    let mut secret = [0; 16];
    match getrandom::fill(&mut secret) {
        Ok(()) => Some(CookieSecret(secret)),
        Err(error) => {
            tracing::error!(%error, "no chance to make a secret of; DNS cookies are off until one is configured");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_its_own_is_kept_and_one_that_is_given_is_taken() {
        let config = |enabled, secret| Cookies { enabled, secret, others: [None; 2], require: false };
        let mut kept = None;
        let own = cookies(&config(true, None), &mut kept).expect("a secret").secret;
        assert_eq!(cookies(&config(true, None), &mut kept).map(|cookies| cookies.secret), Some(own), "after a reload");
        assert_ne!(own, CookieSecret([0; 16]));
        let given = CookieSecret([7; 16]);
        assert_eq!(cookies(&config(true, Some(given)), &mut kept).map(|cookies| cookies.secret), Some(given));
        assert_eq!(cookies(&config(false, Some(given)), &mut kept), None);
    }
}
