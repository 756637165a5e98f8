//! Zones of files, taken over: the same zone under the same id, from then on the API's.

use std::sync::Arc;

use super::zone::Zone;
use super::{Account, filed, record};
use crate::model::{HostedZone, Name, Target, Visibility};
use crate::route53::{ApiError, Caller, Code, DelegationSet, HostedZoneConfig, ResourceRecordSet, VPC, bare_id};
use crate::store::{Options, unmapped};

impl Account {
    /// Takes a zone over as it stands; `records` are its record sets as the API lists them. What the file still says of
    /// a zone that has the id is no longer served.
    pub fn import(&self, caller: &Caller, zone: &HostedZone, records: Vec<ResourceRecordSet>) -> Result<(), ApiError> {
        let id: Arc<str> = zone.id.0.clone();
        let refuse = |message: String| Err(ApiError::new(Code::InvalidInput, message));
        if id.contains('/') || bare_id(&id) != &*id {
            return refuse(format!("The id {id} has a slash, which ids of the API have not; give the zone another."));
        }
        let settings = self.settings();
        if let Some(of) = lost_provider(zone, &settings.options) {
            return refuse(format!(
                "The aliases to {of} are answered by a [[provider]] of the zone's file; move it to waymark.toml."
            ));
        }
        let world = self.world();
        let region = |id: &str| {
            let view = world.snapshot.catalog.views().iter().find(|view| *view.id.0 == *id);
            view.and_then(|view| view.region).map(|region| region.code().to_owned())
        };
        let vpcs: Vec<VPC> = match &zone.visibility {
            Visibility::Public { .. } => Vec::new(),
            Visibility::Private { views } => {
                let vpc = |id: &str| VPC { vpc_id: Some(id.to_owned()), vpc_region: region(id) };
                views.iter().map(|view| vpc(&view.0)).collect()
            }
        };
        self.transact(caller, "Import", |draft| {
            if draft.reader().find::<Zone>(&id).is_some() {
                let message = format!("There is a hosted zone {id} already, made by the API.");
                return Err(ApiError::new(Code::HostedZoneAlreadyExists, message));
            }
            let hosted_zone = crate::route53::HostedZone {
                id: id.to_string(),
                name: zone.name.to_route53(),
                caller_reference: format!("import {id} {}", caller.at),
                config: Some(HostedZoneConfig {
                    comment: Some(zone.comment.clone()).filter(|comment| !comment.is_empty()),
                    private_zone: Some(!vpcs.is_empty()),
                }),
                ..crate::route53::HostedZone::default()
            };
            let name_servers = filed::servers_of_whole(zone);
            let delegation_set = DelegationSet { name_servers, ..DelegationSet::default() };
            for set in records {
                let name =
                    Name::parse_route53(&set.name).map_err(|error| ApiError::invalid_input(error.to_string()))?;
                draft.put_record(&record::id(&id, &name, &set.r#type, set.set_identifier.as_deref()), set);
            }
            draft.put(&id, Zone { hosted_zone, delegation_set, vpcs });
            draft.change(Some(format!("imported from {}", zone.at.file)));
            Ok(())
        })
    }
}

/// The target of an alias that would be answered otherwise, as the configuration alone does not say how.
fn lost_provider(zone: &HostedZone, options: &Options) -> Option<Arc<str>> {
    let mut aliases = zone.groups.iter().flat_map(|((_, rtype), group)| {
        group.routing.candidates().into_iter().map(|candidate| (*rtype, candidate.target))
    });
    aliases.find_map(|(rtype, target)| {
        let Target::Provider { of, evaluate, .. } = target else { return None };
        let name = Name::parse(of, Some(&Name::root())).ok()?;
        let found = options.external(&name, rtype, *evaluate).unwrap_or_else(|| unmapped(&name, *evaluate));
        (found != *target).then(|| of.clone())
    })
}
