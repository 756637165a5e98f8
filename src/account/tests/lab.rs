//! An account over a world that answers, beside zone files that the test gives.

use std::net::IpAddr;
use std::sync::Arc;

use crate::account::{Account, Opened, Settings};
use crate::control::{Control, Gathered, Source};
use crate::database::{Audit, Entry, Loaded, Revision, Sqlite, Store, StoreError, Write};
use crate::explain::{Request, answers};
use crate::model::fleet::Plan;
use crate::model::rdata::print_route53;
use crate::model::{Name, Problem};
use crate::route53::{Caller, Rights};
use crate::snapshot::geography::Geography;
use crate::snapshot::{Behaviour, Ground};
use crate::store;
use crate::wire::{Peer, Transport, rcode, respond};

/// When the callers of tests ask, in milliseconds.
pub(crate) const NOW: i64 = 1_795_842_000_000;

/// An account and the world it changes.
pub(crate) struct Lab {
    pub(crate) account: Account,
    pub(crate) control: Arc<Control>,
}

struct Texts(Vec<(String, String)>, Plan);

impl Source for Texts {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let texts: Vec<_> = self.0.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let loaded = store::load_texts(&texts, &store::Options::default())?;
        let geography = Arc::new(Geography::nowhere());
        let ground = Ground { listeners: vec!["test".into()], geography, behaviour: Behaviour::default() };
        Ok(Gathered { account: loaded.account, ground, plan: self.1.clone(), warnings: loaded.warnings })
    }
}

/// A store that several accounts may be opened from, one after another.
#[derive(Clone)]
pub(crate) struct Shared(Arc<std::sync::Mutex<Sqlite>>);

impl Shared {
    pub(crate) fn new() -> Self {
        Self(Arc::new(std::sync::Mutex::new(Sqlite::in_memory().expect("a store"))))
    }
}

impl Store for Shared {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.0.lock().unwrap().load()
    }

    fn apply(&mut self, writes: &[Write], audit: &Audit, expected: Revision) -> Result<Revision, StoreError> {
        self.0.lock().unwrap().apply(writes, audit, expected)
    }

    fn watch(&self, from: Revision) -> Result<Vec<Entry>, StoreError> {
        self.0.lock().unwrap().watch(from)
    }

    fn history(&self, zone: &str, from: Revision, last: Option<u64>) -> Result<Vec<Entry>, StoreError> {
        self.0.lock().unwrap().history(zone, from, last)
    }
}

impl Lab {
    /// An empty account.
    pub(crate) fn new() -> Self {
        Self::with(Shared::new(), &[], Settings::default())
    }

    /// An account of what a store holds, beside zone files: pairs of name and text.
    pub(crate) fn with(store: Shared, files: &[(&str, &str)], settings: Settings) -> Self {
        Self::watched(store, files, settings, Plan::default())
    }

    /// The same, its health watched over by a plan.
    pub(crate) fn watched(store: Shared, files: &[(&str, &str)], settings: Settings, plan: Plan) -> Self {
        let opened = Opened::read(Box::new(store)).expect("documents");
        let texts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let edit = opened.edit(&settings).expect("documents that convert");
        let (control, _) = Control::start(Box::new(Texts(texts, plan)), edit).expect("a world");
        let control = Arc::new(control);
        let writer = control.clone();
        let world = control.world().clone();
        let account = opened.serve(settings, world, Box::new(move |edit, persist| writer.edit(edit, persist)));
        Self { account, control }
    }

    /// What a query over the wire gets: the response code where it is an error, else the data of the answer, sorted.
    pub(crate) fn dig(&self, name: &str, rtype: &str) -> Vec<String> {
        self.dig_from(name, rtype, "192.0.2.1")
    }

    /// The same for who asks from another address.
    pub(crate) fn dig_from(&self, name: &str, rtype: &str, source: &str) -> Vec<String> {
        let source: IpAddr = source.parse().expect("an address");
        let request = Request {
            name: Name::parse_route53(name).expect("a name"),
            rtype: rtype.parse().expect("a type"),
            source,
            subnet: None,
            listener: 0,
            tcp: true,
            health: Vec::new(),
            seed: 0,
        };
        let packet = request.packet().expect("a packet");
        let mut out = vec![0; 65_535];
        let peer = Peer { source, listener: 0, transport: Transport::Tcp };
        let reply = respond(&self.control.world().load(), &packet, &peer, 0, &mut out, &mut ()).expect("a reply");
        if reply.rcode != rcode::NOERROR {
            return vec![rcode::name(reply.rcode).to_owned()];
        }
        let data = answers(&out[..reply.len]).expect("answers");
        let mut data: Vec<String> = data.iter().map(|(rtype, value)| print_route53(*rtype, value)).collect();
        data.sort();
        data
    }
}

/// Somebody who may do everything.
pub(crate) fn caller() -> Caller {
    Caller { who: "tester".into(), rights: Rights::ALL, request: "request-1".into(), at: NOW }
}
