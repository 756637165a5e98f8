//! From a group to the RRsets that answer for it: plans, health of members, alias hops (§4.2).
//!
//! Aliases were resolved and cycles refused when the zone was compiled, so recursion ends.

use super::question::{Client, Subnet};
use super::witness::{Event, Witness};
use crate::policy::{Choice, Entropy, MOST, Plan, failover, select, simple};
use crate::snapshot::rrset::Rrset;
use crate::snapshot::standing::{Draws, Standing, ZoneStandings, judge};
use crate::snapshot::steering::Steering;
use crate::snapshot::zone::{Data, Group, Member, MemberTarget, Policy, Zone};
use crate::snapshot::{Snapshot, World};

/// What decided a location-dependent order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// The client subnet or, without one, the resolver's address.
    Client,
    /// The resolver's address, because nothing is known of the subnet (P-29).
    Resolver,
    /// The server's own location, because nothing is known of either (P-29).
    Server,
    /// The Region of the client's view (Z-34).
    View,
}

/// Picks for one client, collecting the scope of everything that looked at the client.
pub(super) struct Picker<'w, 'c, W> {
    pub(super) world: &'w World,
    pub(super) zone: &'w Zone,
    pub(super) standings: &'w ZoneStandings,
    pub(super) client: &'c Client,
    pub(super) view: Option<u16>,
    /// The zone is private: the view says where its clients are (Z-34).
    pub(super) private: bool,
    pub(super) entropy: &'c mut Entropy,
    pub(super) witness: &'c mut W,
    /// Leading bits of the client's address the picks depended on.
    pub(super) scope: u8,
}

/// The RRsets picked for one name and type: all served as one RRset.
#[derive(Clone, Copy, Debug)]
pub(super) enum Picked {
    /// None.
    Nothing,
    /// One; all policies but multivalue pick so.
    One(Rrset),
    /// At most eight.
    Merged(Merged),
}

/// RRsets that are served as one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged {
    rrsets: [Rrset; MOST],
    count: u8,
    /// The TTL all of them are served with, where they differ (N-25).
    pub(super) ttl: Option<u32>,
    /// Values may repeat among them (P-65).
    pub(super) repeats: bool,
}

impl Merged {
    #[inline]
    pub(super) fn rrsets(&self) -> &[Rrset] {
        &self.rrsets[..usize::from(self.count)]
    }
}

impl Picked {
    #[inline]
    pub(super) fn rrsets(&self) -> &[Rrset] {
        match self {
            Self::Nothing => &[],
            Self::One(rrset) => std::slice::from_ref(rrset),
            Self::Merged(merged) => merged.rrsets(),
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.rrsets().is_empty()
    }
}

impl<'w, W: Witness> Picker<'w, '_, W> {
    /// The RRsets that answer for some data.
    #[inline]
    pub(super) fn pick(&mut self, data: Data) -> Picked {
        match data {
            Data::Rrset(rrset) => Picked::One(rrset),
            Data::Group(group) => self.pick_from(group),
        }
    }

    /// The RRsets a group answers with, by way of as many aliases as it takes.
    fn pick_from(&mut self, mut index: u32) -> Picked {
        loop {
            let group = self.zone.group(index);
            let plan = self.plan(group);
            let picks = match self.standings.at(index) {
                Standing::ForAll { draws: Draws::ByWeight(odds), .. } => {
                    self.show(group, &plan);
                    odds.load().draw(self.entropy)
                }
                Standing::ForAll { draws: Draws::UpToEight(pool), .. } => {
                    self.show(group, &plan);
                    pool.load().draw(self.entropy)
                }
                Standing::ForAll { draws: Draws::InOrder, .. } | Standing::ByClient => {
                    let mut entropy = self.entropy.clone();
                    let picks = select(&plan, |member| self.share(group, member), &mut entropy);
                    *self.entropy = entropy;
                    picks
                }
            };
            let last_resort = picks.last_resort;
            if let Policy::Multivalue = group.policy {
                for member in picks.members() {
                    self.witness.saw(Event::Picked { group, member, last_resort });
                }
                return self.merged(group, picks.members());
            }
            let Some(member) = picks.members().next() else {
                self.witness.saw(Event::NoCandidate { group });
                return Picked::Nothing;
            };
            self.witness.saw(Event::Picked { group, member, last_resort });
            index = match group.members[member].target {
                MemberTarget::Rrset(rrset)
                | MemberTarget::Provider { rrset, .. }
                | MemberTarget::Alias { to: Data::Rrset(rrset), .. } => return Picked::One(rrset),
                MemberTarget::Alias { to: Data::Group(group), .. } => group,
                MemberTarget::Nothing => return Picked::Nothing,
            };
        }
    }

