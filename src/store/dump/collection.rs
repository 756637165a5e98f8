//! CIDR collections as `list-cidr-collections` and `list-cidr-blocks` print them (P-53).
//!
//! The list of blocks does not say whose they are: they belong to the one collection named before them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::node::{Fields, Node};
use crate::model::view::Block;
use crate::model::{CidrCollection, Problem};

/// A collection by id, still without blocks unless they are written inside it.
pub(super) fn read(node: Node<'_>, problems: &mut Vec<Problem>) -> Option<CidrCollection> {
    let mut fields = Fields::of(node, "CIDR collection");
    let at = fields.at.clone();
    let id = fields.text("Id");
    let blocks = fields.list("CidrBlocks");
    if id.is_none() {
        fields.error(&at, "CIDR collection without Id", "write it as the AWS CLI prints it");
    }
    problems.extend(fields.finish_quietly());
    let mut collection = CidrCollection { id: id?.into(), locations: BTreeMap::new(), at };
    add(&mut collection, blocks.unwrap_or_default(), problems);
    Some(collection)
}

/// Puts blocks, or bare locations, into a collection.
pub(super) fn add(collection: &mut CidrCollection, nodes: Vec<Node<'_>>, problems: &mut Vec<Problem>) {
    for node in nodes {
        let mut fields = Fields::of(node, "CIDR block");
        if let Some((location, block)) = read_block(&mut fields) {
            let blocks = collection.locations.entry(location).or_default();
            blocks.extend(block);
        }
        problems.extend(fields.finish());
    }
}

fn read_block(fields: &mut Fields<'_>) -> Option<(Arc<str>, Option<Block>)> {
    let at = fields.at.clone();
    let text = fields.text("CidrBlock");
    let location = fields.text("LocationName");
    let Some(location) = location else {
        fields.error(&at, "CIDR block without LocationName", "write it as list-cidr-blocks prints it");
        return None;
    };
    let block = text.as_deref().map(|text| {
        let (address, len) = text.split_once('/')?;
        Block::new(address.parse::<IpAddr>().ok()?, len.parse().ok()?)
    });
    if let (Some(None), Some(text)) = (block, text) {
        fields.error(&at, format!("CIDR block {text:?} is none"), "write address/length");
        return None;
    }
    Some((location.into(), block.flatten()))
}
