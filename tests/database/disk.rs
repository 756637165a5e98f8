//! A disk that fills up and one that cannot be written, each mounted in a name space of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use waymark::database::{FILE, Revision, Sqlite, Store, StoreError, Trouble, Write};

use super::batch;

/// Where the disk is mounted; set in the child alone.
const DISK: &str = "WAYMARK_DISK";

fn trouble<T: std::fmt::Debug>(outcome: Result<T, StoreError>, file: &Path) -> Trouble {
    match outcome {
        Err(StoreError::Trouble { trouble, problem }) => {
            let said = problem.to_string();
            assert!(said.starts_with(&file.display().to_string()) && said.contains("; "), "{said}");
            trouble
        }
        other => panic!("{other:?}"),
    }
}

/// What happens on the disk of [`DISK`], which holds one MiB. Does nothing but in a child.
#[test]
fn on_a_small_disk() {
    let Ok(disk) = std::env::var(DISK) else { return };
    let disk = Path::new(&disk);
    let (state, filler) = (disk.join("state"), disk.join("filler"));
    fs::create_dir(&state).unwrap();
    let file = state.join(FILE);
    fs::write(&filler, vec![1; 400 << 10]).unwrap();
    let mut store = Sqlite::open(&state).unwrap();
    let mut last = Revision(0);
    let refused = loop {
        let (writes, audit) = batch(9, last.0 + 1);
        match store.apply(&writes, &audit, last) {
            Ok(revision) => last = revision,
            refused => break refused,
        }
    };
    assert_eq!(trouble(refused, &file), Trouble::Full);
    assert!(last > Revision(3), "{last}");
    let (revision, documents) = store.load().unwrap();
    assert_eq!((revision, store.watch(Revision(0)).unwrap().len() as u64), (last, last.0), "nothing in part");
    let large = [Write::set("large", "x".repeat(600 << 10))];
    let audit = batch(9, 1).1;
    assert_eq!(trouble(store.apply(&large, &audit, last), &file), Trouble::Full);
    assert_eq!(store.load(), Ok((last, documents.clone())));

    // What was full is found whole by whoever opens it then.
    drop(store);
    match Sqlite::open(&state) {
        Ok(store) => assert_eq!(store.load(), Ok((last, documents.clone()))),
        full => assert_eq!(trouble(full, &file), Trouble::Full),
    }

    fs::remove_file(&filler).unwrap();
    let mut store = Sqlite::open(&state).unwrap();
    assert_eq!(store.load(), Ok((last, documents)));
    let (writes, audit) = batch(9, last.0 + 1);
    last = store.apply(&writes, &audit, last).expect("there is room");
    // Without being opened anew, too.
    fs::write(&filler, vec![1; 1 << 20]).unwrap_err();
    let refused = std::iter::repeat_with(|| store.apply(&large, &audit, last)).take(3).find(Result::is_err);
    assert_eq!(trouble(refused.unwrap(), &file), Trouble::Full);
    fs::remove_file(&filler).unwrap();
    let (writes, audit) = batch(9, last.0 + 1);
    last = store.apply(&writes, &audit, last).expect("there is room again");
    drop(store);

    fs::create_dir(disk.join("empty")).unwrap();
    assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(disk).status().unwrap().success());
    assert_eq!(trouble(Sqlite::open(&state), &file), Trouble::ReadOnly);
    assert_eq!(trouble(Sqlite::open(&disk.join("empty")), &disk.join("empty").join(FILE)), Trouble::ReadOnly);
    assert!(Command::new("mount").args(["-o", "remount,rw"]).arg(disk).status().unwrap().success());
    assert_eq!(Sqlite::open(&state).unwrap().load().unwrap().0, last);
    println!("\non a small disk: done");
}

#[test]
fn a_full_or_read_only_disk_refuses_and_loses_nothing() {
    let disk = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m none \"$0\" && exec \"$1\" --exact disk::on_a_small_disk --nocapture";
    let run = |before: &[&str], unshare: &[&str]| {
        let words: Vec<_> = before.iter().chain(unshare).chain(&["sh", "-c", script]).copied().collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(disk.path()).arg(std::env::current_exe().unwrap());
        command.env(DISK, disk.path()).output()
    };
    // Who may make name spaces differs from machine to machine.
    let ways: [(&[&str], &[&str]); 3] = [
        (&[], &["unshare", "--user", "--map-root-user", "--mount"]),
        (&["sudo", "-n", "-E"], &["unshare", "--mount"]),
        (&[], &["unshare", "--mount"]),
    ];
    let mut said = Vec::new();
    for (before, unshare) in ways {
        let Ok(output) = run(before, unshare) else { continue };
        let [out, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        if out.contains("on a small disk: done") {
            return;
        }
        let is_over = out.contains("running 1 test");
        said.push(errors);
        if is_over {
            break;
        }
    }
    panic!("{}", said.join("\n"));
}
