//! From the operation that a request asks for to the function that carries it out.

use super::{Call, answer, records, traffic, traffic_instances, zones};
use crate::account::zone::Zone;
use crate::account::{Account, find_filed};
use crate::route53::{Answer, ApiError, Caller, Code, Input, Operation};

/// Carries out what a request asks for. It may wait for the disk.
pub fn dispatch(account: &Account, call: &Call<'_>) -> Result<Answer, ApiError> {
    call.permit(|id| name_of(account, id))?;
    let to = To { account, call };
    match call.asked.operation {
        Operation::CreateHostedZone => to.run(zones::create_hosted_zone),
        Operation::GetHostedZone => to.run(zones::get_hosted_zone),
        Operation::GetHostedZoneCount => to.run(zones::get_hosted_zone_count),
        Operation::ListHostedZones => to.run(zones::list_hosted_zones),
        Operation::ListHostedZonesByName => to.run(zones::list_hosted_zones_by_name),
        Operation::UpdateHostedZoneComment => to.run(zones::update_hosted_zone_comment),
        Operation::DeleteHostedZone => to.run(zones::delete_hosted_zone),

        Operation::ChangeResourceRecordSets => to.run(records::change_resource_record_sets),
        Operation::ListResourceRecordSets => to.run(records::list_resource_record_sets),
        Operation::GetChange => to.run(records::get_change),

        Operation::TestDNSAnswer => to.run(answer::test_dns_answer),

        Operation::CreateHealthCheck
        | Operation::GetHealthCheck
        | Operation::ListHealthChecks
        | Operation::UpdateHealthCheck
        | Operation::DeleteHealthCheck
        | Operation::GetHealthCheckCount
        | Operation::GetHealthCheckStatus
        | Operation::GetHealthCheckLastFailureReason
        | Operation::GetCheckerIpRanges => Err(not_served(call.asked.operation)),

        Operation::ChangeTagsForResource | Operation::ListTagsForResource | Operation::ListTagsForResources => {
            Err(not_served(call.asked.operation))
        }

        Operation::CreateCidrCollection
        | Operation::ChangeCidrCollection
        | Operation::DeleteCidrCollection
        | Operation::ListCidrCollections
        | Operation::ListCidrLocations
        | Operation::ListCidrBlocks => Err(not_served(call.asked.operation)),

        Operation::ListGeoLocations | Operation::GetGeoLocation => Err(not_served(call.asked.operation)),

        Operation::CreateReusableDelegationSet
        | Operation::GetReusableDelegationSet
        | Operation::ListReusableDelegationSets
        | Operation::DeleteReusableDelegationSet => Err(not_served(call.asked.operation)),

        Operation::AssociateVPCWithHostedZone
        | Operation::DisassociateVPCFromHostedZone
        | Operation::ListHostedZonesByVPC
        | Operation::CreateVPCAssociationAuthorization
        | Operation::ListVPCAssociationAuthorizations
        | Operation::DeleteVPCAssociationAuthorization => Err(not_served(call.asked.operation)),

        Operation::GetAccountLimit | Operation::GetHostedZoneLimit | Operation::GetReusableDelegationSetLimit => {
            Err(not_served(call.asked.operation))
        }

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

        Operation::CreateQueryLoggingConfig
        | Operation::GetQueryLoggingConfig
        | Operation::ListQueryLoggingConfigs
        | Operation::DeleteQueryLoggingConfig => Err(not_served(call.asked.operation)),

        Operation::CreateResourceRecordSetProtections
        | Operation::ListResourceRecordSetProtections
        | Operation::DeleteResourceRecordSetProtections => Err(not_served(call.asked.operation)),

        Operation::UpdateHostedZoneFeatures => Err(not_served(call.asked.operation)),

        Operation::CreateKeySigningKey
        | Operation::ActivateKeySigningKey
        | Operation::DeactivateKeySigningKey
        | Operation::DeleteKeySigningKey
        | Operation::EnableHostedZoneDNSSEC
        | Operation::DisableHostedZoneDNSSEC
        | Operation::GetDNSSEC => Err(not_served(call.asked.operation)),
    }
}

struct To<'a> {
    account: &'a Account,
    call: &'a Call<'a>,
}

impl To<'_> {
    fn run<I: Input>(
        &self,
        operation: fn(&Account, &Caller, I) -> Result<I::Output, ApiError>,
    ) -> Result<Answer, ApiError> {
        self.call.run(|caller, input| operation(self.account, caller, input))
    }
}

/// The name of a zone, of the API or of a file.
fn name_of(account: &Account, id: &str) -> Option<String> {
    let made = account.read(|reader| reader.find::<Zone>(id).map(|zone| zone.name().to_string()));
    made.or_else(|| find_filed(&account.world(), id).map(|zone| zone.name.to_string()))
}

/// For operations whose subject is not there yet.
fn not_served(operation: Operation) -> ApiError {
    ApiError::new(Code::ServiceUnavailable, format!("{} is not served yet.", operation.name()))
}
