//! CIDR collections that clients made: locations, their blocks, and the version that counts changes (P-53, P-60).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::page::{cut, start, token};
use super::{Draft, Reader, filed, ids, refusal};
use crate::model::CidrCollection as Model;
use crate::model::view::Block;
use crate::route53::{
    ApiError, ChangeCidrCollectionRequest, ChangeCidrCollectionResponse, CidrBlockSummary, CidrCollection,
    CidrCollectionChange, Code, CollectionSummary, CreateCidrCollectionRequest, CreateCidrCollectionResponse,
    ListCidrBlocksRequest, ListCidrBlocksResponse, ListCidrCollectionsRequest, ListCidrCollectionsResponse,
    ListCidrLocationsRequest, ListCidrLocationsResponse, LocationSummary,
};

/// The most blocks of one request (P-60).
const MOST_OF_A_REQUEST: usize = 1000;
/// The longest blocks of IPv4 and IPv6 (P-54).
const LONGEST: (u8, u8) = (24, 48);

/// A collection as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Collection {
    name: String,
    caller_reference: String,
    version: i64,
    /// Blocks by their canonical text, each with its location (P-53).
    blocks: BTreeMap<String, String>,
}

pub(super) fn index(collection: &Collection, _: &str) -> Vec<String> {
    vec![name(&collection.name), reference(&collection.caller_reference)]
}

fn name(name: &str) -> String {
    format!("cidr/{name}")
}

fn reference(reference: &str) -> String {
    format!("reference/cidr/{reference}")
}

fn arn(id: &str) -> String {
    format!("arn:aws:route53:::cidrcollection/{id}")
}

impl Collection {
    fn shown(&self, id: &str) -> CidrCollection {
        CidrCollection {
            arn: Some(arn(id)),
            id: Some(id.to_owned()),
            name: Some(self.name.clone()),
            version: Some(self.version),
        }
    }

    fn locations(&self) -> BTreeSet<&str> {
        self.blocks.values().map(String::as_str).collect()
    }

    /// Blocks by location, those of one in the order of their addresses.
    fn sorted(&self) -> Vec<(&str, Block, &str)> {
        let mut sorted: Vec<_> = self
            .blocks
            .iter()
            .filter_map(|(text, location)| Some((location.as_str(), block(text).ok()?, text.as_str())))
            .collect();
        sorted.sort();
        sorted
    }

    /// As policies know it.
    fn model(&self, id: &str) -> Model {
        let mut locations: BTreeMap<Arc<str>, Vec<Block>> = BTreeMap::new();
        for (location, block, _) in self.sorted() {
            locations.entry(location.into()).or_default().push(block);
        }
        Model { id: id.into(), locations, at: filed::at(0) }
    }
}

/// A block within the lengths that a collection may hold (P-54).
fn block(text: &str) -> Result<Block, String> {
    let invalid = || format!("Invalid parameter : {text} is not a valid CIDR block");
    let (address, length) = text.split_once('/').ok_or_else(invalid)?;
    let (address, length): (IpAddr, u8) =
        (address.parse().map_err(|_| invalid())?, length.parse().map_err(|_| invalid())?);
    let (longest, family) = if address.is_ipv4() { (LONGEST.0, "IPv4") } else { (LONGEST.1, "IPv6") };
    if !(1..=longest).contains(&length) {
        return Err(format!(
            "Invalid parameter : the length of {text} is not between /1 and /{longest}, as those of {family} blocks are"
        ));
    }
    Block::new(address, length).ok_or_else(invalid)
}

fn no_such(id: &str) -> ApiError {
    let what = format!("The CIDR collection {id} does not exist.");
    ApiError::new(Code::NoSuchCidrCollectionException, what)
}

fn find<'a>(reader: Reader<'a>, id: &str) -> Result<&'a Arc<Collection>, ApiError> {
    reader.find::<Collection>(id).ok_or_else(|| no_such(id))
}

