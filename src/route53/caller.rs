//! Who asks, and what they may.

use std::sync::Arc;

use super::error::ApiError;
use super::operations::{Code, Operation};

/// Who asks for an operation, as it is judged and written into the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What their key is called.
    pub who: Arc<str>,
    /// What they may.
    pub rights: Rights,
    /// The id of the request, which the response repeats.
    pub request: Arc<str>,
    /// When the request was taken up, in milliseconds since 1970.
    pub at: i64,
}

/// What the holder of a key may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Whether they may change anything; if not, they may what [`Operation::only_reads`].
    pub may_write: bool,
    /// The zones they are held to, by id or by name with a dot at its end; `None` for everything.
    pub zones: Option<Arc<[Arc<str>]>>,
}

impl Rights {
    /// Everything.
    pub const ALL: Self = Self { may_write: true, zones: None };

    /// Refuses an operation on a resource, of which only the kind and id are told: `hostedzone/Z1`. Whoever is held
    /// to zones may change those and read what is theirs or nobody's; `zone` are the id and the name of the zone
    /// that the operation is about, where path or query tell it. What is asked for by another id may be any zone's.
    pub fn judge(&self, who: &str, operation: Operation, zone: Option<(&str, Option<&str>)>) -> Result<(), ApiError> {
        let is_allowed = (self.may_write || operation.only_reads())
            && match (&self.zones, zone) {
                (None, _) => true,
                (Some(zones), Some((id, name))) => zones.iter().any(|zone| **zone == *id || Some(&**zone) == name),
                (Some(_), None) => operation.only_reads() && !hides_its_zone(operation),
            };
        if is_allowed {
            return Ok(());
        }
        let resource = zone.map_or_else(|| "*".to_owned(), |(id, _)| format!("arn:aws:route53:::hostedzone/{id}"));
        let message = format!(
            "User: arn:aws:iam::000000000000:user/{who} is not authorized to perform: route53:{} on resource: {resource}",
            operation.name()
        );
        Err(ApiError::new(Code::AccessDenied, message))
    }
}

/// Whether an operation reads what belongs to a zone that it does not tell.
fn hides_its_zone(operation: Operation) -> bool {
    let hiding =
        [Operation::GetQueryLoggingConfig, Operation::GetTrafficPolicyInstance, Operation::ListTagsForResources];
    hiding.contains(&operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_end_where_they_are_told_to() {
        let may = |rights: &Rights, operation, zone| rights.judge("ci", operation, zone).is_ok();
        let change = Operation::ChangeResourceRecordSets;
        let (mine, other) = (Some(("Z1", Some("example.com."))), Some(("Z2", Some("example.org."))));
        assert!(may(&Rights::ALL, Operation::CreateHostedZone, None) && may(&Rights::ALL, change, other));

        let reads = Rights { may_write: false, zones: None };
        assert!(may(&reads, Operation::ListHostedZones, None) && may(&reads, Operation::ListTagsForResources, None));
        assert!(!may(&reads, change, mine) && !may(&reads, Operation::DeleteHealthCheck, None));

        for zone in ["Z1", "example.com."] {
            let held = Rights { may_write: true, zones: Some([zone.into()].into()) };
            assert!(may(&held, change, mine) && may(&held, Operation::ListHostedZones, None), "{zone}");
            assert!(!may(&held, change, other) && !may(&held, Operation::ListResourceRecordSets, other), "{zone}");
            assert!(!may(&held, Operation::CreateHostedZone, None), "{zone}");
            assert!(!may(&held, Operation::ListTagsForResources, None), "{zone}: their zones are in the body");
        }
        let error = reads.judge("ci", change, mine).unwrap_err();
        assert_eq!((error.code, error.status()), (Code::AccessDenied, 403));
        let said = "user/ci is not authorized to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1";
        assert!(error.message.ends_with(said), "{error}");
    }
}
