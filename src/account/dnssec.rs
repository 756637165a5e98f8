//! Key-signing keys of zones and their states (S-1 … S-7). Nothing is signed yet, and no zone says it is.

use serde::{Deserialize, Serialize};

use super::{Draft, Reader, refusal, signing_key, timestamp, zone};
use crate::model::Name;
use crate::route53::{
    ApiError, ChangeInfo, Code, CreateKeySigningKeyRequest, CreateKeySigningKeyResponse, DNSSECStatus,
    GetDNSSECResponse, KeySigningKey, bare_id,
};
use crate::snapshot::World;

const ACTIVE: &str = "ACTIVE";
const INACTIVE: &str = "INACTIVE";

/// The keys of one zone, in the order they were made; never none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keys(Vec<Key>);

/// A key as it is kept: as it is shown, and the request that made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    caller_reference: String,
    #[serde(flatten)]
    shown: KeySigningKey,
}

pub(super) fn index(_: &Keys, _: &str) -> Vec<String> {
    Vec::new()
}

impl Key {
    fn is_called(&self, name: &str) -> bool {
        self.shown.name.as_deref() == Some(name)
    }

    fn has_status(&self, status: &str) -> bool {
        self.shown.status.as_deref() == Some(status)
    }
}

fn no_such_key(name: &str) -> ApiError {
    ApiError::new(Code::NoSuchKeySigningKey, format!("The key-signing key {name} does not exist."))
}

fn of_private_zone() -> ApiError {
    // Terraform looks for these words.
    ApiError::new(Code::InvalidArgument, "Operation is unsupported for private hosted zones")
}

/// A public zone that clients made, and its keys.
fn zone(draft: &Draft<'_>, id: &str) -> Result<(String, Name, Vec<Key>), ApiError> {
    let zone = draft.zone(id)?;
    if zone.is_private() {
        return Err(of_private_zone());
    }
    let keys = draft.reader().find::<Keys>(zone.id()).map(|keys| keys.0.clone()).unwrap_or_default();
    Ok((zone.id().to_owned(), zone.name(), keys))
}

fn keep(draft: &mut Draft<'_>, zone: &str, keys: Vec<Key>) -> ChangeInfo {
    match keys.is_empty() {
        true => draft.remove::<Keys>(zone),
        false => draft.put(zone, Keys(keys)),
    }
    draft.change(None)
}

/// What is known of a zone's signing: that there is none, and its keys (S-7).
pub fn find(reader: Reader<'_>, world: &World, id: &str) -> Result<GetDNSSECResponse, ApiError> {
    let id = bare_id(id);
    if zone::is_private(reader, world, id)? {
        return Err(of_private_zone());
    }
    let keys = reader.find::<Keys>(id).map(|keys| keys.0.clone()).unwrap_or_default();
    Ok(GetDNSSECResponse {
        status: DNSSECStatus { serve_signature: Some("NOT_SIGNING".to_owned()), status_message: None },
        key_signing_keys: keys.into_iter().map(|key| key.shown).collect(),
    })
}

