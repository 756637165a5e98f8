//! VPCs that private zones are tied to: views of the configuration, or empty ones that clients made (Z-24 … Z-26).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::page::{cut, start, token};
use super::zone::{self, Zone, tied};
use super::{Draft, Reader, filed, order, refusal};
use crate::model::{HostedZone, Name, ViewId, Visibility};
use crate::route53::{
    ApiError, ChangeInfo, Code, HostedZoneOwner, HostedZoneSummary, ListHostedZonesByVPCRequest,
    ListHostedZonesByVPCResponse, ListVPCAssociationAuthorizationsRequest, ListVPCAssociationAuthorizationsResponse,
    VPC, bare_id,
};
use crate::snapshot::World;

/// The account that owns everything here.
pub const ACCOUNT: &str = "000000000000";

/// A VPC that a zone may be tied to by whoever owns it (Z-26); all is one account's here, so that nothing needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authorization(VPC);

/// A VPC whose id and Region are both said.
pub fn judge(vpc: &VPC) -> Result<(&str, &str), ApiError> {
    let said = |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    match vpc {
        VPC { vpc_id: Some(id), vpc_region: Some(region) } if said(&vpc.vpc_id) && said(&vpc.vpc_region) => {
            // Keys are cut at slashes.
            match id.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'/') {
                true => Ok((id, region)),
                false => Err(ApiError::new(Code::InvalidVPCId, "The VPC ID is invalid.")),
            }
        }
        _ => Err(ApiError::new(Code::InvalidVPCId, "The VPC ID is invalid.")),
    }
}

/// Whether they are one VPC. Zones that were imported have VPCs without a Region, whose ids alone tell.
fn is_same(one: &VPC, other: &VPC) -> bool {
    let is_known = one.vpc_region.is_some() && other.vpc_region.is_some();
    one.vpc_id == other.vpc_id && (!is_known || one.vpc_region == other.vpc_region)
}

fn sees(zone: &HostedZone, view: &ViewId) -> bool {
    matches!(&zone.visibility, Visibility::Private { views } if views.contains(view))
}

/// Whether a private zone of this name may be tied to a VPC: it is one, and sees no other zone of the name (Z-25).
pub fn check_tie(draft: &Draft<'_>, name: &Name, vpc: &VPC) -> Result<(), ApiError> {
    let (id, region) = judge(vpc)?;
    let within = format!("{}{} ", tied(vpc), name.listed());
    let made = draft.reader().index(&within, "").next().map(|(_, id)| id.to_owned());
    let view = ViewId(id.into());
    let is_other = |zone: &&Arc<HostedZone>| zone.name == *name && sees(zone, &view);
    let other = made.or_else(|| filed::zones(draft.world()).find(is_other).map(|zone| zone.id.0.to_string()));
    match other {
        None => Ok(()),
        Some(other) => Err(ApiError::new(
            Code::ConflictingDomainExists,
            format!(
                "The VPC {id} in region {region} has already been associated with the hosted zone {other} with the same \
                 domain name."
            ),
        )),
    }
}

/// Ties a private zone to one more VPC, which sees no other zone of that name.
pub fn associate(
    draft: &mut Draft<'_>,
    zone: &Zone,
    vpc: VPC,
    comment: Option<String>,
) -> Result<ChangeInfo, ApiError> {
    if !zone.is_private() {
        let what = "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support associating \
                    a VPC with a public hosted zone.";
        return Err(ApiError::new(Code::PublicZoneVPCAssociation, what));
    }
    check_tie(draft, &zone.name(), &vpc)?;
    let most = draft.settings().quotas.vpcs;
    if zone.vpcs.len() as u64 >= most {
        let what = format!("Limits Exceeded: MAX_VPCS_ASSOCIATED_BY_ZONE - a hosted zone has at most {most} VPCs.");
        return Err(ApiError::new(Code::LimitsExceeded, what));
    }
    let mut zone = zone.clone();
    zone.vpcs.push(vpc);
    let id = zone.id().to_owned();
    draft.put(&id, zone);
    Ok(draft.change(comment))
}

/// Unties a private zone from a VPC, which must not be its last.
pub fn disassociate(
    draft: &mut Draft<'_>,
    zone: &str,
    vpc: &VPC,
    comment: Option<String>,
) -> Result<ChangeInfo, ApiError> {
    let mut zone = (*draft.zone(zone)?).clone();
    let (id, region) = judge(vpc)?;
    let Some(at) = zone.vpcs.iter().position(|tied| is_same(tied, vpc)) else {
        let what = format!("The VPC {id} in Region {region} is not associated with the hosted zone {}.", zone.id());
        return Err(ApiError::new(Code::VPCAssociationNotFound, what));
    };
    if zone.vpcs.len() == 1 {
        let what = format!(
            "The VPC {id} is the last VPC that is associated with the hosted zone {}, and cannot be disassociated.",
            zone.id()
        );
        return Err(ApiError::new(Code::LastVPCAssociation, what));
    }
    zone.vpcs.remove(at);
    let id = zone.id().to_owned();
    draft.put(&id, zone);
    Ok(draft.change(comment))
}

