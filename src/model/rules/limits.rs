//! Route 53's quotas (§2.6), for whoever wants them: a twin that must be as strict, or the API.
//!
//! Nothing here is enforced on files: a master file may hold what it likes.

use super::Subject;
use crate::model::routing::PolicyName;
use crate::model::{Account, HostedZone, Problem, RecordGroup, Target, Visibility};

/// How much of each thing is allowed; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Record sets per zone.
    pub rrsets_per_zone: Option<usize>,
    /// Values per record set.
    pub values_per_rrset: Option<usize>,
    /// Record sets of one name and type under weighted, latency, geolocation, multivalue or IP-based routing.
    pub rrsets_per_group: Option<usize>,
    /// Record sets of one name and type under geoproximity routing.
    pub geoproximity_rrsets: Option<usize>,
    /// Characters of a zone's comment (Z-9).
    pub comment: Option<usize>,
    /// Views per private zone.
    pub views_per_zone: Option<usize>,
    /// Zones per account.
    pub zones: Option<usize>,
    /// Health checks per account.
    pub checks: Option<usize>,
    /// CIDR collections per account.
    pub collections: Option<usize>,
    /// Blocks per CIDR collection.
    pub blocks_per_collection: Option<usize>,
}

impl Limits {
    /// Route 53's defaults.
    pub const ROUTE53: Self = Self {
        rrsets_per_zone: Some(10_000),
        values_per_rrset: Some(400),
        rrsets_per_group: Some(100),
        geoproximity_rrsets: Some(30),
        comment: Some(256),
        views_per_zone: Some(300),
        zones: Some(500),
        checks: Some(200),
        collections: Some(5),
        blocks_per_collection: Some(1000),
    };

    /// What in a zone is more than allowed.
    pub fn check_zone(&self, zone: &HostedZone) -> Vec<Problem> {
        let mut problems = Vec::new();
        let total = zone.groups.values().map(RecordGroup::record_sets).sum();
        let parts = zone.groups.iter().flat_map(|(key, group)| group.parts().map(move |part| (key, part)));
        for ((name, rtype), group) in parts {
            let candidates = group.routing.candidates();
            let subject = Subject { zone, name, rtype: *rtype, group };
            let (limit, kind) = match group.routing.name() {
                PolicyName::Geoproximity => (self.geoproximity_rrsets, "geo-proximity"),
                PolicyName::Simple | PolicyName::Failover => (None, ""),
                PolicyName::Weighted => (self.rrsets_per_group, "weighted"),
                PolicyName::Latency => (self.rrsets_per_group, "latency"),
                PolicyName::Geolocation => (self.rrsets_per_group, "geolocation"),
                PolicyName::IpBased => (self.rrsets_per_group, "CIDR"),
                PolicyName::Multivalue => (self.rrsets_per_group, "multivalue"),
            };
            if let Some(excess) = over(candidates.len(), limit) {
                problems.push(Problem::error(
                    &group.at,
                    format!(
                        "Exceeded limit on number of {kind} RRSets for {}, type {rtype} in this zone.",
                        name.to_route53()
                    ),
                    excess,
                ));
            }
            for candidate in candidates {
                let Target::Values { rdata, .. } = candidate.target else { continue };
                if let Some(excess) = over(rdata.len(), self.values_per_rrset) {
                    problems.push(Problem::error(
                        candidate.at,
                        format!("{} has too many values", subject.rrset(candidate.id)),
                        excess,
                    ));
                }
            }
        }
        let mut of_zone = |count, limit, thing: &str| {
            if let Some(excess) = over(count, limit) {
                problems.push(Problem::error(&zone.at, format!("zone {} has too many {thing}", zone.name), excess));
            }
        };
        of_zone(total, self.rrsets_per_zone, "record sets");
        of_zone(zone.comment.chars().count(), self.comment, "characters in its comment");
        if let Visibility::Private { views } = &zone.visibility {
            of_zone(views.len(), self.views_per_zone, "views");
        }
        problems
    }

    /// What in an account, its zones apart, is more than allowed.
    pub fn check_account(&self, account: &Account) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let (Some(last), Some(excess)) = (account.zones.last(), over(account.zones.len(), self.zones)) {
            problems.push(Problem::error(&last.at, "too many hosted zones", excess));
        }
        if let (Some(last), Some(excess)) = (account.checks.last(), over(account.checks.len(), self.checks)) {
            problems.push(Problem::error(&last.at, "too many health checks", excess));
        }
        if let (Some(last), Some(excess)) =
            (account.collections.last(), over(account.collections.len(), self.collections))
        {
            problems.push(Problem::error(&last.at, "too many CIDR collections", excess));
        }
        for collection in &account.collections {
            let blocks = collection.locations.values().map(Vec::len).sum();
            if let Some(excess) = over(blocks, self.blocks_per_collection) {
                problems.push(Problem::error(
                    &collection.at,
                    format!("CIDR collection {:?} has too many blocks", collection.id),
                    excess,
                ));
            }
        }
        problems
    }
}

fn over(count: usize, limit: Option<usize>) -> Option<String> {
    limit.filter(|limit| count > *limit).map(|limit| format!("{count} of at most {limit}"))
}