/// Makes an empty collection, or finds the one that the same request made before.
pub fn create(
    draft: &mut Draft<'_>,
    input: CreateCidrCollectionRequest,
) -> Result<CreateCidrCollectionResponse, ApiError> {
    let answer = |id: &str, collection: &Collection| CreateCidrCollectionResponse {
        collection: Some(collection.shown(id)),
        location: Some(refusal::location("cidrcollection", id)),
    };
    let by_name = draft.reader().indexed(&name(&input.name));
    let by_reference = draft.reader().indexed(&reference(&input.caller_reference));
    match (by_name, by_reference) {
        (Some(id), Some(other)) if id == other => return Ok(answer(id, find(draft.reader(), id)?)),
        (None, None) => {}
        _ => {
            let what = match by_name {
                Some(_) => format!("A CIDR collection with the name {} already exists.", input.name),
                None => format!("The caller reference {} made another CIDR collection.", input.caller_reference),
            };
            return Err(ApiError::new(Code::CidrCollectionAlreadyExistsException, what));
        }
    }
    let most = draft.settings().quotas.cidr_collections;
    if draft.reader().count::<Collection>("") as u64 >= most {
        let what = format!("Limits Exceeded: an account has at most {most} CIDR collections.");
        return Err(ApiError::new(Code::LimitsExceeded, what));
    }
    let CreateCidrCollectionRequest { name, caller_reference } = input;
    let (id, collection) = (ids::uuid(), Collection { name, caller_reference, version: 1, blocks: BTreeMap::new() });
    let answer = answer(&id, &collection);
    draft.put(&id, collection);
    Ok(answer)
}

/// Puts and takes away blocks, all or none, and counts the version up (P-60). What is taken away comes first, so that a
/// block can move in one request.
pub fn change(
    draft: &mut Draft<'_>,
    input: ChangeCidrCollectionRequest,
) -> Result<ChangeCidrCollectionResponse, ApiError> {
    let ChangeCidrCollectionRequest { id, collection_version, changes } = input;
    let before = find(draft.reader(), &id)?.clone();
    if let Some(version) = collection_version.filter(|version| *version != before.version) {
        let what = format!(
            "The CIDR collection version {version} in the request does not match the current version {}.",
            before.version
        );
        return Err(ApiError::new(Code::CidrCollectionVersionMismatchException, what));
    }
    let blocks = changed(&before.blocks, &changes)?;
    let most = draft.settings().quotas.cidr_blocks;
    if blocks.len() as u64 > most && blocks.len() > before.blocks.len() {
        let what = format!("Limits Exceeded: a CIDR collection has at most {most} blocks.");
        return Err(ApiError::new(Code::LimitsExceeded, what));
    }
    let collection = Collection { blocks, version: before.version + 1, ..(*before).clone() };
    let kept = collection.locations();
    for location in before.locations().difference(&kept) {
        if draft.reader().index(&format!("located/{id}/{location}/"), "").next().is_some() {
            let what =
                format!("The CIDR location {location} is in use by a resource record set, so it must keep a block.");
            return Err(ApiError::new(Code::CidrBlockInUseException, what));
        }
    }
    draft.put(&id, collection);
    let change = draft.change(None);
    Ok(ChangeCidrCollectionResponse { id: change.id.trim_start_matches("/change/").to_owned() })
}

fn changed(
    before: &BTreeMap<String, String>,
    changes: &[CidrCollectionChange],
) -> Result<BTreeMap<String, String>, ApiError> {
    let named: usize = changes.iter().map(|change| change.cidr_list.len()).sum();
    if named > MOST_OF_A_REQUEST {
        let what = format!("Invalid parameter : {named} CIDR blocks in one request, more than {MOST_OF_A_REQUEST}");
        return Err(ApiError::invalid_input(what));
    }
    let (puts, deletes): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.action == "PUT");
    let texts = |change: &CidrCollectionChange| -> Result<Vec<String>, ApiError> {
        let texts = change.cidr_list.iter().map(|text| block(text).map(|block| block.to_string()));
        texts.collect::<Result<_, _>>().map_err(ApiError::invalid_input)
    };
    let mut blocks = before.clone();
    for change in deletes {
        for text in texts(change)? {
            if blocks.get(&text) == Some(&change.location_name) {
                blocks.remove(&text);
            }
        }
    }
    for change in puts {
        for text in texts(change)? {
            let holder = blocks.entry(text.clone()).or_insert_with(|| change.location_name.clone());
            if *holder != change.location_name {
                let what = format!("The CIDR block {text} is already in use by the location {holder}.");
                return Err(ApiError::new(Code::CidrBlockInUseException, what));
            }
        }
    }
    Ok(blocks)
}

