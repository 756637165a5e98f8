//! How much an account may hold: Route 53's quotas as defaults, the operator's own in their place (§2.6).

/// The most there may be of each; 1 and up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Hosted zones made over the API.
    pub hosted_zones: u64,
    /// Record sets in one zone, the default SOA and NS among them (I-12).
    pub record_sets: u64,
    /// VPCs that one private zone is tied to (Z-24).
    pub vpcs: u64,
    /// VPC association authorizations of one zone (Z-26).
    pub vpc_authorizations: u64,
    /// Health checks made over the API.
    pub health_checks: u64,
    /// Reusable delegation sets (Z-13).
    pub delegation_sets: u64,
    /// Zones of one reusable delegation set (Z-13).
    pub delegation_set_zones: u64,
    /// CIDR collections (§2.6).
    pub cidr_collections: u64,
    /// CIDR blocks of one collection (§2.6).
    pub cidr_blocks: u64,
    /// Traffic policies.
    pub traffic_policies: u64,
    /// Versions of one traffic policy.
    pub traffic_policy_versions: u64,
    /// Traffic policy instances.
    pub traffic_policy_instances: u64,
    /// Tags of one zone or health check.
    pub tags: u64,
    /// Key-signing keys of one zone (S-2).
    pub key_signing_keys: u64,
    /// Record-set protections of one zone (I-27).
    pub protections: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            hosted_zones: 500,
            record_sets: 10_000,
            vpcs: 300,
            vpc_authorizations: 1000,
            health_checks: 200,
            delegation_sets: 100,
            delegation_set_zones: 100,
            cidr_collections: 5,
            cidr_blocks: 1000,
            traffic_policies: 50,
            traffic_policy_versions: 1000,
            traffic_policy_instances: 5,
            tags: 50,
            key_signing_keys: 2,
            protections: 1000,
        }
    }
}

impl Quotas {
    /// Every quota by the key it has under `[api.limit]`.
    pub fn entries(&mut self) -> [(&'static str, &mut u64); 15] {
        [
            ("hosted_zones", &mut self.hosted_zones),
            ("record_sets", &mut self.record_sets),
            ("vpcs", &mut self.vpcs),
            ("vpc_authorizations", &mut self.vpc_authorizations),
            ("health_checks", &mut self.health_checks),
            ("delegation_sets", &mut self.delegation_sets),
            ("delegation_set_zones", &mut self.delegation_set_zones),
            ("cidr_collections", &mut self.cidr_collections),
            ("cidr_blocks", &mut self.cidr_blocks),
            ("traffic_policies", &mut self.traffic_policies),
            ("traffic_policy_versions", &mut self.traffic_policy_versions),
            ("traffic_policy_instances", &mut self.traffic_policy_instances),
            ("tags", &mut self.tags),
            ("key_signing_keys", &mut self.key_signing_keys),
            ("protections", &mut self.protections),
        ]
    }
}