/// Makes a key: the KMS ARN names the pair in `STATE/keys`, which is made where there is none (S-1, S-2).
pub fn create(
    draft: &mut Draft<'_>,
    input: CreateKeySigningKeyRequest,
) -> Result<CreateKeySigningKeyResponse, ApiError> {
    let CreateKeySigningKeyRequest { caller_reference, hosted_zone_id, key_management_service_arn: arn, name, status } =
        input;
    let (zone, apex, mut keys) = zone(draft, &hosted_zone_id)?;
    if !(3..=128).contains(&name.len()) || !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_') {
        let what = format!("The key-signing key name {name} is not made of 3 to 128 letters, digits and underscores.");
        return Err(ApiError::new(Code::InvalidKeySigningKeyName, what));
    }
    if ![ACTIVE, INACTIVE].contains(&&*status) {
        let what = format!("The status of a new key-signing key is {ACTIVE} or {INACTIVE}, not {status}.");
        return Err(ApiError::new(Code::InvalidKeySigningKeyStatus, what));
    }
    let Some(file) = signing_key::file_of(&arn) else {
        let what = format!("{arn} is not the ARN of a key in us-east-1: arn:aws:kms:us-east-1:000000000000:key/ID");
        return Err(ApiError::new(Code::InvalidKMSArn, what));
    };
    let is_taken = |key: &Key| {
        key.is_called(&name) || key.shown.kms_arn.as_ref() == Some(&arn) || key.caller_reference == caller_reference
    };
    if keys.iter().any(is_taken) {
        let what =
            format!("Hosted zone {zone} already has a key-signing key with this name, key ARN or caller reference.");
        return Err(ApiError::new(Code::KeySigningKeyAlreadyExists, what));
    }
    let most = draft.settings().quotas.key_signing_keys;
    if keys.len() as u64 >= most {
        let what = format!("Hosted zone {zone} already has {most} key-signing keys, as many as there can be.");
        return Err(ApiError::new(Code::TooManyKeySigningKeys, what));
    }
    let public = signing_key::open(&draft.settings().keys, &file).map_err(|error| {
        let what = format!("The key of {arn} cannot be used: {}: {error}", draft.settings().keys.join(&file).display());
        ApiError::new(Code::InvalidKMSArn, what)
    })?;
    let now = timestamp(draft.caller().at);
    let shown = KeySigningKey {
        name: Some(name.clone()),
        kms_arn: Some(arn),
        flag: Some(signing_key::FLAGS.into()),
        signing_algorithm_mnemonic: Some("ECDSAP256SHA256".to_owned()),
        signing_algorithm_type: Some(signing_key::ALGORITHM.into()),
        digest_algorithm_mnemonic: Some("SHA-256".to_owned()),
        digest_algorithm_type: Some(signing_key::DIGEST.into()),
        key_tag: Some(public.tag().into()),
        digest_value: Some(public.digest(&apex)),
        public_key: Some(public.text()),
        ds_record: Some(public.ds(&apex)),
        dnskey_record: Some(public.dnskey()),
        status: Some(status),
        status_message: None,
        created_date: Some(now.clone()),
        last_modified_date: Some(now),
    };
    keys.push(Key { caller_reference, shown: shown.clone() });
    let change_info = keep(draft, &zone, keys);
    let location = refusal::location("keysigningkey", &format!("{zone}/{name}"));
    Ok(CreateKeySigningKeyResponse { change_info, key_signing_key: shown, location })
}

/// Gives a key another status.
fn turn(draft: &mut Draft<'_>, id: &str, name: &str, to: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, mut keys) = zone(draft, id)?;
    let now = timestamp(draft.caller().at);
    let key = keys.iter_mut().find(|key| key.is_called(name)).ok_or_else(|| no_such_key(name))?;
    if !key.has_status(to) {
        key.shown.status = Some(to.to_owned());
        key.shown.last_modified_date = Some(now);
    }
    Ok(keep(draft, &zone, keys))
}

/// Has a key sign once there is signing.
pub fn activate(draft: &mut Draft<'_>, zone: &str, name: &str) -> Result<ChangeInfo, ApiError> {
    turn(draft, zone, name, ACTIVE)
}

/// Has a key sign no more; none is in use as long as nothing is signed (S-5).
pub fn deactivate(draft: &mut Draft<'_>, zone: &str, name: &str) -> Result<ChangeInfo, ApiError> {
    turn(draft, zone, name, INACTIVE)
}

/// Deletes a key that is inactive (S-4). Its pair stays in its file: another zone may name it too.
pub fn delete(draft: &mut Draft<'_>, id: &str, name: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, mut keys) = zone(draft, id)?;
    let at = keys.iter().position(|key| key.is_called(name)).ok_or_else(|| no_such_key(name))?;
    if !keys[at].has_status(INACTIVE) {
        let what = format!("The key-signing key {name} is {ACTIVE}: it must be {INACTIVE} to be deleted.");
        return Err(ApiError::new(Code::InvalidKeySigningKeyStatus, what));
    }
    keys.remove(at);
    Ok(keep(draft, &zone, keys))
}

/// Refuses to have a zone signed: what is missing for it in Route 53's order, then that nothing can sign here (S-4).
pub fn enable(draft: &mut Draft<'_>, id: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, keys) = zone(draft, id)?;
    if !keys.iter().any(|key| key.has_status(ACTIVE)) {
        let what = format!("Hosted zone {zone} has no key-signing key with the status {ACTIVE}.");
        return Err(ApiError::new(Code::KeySigningKeyWithActiveStatusNotFound, what));
    }
    let what = format!("Waymark does not sign zones yet: hosted zone {zone} stays NOT_SIGNING, its keys are kept.");
    Err(ApiError::new(Code::InvalidArgument, what))
}

/// Leaves a zone unsigned, which it is.
pub fn disable(draft: &mut Draft<'_>, id: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, keys) = zone(draft, id)?;
    if keys.is_empty() {
        let what = format!("Hosted zone {zone} doesn't have any DNSSEC resources.");
        return Err(ApiError::new(Code::DNSSECNotFound, what));
    }
    Ok(draft.change(None))
}
