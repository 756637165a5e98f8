//! What is left when something panics between keeping a change and taking it up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use super::lab::{Lab, Shared, caller};
use crate::account::{Opened, Settings};
use crate::control::Edit;
use crate::route53::{Code, CreateHostedZoneRequest};

#[test]
fn nothing_is_built_on_what_was_kept_and_not_taken_up() {
    static FALLS: AtomicBool = AtomicBool::new(false);
    let store = Shared::new();
    let lab = Lab::new();
    let (control, world) = (lab.control.clone(), lab.control.world().clone());
    let swap = move |edit: Edit, persist: crate::account::Persist<'_>| {
        let report = control.edit(edit, persist);
        assert!(!FALLS.load(Ordering::Relaxed), "as it was told to");
        report
    };
    let opened = Opened::read(Box::new(store.clone())).unwrap();
    let account = opened.serve(Settings::default(), world, Box::new(swap));
    let create = |name: &str| {
        let input = CreateHostedZoneRequest {
            name: name.to_owned(),
            caller_reference: name.to_owned(),
            ..CreateHostedZoneRequest::default()
        };
        crate::api::zones::create_hosted_zone(&account, &caller(), input)
    };
    create("one.example").unwrap();
    FALLS.store(true, Ordering::Relaxed);
    assert!(catch_unwind(AssertUnwindSafe(|| create("two.example"))).is_err());
    FALLS.store(false, Ordering::Relaxed);
    let refused = create("three.example").unwrap_err();
    assert_eq!((refused.code, refused.status()), (Code::ServiceUnavailable, 503));
    let names =
        |account: &crate::account::Account| account.read(|reader| reader.count::<crate::account::zone::Zone>(""));
    assert_eq!(names(&account), 1);
    // A restart reads what was kept.
    assert_eq!(names(&Lab::with(store, &[], Settings::default()).account), 2);
}
