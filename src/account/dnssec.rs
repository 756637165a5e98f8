//! Key-signing keys of zones and their states, and which zones are signed (S-1 … S-8).

use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Draft, Reader, Settings, filed, refusal, signing_key, timestamp, uuid, zone};
use crate::keys;
use crate::model::signing::{self, Algorithm};
use crate::model::{Name, Problem};
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

/// That a zone is signed: the file of the key that signs it (S-8), and its change (S-9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Signing {
    /// The key that signs.
    pub(super) now: ZoneKeyFile,
    /// The one that is to sign, published already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<ZoneKeyFile>,
    /// The one that signed before, still published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<ZoneKeyFile>,
}

/// A key of a zone, and since when it is what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ZoneKeyFile {
    /// Its file.
    pub(super) file: String,
    /// Its public half in base64, so that it can be published while the file is out of reach.
    pub(super) public: String,
    /// Milliseconds since 1970.
    pub(super) at: i64,
}

pub(super) fn index_signing(_: &Signing, _: &str) -> Vec<String> {
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

/// Whether a zone is signed.
pub(super) fn is_signed(reader: Reader<'_>, zone: &str) -> bool {
    reader.find::<Signing>(zone).is_some()
}

/// When keys are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Nothing is served yet: a key that is out of reach is logged, and what it should sign is not served to those who
    /// ask for signatures. All else is.
    Start,
    /// The zone is served: a key that is out of reach leaves it as it is.
    Change,
}

/// How a zone is signed: by its zone key, whose keys every active key-signing key signs (S-8).
pub(super) fn signing(
    reader: Reader<'_>,
    settings: &Settings,
    zone: &str,
    opening: Opening,
    problems: &mut Vec<Problem>,
) -> Option<Arc<signing::Signing>> {
    let Signing { now, next, last } = &**reader.find::<Signing>(zone)?;
    let mut open = |file: &str, public: &str, is_entry: bool| {
        let path = settings.keys.join(file);
        let read = keys::Key::read(&path, Algorithm::EcdsaP256).and_then(|key| {
            let of_zone = key.of_zone(is_entry);
            match keys::text(&of_zone) == public {
                true => Ok((of_zone, key.salt())),
                false => Err(io::Error::new(io::ErrorKind::InvalidData, "it holds another key than the zone's")),
            }
        });
        read.map_err(|error| {
            let what = format!("hosted zone {zone} cannot be signed: its key {}: {error}", path.display());
            let mend = "put the file back as it was and restart";
            match opening {
                Opening::Start => tracing::error!("{what}; {mend}"),
                Opening::Change => problems.push(Problem::error(&filed::at(0), what, mend)),
            }
        })
        .or_else(|()| match opening {
            Opening::Start => keys::lost(Algorithm::EcdsaP256, public, is_entry).map(|key| (key, [0; 2])).ok_or(()),
            Opening::Change => Err(()),
        })
        .ok()
    };
    let (zone_key, salt) = open(&now.file, &now.public, false)?;
    let keys = reader.find::<Keys>(zone).map(|keys| keys.0.clone()).unwrap_or_default();
    let active = keys.iter().filter(|key| key.has_status(ACTIVE)).filter_map(|key| {
        let file = key.shown.kms_arn.as_deref().and_then(signing_key::file_of)?;
        Some((file, key.shown.public_key.as_deref().unwrap_or_default()))
    });
    let entries: Option<_> = active.map(|(file, public)| open(&file, public, true).map(|(key, _)| key)).collect();
    // What only is published needs no file.
    let published = |key: &ZoneKeyFile| Some(keys::lost(Algorithm::EcdsaP256, &key.public, false)?.dnskey);
    let beside = next.iter().chain(last).filter_map(published).collect();
    Some(Arc::new(signing::Signing { entries: entries?, zone: [zone_key].into(), beside, cds: Box::default(), salt }))
}

