//! From the operation that a request asks for to the function that carries it out.

use super::beside::Beside;
use super::{
    Call, answer, checks, cidr, delegation, dnssec, geo, limits, protections, query_logging, records, tags, traffic,
    traffic_instances, vpc, zones,
};
use crate::account::zone::Zone;
use crate::account::{Account, find_filed};
use crate::route53::{Answer, ApiError, Caller, Input, Operation};

/// Carries out what a request asks for. It may wait for the disk.
pub fn dispatch(account: &Account, beside: &Beside, call: &Call<'_>) -> Result<Answer, ApiError> {
    call.permit(|id| name_of(account, id))?;
    let to = To { account, beside, call };
    match call.asked.operation {
        Operation::CreateHostedZone => to.run(zones::create_hosted_zone),
        Operation::GetHostedZone => to.run(zones::get_hosted_zone),
        Operation::GetHostedZoneCount => to.run(zones::get_hosted_zone_count),
        Operation::ListHostedZones => to.run(zones::list_hosted_zones),
        Operation::ListHostedZonesByName => to.run(zones::list_hosted_zones_by_name),
        Operation::UpdateHostedZoneComment => to.run(zones::update_hosted_zone_comment),
        Operation::DeleteHostedZone => to.look(zones::delete_hosted_zone),

        Operation::ChangeResourceRecordSets => to.run(records::change_resource_record_sets),
        Operation::ListResourceRecordSets => to.run(records::list_resource_record_sets),
        Operation::GetChange => to.run(records::get_change),

        Operation::TestDNSAnswer => to.run(answer::test_dns_answer),

        Operation::CreateHealthCheck => to.run(checks::create_health_check),
        Operation::GetHealthCheck => to.run(checks::get_health_check),
        Operation::ListHealthChecks => to.run(checks::list_health_checks),
        Operation::UpdateHealthCheck => to.run(checks::update_health_check),
        Operation::DeleteHealthCheck => to.run(checks::delete_health_check),
        Operation::GetHealthCheckCount => to.run(checks::get_health_check_count),
        Operation::GetHealthCheckStatus => to.look(checks::get_health_check_status),
        Operation::GetHealthCheckLastFailureReason => to.look(checks::get_health_check_last_failure_reason),
        Operation::GetCheckerIpRanges => to.look(checks::get_checker_ip_ranges),

        Operation::ChangeTagsForResource => to.run(tags::change_tags_for_resource),
        Operation::ListTagsForResource => to.run(tags::list_tags_for_resource),
        Operation::ListTagsForResources => to.run(tags::list_tags_for_resources),

        Operation::CreateCidrCollection => to.run(cidr::create_cidr_collection),
        Operation::ChangeCidrCollection => to.run(cidr::change_cidr_collection),
        Operation::DeleteCidrCollection => to.run(cidr::delete_cidr_collection),
        Operation::ListCidrCollections => to.run(cidr::list_cidr_collections),
        Operation::ListCidrLocations => to.run(cidr::list_cidr_locations),
        Operation::ListCidrBlocks => to.run(cidr::list_cidr_blocks),

        Operation::ListGeoLocations => to.run(geo::list_geo_locations),
        Operation::GetGeoLocation => to.run(geo::get_geo_location),

        Operation::CreateReusableDelegationSet => to.run(delegation::create_reusable_delegation_set),
        Operation::GetReusableDelegationSet => to.run(delegation::get_reusable_delegation_set),
        Operation::ListReusableDelegationSets => to.run(delegation::list_reusable_delegation_sets),
        Operation::DeleteReusableDelegationSet => to.run(delegation::delete_reusable_delegation_set),

        Operation::AssociateVPCWithHostedZone => to.run(vpc::associate_vpc_with_hosted_zone),
        Operation::DisassociateVPCFromHostedZone => to.run(vpc::disassociate_vpc_from_hosted_zone),
        Operation::ListHostedZonesByVPC => to.run(vpc::list_hosted_zones_by_vpc),
        Operation::CreateVPCAssociationAuthorization => to.run(vpc::create_vpc_association_authorization),
        Operation::ListVPCAssociationAuthorizations => to.run(vpc::list_vpc_association_authorizations),
        Operation::DeleteVPCAssociationAuthorization => to.run(vpc::delete_vpc_association_authorization),

        Operation::GetAccountLimit => to.run(limits::get_account_limit),
        Operation::GetHostedZoneLimit => to.run(limits::get_hosted_zone_limit),
        Operation::GetReusableDelegationSetLimit => to.run(limits::get_reusable_delegation_set_limit),

        Operation::CreateTrafficPolicy => to.run(traffic::create_traffic_policy),
        Operation::CreateTrafficPolicyVersion => to.run(traffic::create_traffic_policy_version),
        Operation::GetTrafficPolicy => to.run(traffic::get_traffic_policy),
        Operation::DeleteTrafficPolicy => to.run(traffic::delete_traffic_policy),
        Operation::UpdateTrafficPolicyComment => to.run(traffic::update_traffic_policy_comment),
        Operation::ListTrafficPolicies => to.run(traffic::list_traffic_policies),
        Operation::ListTrafficPolicyVersions => to.run(traffic::list_traffic_policy_versions),

        Operation::CreateTrafficPolicyInstance => to.run(traffic_instances::create_traffic_policy_instance),
        Operation::GetTrafficPolicyInstance => to.run(traffic_instances::get_traffic_policy_instance),
        Operation::UpdateTrafficPolicyInstance => to.run(traffic_instances::update_traffic_policy_instance),
        Operation::DeleteTrafficPolicyInstance => to.run(traffic_instances::delete_traffic_policy_instance),
        Operation::ListTrafficPolicyInstances => to.run(traffic_instances::list_traffic_policy_instances),
        Operation::ListTrafficPolicyInstancesByHostedZone => {
            to.run(traffic_instances::list_traffic_policy_instances_by_hosted_zone)
        }
        Operation::ListTrafficPolicyInstancesByPolicy => {
            to.run(traffic_instances::list_traffic_policy_instances_by_policy)
        }
        Operation::GetTrafficPolicyInstanceCount => to.run(traffic_instances::get_traffic_policy_instance_count),

        Operation::CreateQueryLoggingConfig => to.look(query_logging::create_query_logging_config),
        Operation::GetQueryLoggingConfig => to.run(query_logging::get_query_logging_config),
        Operation::ListQueryLoggingConfigs => to.run(query_logging::list_query_logging_configs),
        Operation::DeleteQueryLoggingConfig => to.look(query_logging::delete_query_logging_config),

        Operation::CreateResourceRecordSetProtections => to.run(protections::create_resource_record_set_protections),
        Operation::ListResourceRecordSetProtections => to.run(protections::list_resource_record_set_protections),
        Operation::DeleteResourceRecordSetProtections => to.run(protections::delete_resource_record_set_protections),
        Operation::UpdateHostedZoneFeatures => to.run(protections::update_hosted_zone_features),

        Operation::CreateKeySigningKey => to.run(dnssec::create_key_signing_key),
        Operation::ActivateKeySigningKey => to.run(dnssec::activate_key_signing_key),
        Operation::DeactivateKeySigningKey => to.run(dnssec::deactivate_key_signing_key),
        Operation::DeleteKeySigningKey => to.run(dnssec::delete_key_signing_key),
        Operation::EnableHostedZoneDNSSEC => to.run(dnssec::enable_hosted_zone_dnssec),
        Operation::DisableHostedZoneDNSSEC => to.run(dnssec::disable_hosted_zone_dnssec),
        Operation::GetDNSSEC => to.run(dnssec::get_dnssec),
    }
}

/// An operation that looks at more than the account.
type Look<I, O> = fn(&Account, &Beside, &Caller, I) -> Result<O, ApiError>;

struct To<'a> {
    account: &'a Account,
    beside: &'a Beside,
    call: &'a Call<'a>,
}

impl To<'_> {
    fn run<I: Input>(
        &self,
        operation: fn(&Account, &Caller, I) -> Result<I::Output, ApiError>,
    ) -> Result<Answer, ApiError> {
        self.call.run(|caller, input| operation(self.account, caller, input))
    }

    /// Runs an operation that looks at more than the account.
    fn look<I: Input>(&self, operation: Look<I, I::Output>) -> Result<Answer, ApiError> {
        self.call.run(|caller, input| operation(self.account, self.beside, caller, input))
    }
}

/// The name of a zone, of the API or of a file.
fn name_of(account: &Account, id: &str) -> Option<String> {
    let made = account.read(|reader| reader.find::<Zone>(id).map(|zone| zone.name().to_string()));
    made.or_else(|| find_filed(&account.world(), id).map(|zone| zone.name.to_string()))
}