/// Deletes a collection, which must be empty (P-60).
pub fn delete(draft: &mut Draft<'_>, id: &str) -> Result<(), ApiError> {
    if !find(draft.reader(), id)?.blocks.is_empty() {
        let what = format!("The CIDR collection {id} is in use, and isn't empty.");
        return Err(ApiError::new(Code::CidrCollectionInUseException, what));
    }
    // Records for the location * alone may still name it.
    if draft.reader().index(&format!("located/{id}/"), "").next().is_some() {
        let what = format!("The CIDR collection {id} is in use by a resource record set.");
        return Err(ApiError::new(Code::CidrCollectionInUseException, what));
    }
    draft.remove::<Collection>(id);
    Ok(())
}

/// A page of collections, by id.
pub fn list(reader: Reader<'_>, asked: &ListCidrCollectionsRequest) -> Result<ListCidrCollectionsResponse, ApiError> {
    let most = refusal::page(asked.max_results.as_deref(), 100, 100)?;
    let begin = start("cidr", asked.next_token.as_deref())?.unwrap_or_default();
    let (page, next) = cut(reader.list::<Collection>("", &begin), most);
    let summary = |(id, collection): (&str, &Arc<Collection>)| CollectionSummary {
        arn: Some(arn(id)),
        id: Some(id.to_owned()),
        name: Some(collection.name.clone()),
        version: Some(collection.version),
    };
    Ok(ListCidrCollectionsResponse {
        next_token: next.map(|(id, _)| token("cidr", id)),
        cidr_collections: Some(page.into_iter().map(summary).collect()),
    })
}

/// A page of a collection's locations, by name.
pub fn locations(reader: Reader<'_>, asked: &ListCidrLocationsRequest) -> Result<ListCidrLocationsResponse, ApiError> {
    let collection = find(reader, &asked.collection_id)?;
    let most = refusal::page(asked.max_results.as_deref(), 100, 100)?;
    let list = format!("cidr/{}", asked.collection_id);
    let begin = start(&list, asked.next_token.as_deref())?.unwrap_or_default();
    let rest = collection.locations().into_iter().filter(|location| **location >= *begin);
    let (page, next) = cut(rest, most);
    let summary = |location: &str| LocationSummary { location_name: Some(location.to_owned()) };
    Ok(ListCidrLocationsResponse {
        next_token: next.map(|location| token(&list, location)),
        cidr_locations: Some(page.into_iter().map(summary).collect()),
    })
}

/// A page of a collection's blocks, or those of one location; by location, then by address.
pub fn blocks(reader: Reader<'_>, asked: &ListCidrBlocksRequest) -> Result<ListCidrBlocksResponse, ApiError> {
    let collection = find(reader, &asked.collection_id)?;
    let most = refusal::page(asked.max_results.as_deref(), 100, 1000)?;
    let wanted = asked.location_name.as_deref();
    if let Some(location) = wanted.filter(|location| !collection.locations().contains(location)) {
        let what = format!("The CIDR collection location {location} does not exist.");
        return Err(ApiError::new(Code::NoSuchCidrLocationException, what));
    }
    let list = format!("cidr/{}/{}", asked.collection_id, wanted.unwrap_or_default());
    let begin = match start(&list, asked.next_token.as_deref())?.map(|key| key.split_once(' ').map(place)) {
        None => None,
        Some(Some(Some(place))) => Some(place),
        Some(_) => return Err(start("", Some("!")).err().unwrap_or_else(|| no_such(&asked.collection_id))),
    };
    let sorted = collection.sorted();
    let rest = sorted.into_iter().filter(|(location, block, _)| {
        wanted.is_none_or(|wanted| wanted == *location)
            && begin.as_ref().is_none_or(|(from, first)| (*location, *block) >= (from.as_str(), *first))
    });
    let (page, next) = cut(rest, most);
    let summary = |(location, _, text): (&str, Block, &str)| CidrBlockSummary {
        cidr_block: Some(text.to_owned()),
        location_name: Some(location.to_owned()),
    };
    Ok(ListCidrBlocksResponse {
        next_token: next.map(|(location, _, text)| token(&list, &format!("{location} {text}"))),
        cidr_blocks: Some(page.into_iter().map(summary).collect()),
    })
}

