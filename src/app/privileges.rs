//! Privileges: what a server that binds port 53 needs no more once it has it.

use std::ffi::CString;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::Path;

use nix::unistd::{Uid, User, initgroups, setgid, setuid};

use super::Failure;

/// From now on nothing this thread or those it begins executes can gain privileges; to be called before there are others.
pub(super) fn forgo() {
    if let Err(error) = rustix::thread::set_no_new_privs(true) {
        tracing::warn!(%error, "cannot set no_new_privs");
    }
}

/// Becomes `user` on every thread and for good, where this process is root; says so where it stays root. The state
/// directory is made for that user if it is missing.
pub(super) fn give_up(user: Option<&str>, state: &Path) -> Result<(), Failure> {
    if !Uid::effective().is_root() {
        if let Some(name) =
            user.filter(|name| User::from_uid(Uid::effective()).ok().flatten().is_none_or(|is| is.name != **name))
        {
            tracing::warn!(user = name, "not started as root, so that it goes on as who it is");
        }
        return Ok(());
    }
    let Some(name) = user else {
        tracing::warn!(
            "runs as root, which it needs for nothing: name a user, or start it as one with CAP_NET_BIND_SERVICE"
        );
        return Ok(());
    };
    let found = User::from_name(name).map_err(|error| failed(name, error.into()))?;
    let account = found.ok_or_else(|| Failure::User(format!("`user` {name:?} is no user of this machine")))?;
    if account.uid.is_root() {
        return Err(Failure::User(format!("`user` {name:?} is root; name one that is not")));
    }
    if !state.exists() {
        // Whether it can be used is found out, and told, where it is.
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(state);
        let _ = made.and_then(|()| chown(state, Some(account.uid.as_raw()), Some(account.gid.as_raw())));
    }
    let groups = CString::new(name).map_err(|error| failed(name, error.into()))?;
    let become_it = || {
        initgroups(&groups, account.gid)?;
        setgid(account.gid)?;
        // Capabilities go with the last user id that is 0 (capabilities(7)).
        setuid(account.uid)
    };
    become_it().map_err(|error: nix::errno::Errno| failed(name, error.into()))?;
    if setuid(Uid::from_raw(0)).is_ok() {
        return Err(Failure::User(format!("could become root again after becoming {name}")));
    }
    tracing::info!(user = name, uid = account.uid.as_raw(), gid = account.gid.as_raw(), "gave up root");
    Ok(())
}

fn failed(name: &str, source: std::io::Error) -> Failure {
    Failure::Runtime { what: format!("cannot become the user {name}"), source: Some(source) }
}