    fn merged(&self, group: &Group, members: impl Iterator<Item = usize>) -> Picked {
        let mut picked = Merged { rrsets: [Rrset::default(); MOST], count: 0, ttl: None, repeats: group.repeats };
        let mut ttls: Option<(u32, u32)> = None;
        for member in members {
            if let MemberTarget::Rrset(rrset) = group.members[member].target {
                picked.rrsets[usize::from(picked.count)] = rrset;
                picked.count += 1;
                let (_, ttl) = self.zone.type_and_ttl(rrset);
                ttls = Some(ttls.map_or((ttl, ttl), |(low, high)| (low.min(ttl), high.max(ttl))));
            }
        }
        picked.ttl = ttls.filter(|(low, high)| low != high).map(|(low, _)| low);
        Picked::Merged(picked)
    }

    /// How members are considered for this client (H-4).
    fn plan(&mut self, group: &'w Group) -> Plan<'w> {
        let (plan, steered) = match &group.policy {
            Policy::Simple => (simple::plan(), None),
            Policy::Weighted(weights) => (Plan::ByWeight(weights), None),
            Policy::Failover => (failover::plan(group.members.len()), None),
            Policy::Multivalue => (Plan::UpToEight(group.members.len()), None),
            Policy::Latency(steering) | Policy::Geoproximity(steering) | Policy::Geolocation(steering) => {
                let (order, location) = self.steer(steering);
                (Plan::InOrder { order, known: u8::MAX }, Some(location))
            }
            Policy::IpBased(steering) => {
                let client = self.client.steering();
                let (order, scope, _) = steering.order(client.address);
                self.widen(&client, scope);
                (Plan::InOrder { order, known: client.len }, Some(Location::Client))
            }
        };
        self.witness.saw(Event::Group { group, steered });
        plan
    }

    fn steer(&mut self, steering: &'w Steering) -> (&'w [Choice], Location) {
        let region =
            self.view.filter(|_| self.private).and_then(|view| self.world.snapshot.catalog.view_at(view).region);
        if let Some(region) = region {
            return (steering.view(region), Location::View);
        }
        let client = self.client.steering();
        let (order, scope, located) = steering.order(client.address);
        self.widen(&client, scope);
        if located {
            return (order, Location::Client);
        }
        if let (order, _, true) = steering.order(self.client.source) {
            return (order, Location::Resolver);
        }
        (steering.fallback(), Location::Server)
    }

    /// Scope never claims more bits than the client gave (T252); the resolver's own address gives none (P-9).
    fn widen(&mut self, client: &Subnet, scope: u8) {
        if self.client.subnet.is_some() {
            self.scope = self.scope.max(scope.min(client.len));
        }
    }

    /// Lets a curious witness see every member of a group whose draw looks at none of them any more.
    fn show(&mut self, group: &'w Group, plan: &Plan<'_>) {
        if W::CURIOUS {
            for member in plan.members() {
                self.share(group, member);
            }
        }
    }

    /// The share of its weight that its own check leaves a member; 0 when the member is not healthy (H-3).
    fn share(&mut self, group: &'w Group, member: usize) -> u8 {
        let world = self.world;
        let (verdict, share) = judge(&group.members[member], &world.health, |data| self.stands(data));
        self.witness.saw(Event::Considered { group, member, verdict, share });
        if verdict.is_healthy() { share } else { 0 }
    }

    /// Whether a group has a healthy member among those it considers for this client (H-5, H-6).
    fn stands(&mut self, data: Data) -> bool {
        let Data::Group(index) = data else { return true };
        if let (false, Some(healthy)) = (W::CURIOUS, self.standings.at(index).is_healthy()) {
            return healthy;
        }
        let group = self.zone.group(index);
        let plan = self.plan(group);
        plan.is_healthy(|member| self.share(group, member) > 0)
    }
}

/// The snapshot's public face of a group's checks, for explanations.
pub fn check_of<'a>(snapshot: &'a Snapshot, member: &Member) -> Option<&'a crate::model::HealthCheck> {
    member.check.and_then(|slot| snapshot.checks.check(slot))
}