/// What is known of a zone's signing: whether it is signed, and its keys (S-7).
pub fn find(reader: Reader<'_>, world: &World, id: &str) -> Result<GetDNSSECResponse, ApiError> {
    let id = bare_id(id);
    if zone::is_private(reader, world, id)? {
        return Err(of_private_zone());
    }
    let keys = reader.find::<Keys>(id).map(|keys| keys.0.clone()).unwrap_or_default();
    let serve_signature = if is_signed(reader, id) { "SIGNING" } else { "NOT_SIGNING" };
    Ok(GetDNSSECResponse {
        status: DNSSECStatus { serve_signature: Some(serve_signature.to_owned()), status_message: None },
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
        // ARNs of several partitions may stand for one file.
        let other = key.shown.kms_arn.as_deref().and_then(signing_key::file_of);
        key.is_called(&name) || other.as_ref() == Some(&file) || key.caller_reference == caller_reference
    };
    if keys.iter().any(is_taken) {
        let what =
            format!("Hosted zone {zone} already has a key-signing key with this name, key ARN or caller reference.");
        return Err(ApiError::new(Code::KeySigningKeyAlreadyExists, what));
    }
    let most = draft.settings().quotas.key_signing_keys.min(signing::MOST_ENTRIES as u64);
    if keys.len() as u64 >= most {
        let what = format!("Hosted zone {zone} already has {most} key-signing keys, as many as there can be.");
        return Err(ApiError::new(Code::TooManyKeySigningKeys, what));
    }
    let public = open(&draft.settings().keys, &file, &arn)?.of_zone(true);
    let now = timestamp(draft.caller().at);
    let shown = KeySigningKey {
        name: Some(name.clone()),
        kms_arn: Some(arn),
        flag: Some(public.flags().into()),
        signing_algorithm_mnemonic: Some(public.algorithm.name().to_owned()),
        signing_algorithm_type: Some(public.algorithm.number().into()),
        digest_algorithm_mnemonic: Some("SHA-256".to_owned()),
        digest_algorithm_type: Some(keys::DIGEST.into()),
        key_tag: Some(public.tag.into()),
        digest_value: Some(keys::fingerprint(&public, &apex)),
        public_key: Some(keys::text(&public)),
        ds_record: Some(keys::ds(&public, &apex)),
        dnskey_record: Some(keys::dnskey(&public)),
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

/// The pair of a file, made where there is none.
fn open(folder: &Path, file: &str, arn: &str) -> Result<keys::Key, ApiError> {
    let path = folder.join(file);
    keys::Key::open(&path, Algorithm::EcdsaP256).map_err(|error| {
        let what = format!("The key of {arn} cannot be used: {}: {error}", path.display());
        ApiError::new(Code::InvalidKMSArn, what)
    })
}

/// Makes a key for a zone, on disk when this returns.
pub(super) fn new_key(draft: &Draft<'_>) -> Result<ZoneKeyFile, ApiError> {
    let file = format!("zone-{}.p8", uuid());
    let key = open(&draft.settings().keys, &file, "hosted zone")?.of_zone(false);
    Ok(ZoneKeyFile { file, public: keys::text(&key), at: draft.caller().at })
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

/// Has a key sign the keys of its zone, where that is signed.
pub fn activate(draft: &mut Draft<'_>, zone: &str, name: &str) -> Result<ChangeInfo, ApiError> {
    turn(draft, zone, name, ACTIVE)
}

/// Has a key sign no more; the last one that signs a signed zone stays (S-5).
pub fn deactivate(draft: &mut Draft<'_>, zone: &str, name: &str) -> Result<ChangeInfo, ApiError> {
    let (id, _, keys) = self::zone(draft, zone)?;
    let is_last = !keys.iter().any(|key| key.has_status(ACTIVE) && !key.is_called(name));
    let is_active = keys.iter().any(|key| key.has_status(ACTIVE) && key.is_called(name));
    if is_active && is_last && is_signed(draft.reader(), &id) {
        let what = format!("The key-signing key {name} is the only one that signs hosted zone {id}.");
        return Err(ApiError::new(Code::KeySigningKeyInUse, what));
    }
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

/// Has a zone signed from now on: by a key of its own, whose keys its active key-signing keys sign (S-4, S-8).
pub fn enable(draft: &mut Draft<'_>, id: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, keys) = zone(draft, id)?;
    if !keys.iter().any(|key| key.has_status(ACTIVE)) {
        let what = format!("Hosted zone {zone} has no key-signing key with the status {ACTIVE}.");
        return Err(ApiError::new(Code::KeySigningKeyWithActiveStatusNotFound, what));
    }
    if !is_signed(draft.reader(), &zone) {
        let now = new_key(draft)?;
        draft.put(&zone, Signing { now, next: None, last: None });
    }
    Ok(draft.change(None))
}

/// Has a zone signed as [`enable`] does, by a key that is made for it where it has none.
pub fn sign(draft: &mut Draft<'_>, id: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, keys) = zone(draft, id)?;
    if keys.is_empty() {
        let input = CreateKeySigningKeyRequest {
            caller_reference: uuid(),
            hosted_zone_id: zone.clone(),
            key_management_service_arn: format!("arn:aws:kms:us-east-1:000000000000:key/{}", uuid()),
            name: "waymark".to_owned(),
            status: ACTIVE.to_owned(),
        };
        create(draft, input)?;
    }
    enable(draft, &zone)
}

/// Leaves a zone unsigned from now on.
pub fn disable(draft: &mut Draft<'_>, id: &str) -> Result<ChangeInfo, ApiError> {
    let (zone, _, keys) = zone(draft, id)?;
    if keys.is_empty() {
        let what = format!("Hosted zone {zone} doesn't have any DNSSEC resources.");
        return Err(ApiError::new(Code::DNSSECNotFound, what));
    }
    draft.remove::<Signing>(&zone);
    Ok(draft.change(None))
}
