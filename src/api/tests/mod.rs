//! The operations, without HTTP: the worked cases of spec §10.17 and what the wire then answers.

mod answer;
mod batches;
mod checks;
mod records;
mod subjects;
mod traffic;
mod zones;

use crate::account::tests::lab::{Lab, caller};
use crate::api::beside::Beside;
use crate::route53::{
    AliasTarget, ApiError, Change, ChangeBatch, ChangeInfo, ChangeResourceRecordSetsRequest, Code,
    CreateHostedZoneRequest, DeleteHostedZoneRequest, ListResourceRecordSetsRequest, ResourceRecord, ResourceRecordSet,
    bare_id,
};

impl Lab {
    /// Makes a public zone; its bare id.
    pub(crate) fn zone(&self, name: &str) -> String {
        let request = CreateHostedZoneRequest {
            name: name.to_owned(),
            caller_reference: format!("reference of {name}"),
            ..CreateHostedZoneRequest::default()
        };
        let made = crate::api::zones::create_hosted_zone(&self.account, &caller(), request).expect("a zone");
        bare_id(&made.hosted_zone.id).to_owned()
    }

    /// Deletes a zone.
    pub(crate) fn unmake(&self, zone: &str) -> Result<ChangeInfo, ApiError> {
        let folder = tempfile::tempdir().expect("a folder");
        self.unmake_beside(&subjects::beside(folder.path()), zone)
    }

    fn unmake_beside(&self, beside: &Beside, zone: &str) -> Result<ChangeInfo, ApiError> {
        let request = DeleteHostedZoneRequest { id: zone.to_owned() };
        crate::api::zones::delete_hosted_zone(&self.account, beside, &caller(), request).map(|gone| gone.change_info)
    }

    /// Makes a record set of one value.
    pub(crate) fn put(&self, zone: &str, name: &str, rtype: &str, value: &str) {
        self.change(zone, vec![create(values(name, rtype, &[value]))]).expect("a record set");
    }

    fn change(&self, zone: &str, changes: Vec<Change>) -> Result<ChangeInfo, ApiError> {
        let request = ChangeResourceRecordSetsRequest {
            hosted_zone_id: zone.to_owned(),
            change_batch: ChangeBatch { comment: None, changes },
        };
        crate::api::records::change_resource_record_sets(&self.account, &caller(), request).map(|done| done.change_info)
    }

    /// The messages of a refused batch, with its code.
    fn refused(&self, zone: &str, changes: Vec<Change>) -> (Code, String) {
        let before = self.listed(zone);
        let error = self.change(zone, changes).expect_err("a refusal");
        assert_eq!(self.listed(zone), before, "nothing of it happened (I-3)");
        (error.code, error.message)
    }

    /// Every record set of a zone, page by page.
    fn listed(&self, zone: &str) -> Vec<ResourceRecordSet> {
        let mut all = Vec::new();
        let mut request = ListResourceRecordSetsRequest { hosted_zone_id: zone.to_owned(), ..Default::default() };
        loop {
            let page = crate::api::records::list_resource_record_sets(&self.account, &caller(), request.clone())
                .expect("a page");
            all.extend(page.resource_record_sets);
            if !page.is_truncated {
                return all;
            }
            request.start_record_name = page.next_record_name;
            request.start_record_type = page.next_record_type;
            request.start_record_identifier = page.next_record_identifier;
        }
    }
}

fn values(name: &str, rtype: &str, values: &[&str]) -> ResourceRecordSet {
    let record = |value: &&str| ResourceRecord { value: (*value).to_owned() };
    ResourceRecordSet {
        name: name.to_owned(),
        r#type: rtype.to_owned(),
        ttl: Some(300),
        resource_records: Some(values.iter().map(record).collect()),
        ..ResourceRecordSet::default()
    }
}

fn alias(name: &str, rtype: &str, zone: &str, to: &str) -> ResourceRecordSet {
    let target =
        AliasTarget { hosted_zone_id: zone.to_owned(), dns_name: to.to_owned(), evaluate_target_health: false };
    ResourceRecordSet {
        name: name.to_owned(),
        r#type: rtype.to_owned(),
        alias_target: Some(target),
        ..ResourceRecordSet::default()
    }
}

fn weighted(name: &str, id: &str, weight: i64, value: &str) -> ResourceRecordSet {
    ResourceRecordSet { set_identifier: Some(id.to_owned()), weight: Some(weight), ..values(name, "A", &[value]) }
}

fn change(action: &str, resource_record_set: ResourceRecordSet) -> Change {
    Change { action: action.to_owned(), resource_record_set }
}

fn create(set: ResourceRecordSet) -> Change {
    change("CREATE", set)
}

fn delete(set: ResourceRecordSet) -> Change {
    change("DELETE", set)
}

fn upsert(set: ResourceRecordSet) -> Change {
    change("UPSERT", set)
}
