//! A whole server in this process: a compiled world, a UDP socket answering from it, a fleet steering it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Error;
use crate::answer::{Event, Witness};
use crate::control::{Control, Edit, Gathered, Source};
use crate::edge::{Door, Recorder, Responder, udp};
use crate::health::{Board, Standing, Verdict, View};
use crate::model::check::Status;
use crate::model::fleet::Plan;
use crate::model::{Account, CheckId, Problem};
use crate::probe::{Fleet, Settings, Vote};
use crate::snapshot::geography::Geography;
use crate::snapshot::health::Transition;
use crate::snapshot::{Behaviour, Ground, World};
use crate::wire::{Peer, Reply};

/// A checker that now holds another status, or holds one for the first time, and what the votes add up to then.
#[derive(Clone, Debug)]
pub(super) struct Voted {
    pub(super) check: CheckId,
    pub(super) checker: Arc<str>,
    pub(super) status: Status,
    pub(super) standing: Standing,
}

/// A verdict of the fleet and the effective statuses it changed.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub(super) verdict: Verdict,
    pub(super) standing: Standing,
    pub(super) transitions: Vec<Transition>,
    /// When it was written into the health table.
    pub(super) at: Instant,
}

/// What votes brought.
#[derive(Clone, Debug)]
pub(super) enum Forming {
    Vote(Voted),
    Verdict(Decided),
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub(super) struct Lab {
    pub(super) address: SocketAddr,
    pub(super) forming: mpsc::UnboundedReceiver<Forming>,
    board: Arc<Board>,
    _fleet: Fleet,
    stop: Arc<AtomicBool>,
    edge: Option<JoinHandle<io::Result<()>>>,
}

impl Lab {
    /// Serves `account` on a UDP port of 127.0.0.1; must run within a runtime.
    pub(super) fn start(account: Account, plan: Plan, port: u16) -> Result<Self, Error> {
        let checks = account.checks.clone();
        let (control, _) =
            Control::start(Box::new(Prepared(account, plan.clone())), Edit::default()).map_err(Error::Zone)?;
        let world = control.world().clone();

        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).map_err(Error::io("open the server's socket"))?;
        let address = socket.local_addr().map_err(Error::io("read the server's address"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let edge = thread::Builder::new()
            .name("demo-udp".to_owned())
            .spawn(move || udp::serve(&socket, &Door::default(), &mut Responder::new(world, Unrecorded), &stopped))
            .map_err(Error::io("start the server's thread"))?;

        let (votes, heard) = mpsc::channel(64);
        let (tell, forming) = mpsc::unbounded_channel();
        let (board, settings) = (Arc::new(Board::new()), Settings { plan, ..Settings::default() });
        board.reconcile(&checks, &settings.plan);
        tokio::spawn(decide(control, board.clone(), heard, tell));
        let fleet = Fleet::start(votes, 64);
        fleet.reconcile(&checks, &settings);
        Ok(Self { address, forming, board, _fleet: fleet, stop, edge: Some(edge) })
    }

    /// What is known of every check.
    pub(super) fn views(&self) -> Vec<View> {
        self.board.views()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(edge) = self.edge.take() {
            // The demo is over; how its socket ended interests nobody.
            let _ = edge.join();
        }
    }
}

/// The demo's zone and checkers, in place of files.
struct Prepared(Account, Plan);

impl Source for Prepared {
    fn gather(&mut self) -> Result<Gathered, Vec<Problem>> {
        let ground = Ground {
            listeners: vec!["demo".into()],
            geography: Arc::new(Geography::nowhere()),
            behaviour: Behaviour::default(),
        };
        Ok(Gathered { account: self.0.clone(), ground, plan: self.1.clone(), warnings: Vec::new() })
    }
}

/// Has every verdict written where queries read it.
async fn decide(
    control: Control,
    board: Arc<Board>,
    mut heard: mpsc::Receiver<Vote>,
    tell: mpsc::UnboundedSender<Forming>,
) {
    while let Some(vote) = heard.recv().await {
        let (check, checker) = (vote.check.clone(), vote.checker.clone());
        let before = held(&board, &check, &checker);
        let verdict = board.vote(vote);
        let after = held(&board, &check, &checker);
        let Some(standing) = board.view(&check).and_then(|view| view.ballot.standing()) else { continue };
        if let Some(status) = after.filter(|_| before != after) {
            let voted = Voted { check, checker, status, standing };
            // Once nobody listens the demo is over.
            let _ = tell.send(Forming::Vote(voted));
        }
        let Some(verdict) = verdict else { continue };
        let transitions = control.report(&verdict.check, verdict.finding);
        let decided = Decided { verdict, standing, transitions, at: Instant::now() };
        if tell.send(Forming::Verdict(decided)).is_err() {
            return;
        }
    }
}

/// What a checker has voted.
fn held(board: &Board, check: &CheckId, checker: &str) -> Option<Status> {
    let view = board.view(check)?;
    let cast = view.ballot.casts().find(|(name, _)| ***name == *checker).map(|(_, cast)| cast);
    cast.filter(|cast| cast.vote.is_some()).map(|cast| view.ballot.holds(cast))
}

/// Nobody counts the demo's queries.
#[derive(Debug)]
struct Unrecorded;

impl Witness for Unrecorded {
    fn saw(&mut self, _event: Event<'_>) {}
}

impl Recorder for Unrecorded {
    fn enter(&mut self, _world: &Arc<World>) {}
    fn answered(&mut self, _world: &World, _packet: &[u8], _peer: &Peer, _reply: &Reply) {}
    fn kept_silent(&mut self, _peer: &Peer) {}
    fn panicked(&mut self, _peer: &Peer) {}
}
