//! Names of a zone that is being compiled: those that come, those that go, and what hides them.

use std::collections::BTreeSet;

use super::Build;
use crate::model::{Name, RecordType};
use crate::snapshot::zone::{Cover, Entry, NO_NODE, Node, NodeIndex, PackedCover};

/// The first label of a wildcard.
const WILDCARD: &[u8] = b"\x01*";

/// A name in wire form without its first label.
fn above(name: &[u8]) -> &[u8] {
    &name[1 + usize::from(name[0])..]
}

/// Whether a name in wire form lies below another.
fn is_below(mut name: &[u8], top: &[u8]) -> bool {
    while name.len() > top.len() {
        name = above(name);
        if name == top {
            return true;
        }
    }
    false
}

impl Build<'_, '_, '_> {
    pub(super) fn place_apex(&mut self) {
        self.names.add(self.model.name.wire());
        self.parents.push(0);
        self.put_node(0);
    }

    /// The node of a name below the apex, made together with the empty non-terminals above it (RFC 4592 §2.2.2).
    pub(super) fn ensure(&mut self, name: &[u8]) -> NodeIndex {
        if let Some(node) = self.names.find(name) {
            return node;
        }
        let parent = self.ensure(above(name));
        let node = self.names.add(name);
        self.put_node(node);
        if !self.parents.is_empty() {
            self.parents.push(parent);
        } else {
            self.born.push(name.into());
        }
        if !self.stays {
            *self.children.at_mut(parent) += 1;
        }
        if name.starts_with(WILDCARD) {
            self.nodes.at_mut(parent).wildcard = node;
        }
        node
    }

    pub(super) fn put_node(&mut self, node: NodeIndex) {
        let empty = Node { entry: Entry::several(0, 0), cover: PackedCover::pack(Cover::Nothing), wildcard: NO_NODE };
        if (node as usize) < self.nodes.len() {
            *self.nodes.at_mut(node) = empty;
            *self.children.at_mut(node) = 0;
            return;
        }
        self.nodes.push(empty);
        if !self.stays {
            self.children.push(0);
        }
    }

    /// Takes everything at a name away, and the name itself with those above it that nothing is left at or below.
    pub(super) fn let_go(&mut self, name: &Name) {
        let Some(node) = self.names.find(name.wire()) else { return };
        for entry in self.entries_of(node) {
            self.moved.push((name.clone(), entry.rtype));
            self.drop_group(entry.data());
        }
        self.put_entries(node, &[]);
        let mut name = Some(name.clone());
        while let Some(at) = name.take().filter(|name| *name != self.model.name) {
            let Some(node) = self.names.find(at.wire()) else { return };
            if *self.children.at(node) > 0 || !self.entries_of(node).is_empty() || self.is_held(&at) {
                return;
            }
            self.names.remove(at.wire());
            if let Some(parent) = self.names.find(above(at.wire())) {
                *self.children.at_mut(parent) -= 1;
                if at.is_wildcard() {
                    self.nodes.at_mut(parent).wildcard = NO_NODE;
                }
            }
            name = at.parent();
            self.gone.push(at);
        }
    }

    /// Whether the model has anything at a name.
    pub(super) fn is_held(&self, name: &Name) -> bool {
        let all = (name.clone(), RecordType(0))..=(name.clone(), RecordType(u16::MAX));
        self.model.groups.range(all).next().is_some()
    }

    /// Which cut or DNAME hides a node: the topmost.
    pub(super) fn cover(&mut self, node: NodeIndex, parent: NodeIndex) {
        let cover = match self.nodes.at(parent).cover() {
            Cover::Nothing if self.has(parent, RecordType::DNAME).is_some() => Cover::Dname(parent),
            Cover::Nothing if self.has(node, RecordType::NS).is_some() => Cover::Cut(node),
            above => above,
        };
        self.nodes.at_mut(node).cover = PackedCover::pack(cover);
    }

    /// The same for every name that came, and for those at and below which a cut or DNAME came or went.
    pub(super) fn cover_anew(&mut self, reshaped: &BTreeSet<&[u8]>) {
        let mut names = std::mem::take(&mut self.born);
        for top in reshaped {
            let Some(node) = self.names.find(top) else { continue };
            names.push((*top).into());
            if *self.children.at(node) > 0 {
                names.extend(self.names.each().filter(|name| is_below(name, top)).map(Box::from));
            }
        }
        // A name is shorter than any below it.
        names.sort_unstable_by_key(|name| name.len());
        for name in names.iter().filter(|name| ***name != *self.model.name.wire()) {
            if let (Some(node), Some(parent)) = (self.names.find(name), self.names.find(above(name))) {
                self.cover(node, parent);
            }
        }
    }
}