/// Where a page of blocks begins.
fn place((location, text): (&str, &str)) -> Option<(String, Block)> {
    Some((location.to_owned(), block(text).ok()?))
}

/// The collections that a draft gives the world in place of others, or takes away.
pub(super) fn edit(draft: &Draft<'_>) -> Vec<(Arc<str>, Option<Model>)> {
    let changed = draft.over.all.iter().filter_map(|(key, now)| {
        let id = key.strip_prefix("cidr/")?;
        let model = |document: &Document| match document {
            Document::Collection(collection) => Some(collection.model(id)),
            _ => None,
        };
        let (before, now) = (draft.before().document(key).and_then(model), now.as_ref().and_then(model));
        (before != now).then(|| (id.into(), now))
    });
    changed.collect()
}

/// All collections, for the start.
pub(super) fn everything(reader: Reader<'_>) -> Vec<(Arc<str>, Option<Model>)> {
    reader.list::<Collection>("", "").map(|(id, collection)| (id.into(), Some(collection.model(id)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: &str, location: &str, blocks: &[&str]) -> CidrCollectionChange {
        CidrCollectionChange {
            location_name: location.to_owned(),
            action: action.to_owned(),
            cidr_list: blocks.iter().map(|block| (*block).to_owned()).collect(),
        }
    }

    fn after(changes: &[CidrCollectionChange]) -> Result<Vec<(String, String)>, ApiError> {
        let pairs = [("192.0.2.0/24", "home"), ("2001:db8::/32", "home"), ("198.51.100.0/24", "work")];
        let before = pairs.map(|(block, location)| (block.to_owned(), location.to_owned())).into();
        changed(&before, changes).map(|blocks| blocks.into_iter().collect())
    }

    #[test]
    fn p60_a_block_moves_in_one_request() {
        let moves = [change("PUT", "work", &["192.0.2.0/24"]), change("DELETE_IF_EXISTS", "home", &["192.0.2.0/24"])];
        let moved = after(&moves).unwrap();
        assert!(moved.contains(&("192.0.2.0/24".to_owned(), "work".to_owned())), "{moved:?}");
        let refused = after(&[change("PUT", "work", &["192.0.2.0/24"])]).unwrap_err();
        assert_eq!(refused.code, Code::CidrBlockInUseException, "P-53");
        // What is somewhere else, or nowhere, is not deleted.
        let kept = after(&[change("DELETE_IF_EXISTS", "work", &["192.0.2.0/24", "203.0.113.0/24"])]).unwrap();
        assert_eq!(kept.len(), 3);
        assert_eq!(after(&[change("PUT", "home", &["192.0.2.77/24", "2001:DB8::1/32"])]).unwrap().len(), 3);
    }

    #[test]
    fn p54_lengths_have_bounds() {
        for good in ["10.0.0.0/1", "10.0.0.0/24", "2001:db8::/1", "2001:db8::/48"] {
            assert!(block(good).is_ok(), "{good}");
        }
        for bad in ["10.0.0.0/0", "10.0.0.0/25", "2001:db8::/49", "::/0", "10.0.0.0", "x/8", "10.0.0.0/x"] {
            assert!(block(bad).is_err(), "{bad}");
            assert_eq!(after(&[change("PUT", "home", &[bad])]).unwrap_err().code, Code::InvalidInput, "{bad}");
        }
        let many: Vec<String> = (0..1001).map(|n| format!("10.{}.{}.0/24", n / 256, n % 256)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(after(&[change("PUT", "home", &many)]).unwrap_err().code, Code::InvalidInput, "P-60");
        assert!(after(&[change("PUT", "home", &many[..1000])]).is_ok());
    }
}