/// A page of the private zones that a VPC sees, by name; those of files among them.
pub fn zones(
    reader: Reader<'_>,
    world: &World,
    asked: ListHostedZonesByVPCRequest,
) -> Result<ListHostedZonesByVPCResponse, ApiError> {
    let ListHostedZonesByVPCRequest { vpc_id, vpc_region, max_items, next_token } = asked;
    let vpc = VPC { vpc_id: Some(vpc_id), vpc_region: Some(vpc_region) };
    let (id, _) = judge(&vpc)?;
    let most = refusal::page(max_items.as_deref(), 100, 100)?;
    let list = format!("vpc/{id}");
    let begin = start(&list, next_token.as_deref())?.unwrap_or_default();
    let words = tied(&vpc);
    let made = reader.index(&words, &format!("{words}{begin}")).filter_map(|(word, id)| {
        let zone = reader.find::<Zone>(id).filter(|zone| zone.vpcs.iter().any(|tied| is_same(tied, &vpc)))?;
        Some((word.strip_prefix(&*words)?.to_owned(), id.to_owned(), zone.name().to_route53()))
    });
    let view = ViewId(id.into());
    let filed = filed::zones(world)
        .filter(|zone| sees(zone, &view))
        .map(|zone| (order::zone(&zone.name, &zone.id.0), zone.id.0.to_string(), zone.name.to_route53()));
    let mut all: Vec<_> = filed.filter(|(place, ..)| *place >= begin).collect();
    all.extend(made.take(most + 1));
    all.sort();
    let (page, next) = cut(all.into_iter(), most);
    let owner = HostedZoneOwner { owning_account: Some(ACCOUNT.to_owned()), owning_service: None };
    let summary = |(_, hosted_zone_id, name)| HostedZoneSummary { hosted_zone_id, name, owner: owner.clone() };
    Ok(ListHostedZonesByVPCResponse {
        hosted_zone_summaries: page.into_iter().map(summary).collect(),
        max_items: most.to_string(),
        next_token: next.map(|(place, ..)| token(&list, &place)),
    })
}

/// Allows a VPC's owner to tie it to a zone.
pub fn authorize(draft: &mut Draft<'_>, zone: &str, vpc: VPC) -> Result<(), ApiError> {
    let zone = draft.zone(zone)?;
    let (id, _) = judge(&vpc)?;
    if !zone.is_private() {
        let what =
            format!("Invalid parameter : hosted zone {} is public, so no VPC can be authorized for it", zone.id());
        return Err(ApiError::invalid_input(what));
    }
    let document = format!("{}/{id}", zone.id());
    let is_new = draft.reader().find::<Authorization>(&document).is_none();
    let most = draft.settings().quotas.vpc_authorizations;
    if is_new && draft.reader().count::<Authorization>(&format!("{}/", zone.id())) as u64 >= most {
        let what =
            format!("There are {most} authorizations for the hosted zone {} already, as many as can be.", zone.id());
        return Err(ApiError::new(Code::TooManyVPCAssociationAuthorizations, what));
    }
    draft.put(&document, Authorization(vpc));
    Ok(())
}

/// Takes an authorization back; an association that was made by it stays (Z-26).
pub fn deauthorize(draft: &mut Draft<'_>, zone: &str, vpc: &VPC) -> Result<(), ApiError> {
    let zone = draft.zone(zone)?;
    let (id, region) = judge(vpc)?;
    let document = format!("{}/{id}", zone.id());
    if draft.reader().find::<Authorization>(&document).is_none_or(|authorized| authorized.0 != *vpc) {
        let what = format!("The VPC {id} in Region {region} is not authorized for the hosted zone {}.", zone.id());
        return Err(ApiError::new(Code::VPCAssociationAuthorizationNotFound, what));
    }
    draft.remove::<Authorization>(&document);
    Ok(())
}

/// A page of the VPCs that are authorized for a zone, by id; 50 unless told and at most.
pub fn authorizations(
    reader: Reader<'_>,
    world: &World,
    asked: &ListVPCAssociationAuthorizationsRequest,
) -> Result<ListVPCAssociationAuthorizationsResponse, ApiError> {
    let id = bare_id(&asked.hosted_zone_id);
    zone::known(reader, world, id)?;
    let most = refusal::page(asked.max_results.as_deref(), 50, 50)?;
    let list = format!("authorized/{id}");
    let begin = start(&list, asked.next_token.as_deref())?.unwrap_or_default();
    let within = format!("{id}/");
    let (page, next) = cut(reader.list::<Authorization>(&within, &format!("{within}{begin}")), most);
    Ok(ListVPCAssociationAuthorizationsResponse {
        hosted_zone_id: id.to_owned(),
        next_token: next.map(|(place, _)| token(&list, place.strip_prefix(&*within).unwrap_or(place))),
        vpcs: page.into_iter().map(|(_, authorized)| authorized.0.clone()).collect(),
    })
}

pub(super) fn index(_: &Authorization, _: &str) -> Vec<String> {
    Vec::new()
}
