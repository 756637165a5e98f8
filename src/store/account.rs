//! Files joined into one account: what is parsed again, what is kept, and the checks that span files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::directory::{Includes, Stamp, Text};
use super::{Loaded, Options, Provider, defaults, dnssec, dump, listeners, provider, toml, zonefile};
use crate::model::{Account, At, CidrCollection, HealthCheck, HostedZone, Problem, View, rules};

/// What one load leaves for the next: every file's meaning, and the options it was read under.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    options: Options,
    /// In the order in which they were read, and where each is.
    files: Vec<(Arc<str>, File)>,
    places: Arc<HashMap<Arc<str>, usize>>,
    /// What zones were judged against: files that did not change are not judged again.
    layer: rules::Layer,
    /// What was found wrong between zones, and with what they refer to.
    between: Arc<[Problem]>,
}

/// A file, and what was found wrong with each of its zones, in their order.
#[derive(Clone, Debug)]
struct File {
    meaning: Arc<Meaning>,
    found: Arc<[Vec<Problem>]>,
}

/// What one file says.
#[derive(Clone, Debug)]
struct Meaning {
    stamp: Stamp,
    includes: Vec<(String, Stamp)>,
    parts: Parts,
    problems: Vec<Problem>,
    providers: Vec<Provider>,
    /// Whether any record asks where clients are.
    asks: bool,
}

/// What a file may define.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) zones: Vec<Arc<HostedZone>>,
    pub(super) checks: Vec<HealthCheck>,
    pub(super) collections: Vec<CidrCollection>,
    pub(super) views: Vec<View>,
}

/// Joins `texts` into an account; every problem of every file is returned, not only the first.
pub(super) fn assemble(
    texts: &mut [Text],
    includes: &dyn Includes,
    options: &Options,
    previous: Option<&Loaded>,
    mut problems: Vec<Problem>,
) -> Result<Loaded, Vec<Problem>> {
    let before = |text: &Text| previous.and_then(|loaded| loaded.kept.before(text));
    let options = with_providers(texts, &before, options, &mut problems);
    let same_options = previous.is_some_and(|loaded| loaded.kept.options == options);
    let is_kept = |text: &Text| before(text).filter(|file| same_options && unchanged(&file.meaning, text, includes));
    for text in texts.iter_mut().filter(|text| text.bytes.is_none()) {
        if is_kept(text).is_none() {
            match includes.read(&text.name) {
                Ok(read) => *text = Text { before: text.before, ..read },
                Err(what) => problems.push(Problem::error(&At { file: text.name.clone(), line: 0 }, what, "")),
            }
        }
    }
    let meanings = each(texts, &|text| match is_kept(text) {
        Some(file) => with_dates(&file.meaning, text),
        None => Arc::new(read(text, includes, &options, before(text).map(|file| &*file.meaning))),
    });
    let mut account = Account { views: options.views.clone(), ..Account::default() };
    account.zones.reserve(texts.len());
    let mut asks = false;
    for meaning in &meanings {
        let Parts { zones, checks, collections, views } = &meaning.parts;
        account.zones.extend(zones.iter().cloned());
        account.checks.extend(checks.iter().cloned());
        account.collections.extend(collections.iter().cloned());
        account.views.extend(views.iter().cloned());
        problems.extend(meaning.problems.iter().cloned());
        asks |= meaning.asks;
    }
    rules::account::drop_repeats(&mut account);
    let misread = problems.iter().any(Problem::is_error);
    let mut kept = Kept { layer: rules::Layer::of(&account), options, ..Kept::default() };
    let (judged, between) = kept.judge(&account, texts, meanings, previous);
    // Where records have mistakes, warnings about what is missing or unused say nothing.
    problems.extend(judged.into_iter().filter(|problem| !misread || problem.is_error()));
    kept.between = between;
    provider::check(&kept.options.providers, &account.checks, &mut problems);
    if let Some(known) = &kept.options.listeners {
        listeners::check(&account, known, &mut problems);
    }
    if !misread {
        dnssec::check(&account, &kept.options, &mut problems);
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems.dedup();
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    Ok(Loaded { account, warnings: problems, asks_for_places: asks, kept })
}

impl Kept {
    /// Where a file is, the name it has here and its stamp, for names that come in the order in which they came here.
    pub(super) fn known(&self) -> impl FnMut(&str) -> Option<(usize, Arc<str>, Stamp)> {
        let mut next = 0;
        move |name| {
            let is_next = self.files.get(next).is_some_and(|(known, _)| **known == *name);
            let at = if is_next { next } else { *self.places.get(name)? };
            next = at + 1;
            let (name, file) = self.files.get(at)?;
            Some((at, name.clone(), file.meaning.stamp))
        }
    }

    fn before(&self, text: &Text) -> Option<&File> {
        text.before.and_then(|at| self.files.get(at)).map(|(_, file)| file)
    }

    /// Everything wrong with the account, and what of it is between zones; what was judged before and against the same
    /// is left as it was.
    fn judge(
        &mut self,
        account: &Account,
        texts: &[Text],
        meanings: Vec<Arc<Meaning>>,
        previous: Option<&Loaded>,
    ) -> (Vec<Problem>, Arc<[Problem]>) {
        let layers = [&self.layer];
        let known = rules::Known::among(&layers);
        let is_same = |loaded: &&Loaded| {
            let old = &loaded.account;
            (&old.checks, &old.collections, &old.views) == (&account.checks, &account.collections, &account.views)
        };
        let between = match previous.filter(is_same).filter(|old| is_same_shape(&old.account, account)) {
            Some(old) => old.kept.between.clone(),
            None => rules::check_account(account).into(),
        };
        let mut problems = between.to_vec();
        self.files.reserve(texts.len());
        let same = previous.filter(|old| old.kept.layer == self.layer);
        for (text, meaning) in texts.iter().zip(meanings) {
            let before = previous.and_then(|old| old.kept.before(text));
            let before = before.filter(|file| is_same_file(&file.meaning, &meaning));
            let found = match before {
                Some(file) if same.is_some() => file.found.clone(),
                before => {
                    let judged = |(at, zone): (usize, &Arc<HostedZone>)| {
                        // A zone without its groups was judged with them, and is plain: only its views can be gone.
                        let old = before.filter(|_| zone.left_out > 0).and_then(|file| file.found.get(at));
                        let mut found = old.cloned().unwrap_or_default();
                        found.extend(rules::check_zone_among(zone, &known));
                        found
                    };
                    meaning.parts.zones.iter().enumerate().map(judged).collect()
                }
            };
            problems.extend(found.iter().flatten().cloned());
            self.files.push((text.name.clone(), File { meaning, found }));
        }
        let is_same = |old: &&Loaded| {
            old.kept.files.len() == texts.len() && (0..).zip(texts).all(|(at, text)| text.before == Some(at))
        };
        self.places = match previous.filter(is_same) {
            Some(old) => old.kept.places.clone(),
            None => Arc::new((0..).zip(&self.files).map(|(at, (name, _))| (name.clone(), at)).collect()),
        };
        problems.sort_by(|a, b| a.at.cmp(&b.at));
        (problems, between)
    }

    /// Keeps other forms of zones in place of those that were read.
    pub(super) fn replace(&mut self, forms: &HashMap<usize, Arc<HostedZone>>, files: &BTreeSet<Arc<str>>) {
        let form = |zone: &Arc<HostedZone>| forms.get(&Arc::as_ptr(zone).addr()).cloned();
        for file in files {
            if let Some((_, File { meaning, .. })) = self.places.get(file).and_then(|at| self.files.get_mut(*at)) {
                for zone in &mut Arc::make_mut(meaning).parts.zones {
                    *zone = form(zone).unwrap_or_else(|| zone.clone());
                }
            }
        }
    }
}

/// Whether zones differ from those before in nothing that zones are held against each other by: names, who may see
/// them, and delegations.
fn is_same_shape(old: &Account, new: &Account) -> bool {
    // What uses a check may be any record.
    let counts = |zone: &HostedZone| new.checks.is_empty() || zone.left_out > 0;
    let delegates = |zone: &HostedZone| zone.delegations().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let is_same = |(old, new): (&Arc<HostedZone>, &Arc<HostedZone>)| {
        Arc::ptr_eq(old, new)
            || (&old.id, &old.name, &old.visibility, &old.at) == (&new.id, &new.name, &new.visibility, &new.at)
                && counts(new)
                && delegates(old) == delegates(new)
    };
    old.zones.len() == new.zones.len() && old.zones.iter().zip(&new.zones).all(is_same)
}

/// Whether both hold the same zones.
fn is_same_file(old: &Arc<Meaning>, new: &Arc<Meaning>) -> bool {
    let (one, two) = (&old.parts.zones, &new.parts.zones);
    Arc::ptr_eq(old, new) || one.len() == two.len() && one.iter().zip(two).all(|(one, two)| Arc::ptr_eq(one, two))
}

/// The meaning of a file that was read again and is the same, for the next time.
fn with_dates(meaning: &Arc<Meaning>, text: &Text) -> Arc<Meaning> {
    match meaning.stamp == text.stamp {
        true => meaning.clone(),
        false => Arc::new(Meaning { stamp: text.stamp, ..Meaning::clone(meaning) }),
    }
}

/// The options with the providers that zone files define; they speak for every file.
fn with_providers<'a>(
    texts: &[Text],
    before: &impl Fn(&Text) -> Option<&'a File>,
    options: &Options,
    problems: &mut Vec<Problem>,
) -> Options {
    let mut options = options.clone();
    for text in texts {
        match &text.bytes {
            Some(bytes) => options.providers.extend(providers(&text.name, bytes)),
            None => {
                options.providers.extend(before(text).iter().flat_map(|file| file.meaning.providers.iter().cloned()))
            }
        }
    }
    let mut seen: BTreeMap<_, &Provider> = BTreeMap::new();
    for provider in &options.providers {
        if let Some(first) = seen.insert(&provider.pattern, provider) {
            let what = format!("provider for {} is already given at {}", provider.pattern, first.at);
            problems.push(Problem::error(&provider.at, what, "keep one of them"));
        }
    }
    options
}

/// The providers that a zone file defines.
fn providers(name: &Arc<str>, bytes: &[u8]) -> Vec<Provider> {
    match std::str::from_utf8(bytes) {
        Ok(toml) if name.ends_with(".toml") && toml.contains("provider") => toml::providers(name, toml),
        _ => Vec::new(),
    }
}

fn unchanged(before: &Meaning, text: &Text, includes: &dyn Includes) -> bool {
    let is_same = |(path, stamp): &(String, Stamp)| includes.read(path).is_ok_and(|now| now.stamp.is_same(stamp));
    before.stamp.is_same(&text.stamp) && before.includes.iter().all(is_same)
}

/// Reads one file; zones that read as before keep their `Arc`.
fn read(text: &Text, includes: &dyn Includes, options: &Options, before: Option<&Meaning>) -> Meaning {
    let mut problems = Vec::new();
    let mut included = Vec::new();
    let mut parts = Parts::default();
    let bytes = text.bytes.as_deref().unwrap_or_default();
    let zones = match (text.name.rsplit('.').next(), std::str::from_utf8(bytes)) {
        _ if bytes.trim_ascii().is_empty() => {
            let mend = "write it or remove it; to write while the server runs, rename a finished file into place";
            problems.push(Problem::error(&At { file: text.name.clone(), line: 0 }, "file is empty", mend));
            Vec::new()
        }
        (Some("zone"), _) => {
            let mut include = |path: &str| {
                let found = includes.read(path)?;
                included.push((path.to_owned(), found.stamp));
                Ok(found.bytes.unwrap_or_default())
            };
            zonefile::load(text.name.clone(), bytes, &mut include, &mut problems)
        }
        (Some("json"), Ok(json)) => {
            let dump::Parsed { zones, checks, collections, views } =
                dump::load(&text.name, json, options, &mut problems);
            (parts.checks, parts.collections, parts.views) = (checks, collections, views);
            zones
        }
        (Some("toml"), Ok(toml)) => {
            let toml::Parsed { zone, checks, collections, views } =
                toml::load(&text.name, toml, options, &mut problems);
            (parts.checks, parts.collections, parts.views) = (checks, collections, views);
            Vec::from_iter(zone)
        }
        (Some("json" | "toml"), Err(error)) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let at = At { file: text.name.clone(), line: u32::try_from(line).unwrap_or(u32::MAX) };
            problems.push(Problem::error(&at, "file is not UTF-8 from here on", "save it as UTF-8"));
            Vec::new()
        }
        _ => {
            let what = "file name ends in none of .toml, .zone and .json";
            problems.push(Problem::error(&At { file: text.name.clone(), line: 0 }, what, ""));
            Vec::new()
        }
    };
    let old = before.map_or(&[][..], |meaning| &meaning.parts.zones);
    parts.zones = zones
        .into_iter()
        .map(|mut zone| {
            defaults::complete(&mut zone, options);
            dnssec::settle(&mut zone, options, &mut problems);
            dnssec::keep_keys(&mut zone, old);
            old.iter().find(|old| ***old == zone).cloned().unwrap_or_else(|| Arc::new(zone))
        })
        .collect();
    // It is collected in the room that the zones themselves had.
    parts.zones.shrink_to_fit();
    let mut groups = parts.zones.iter().flat_map(|zone| zone.groups.values());
    let asks = groups.any(|group| group.routing.asks_for_places());
    Meaning { stamp: text.stamp, includes: included, parts, problems, providers: providers(&text.name, bytes), asks }
}

/// `work` done for every text, in parallel when there are many; results in the order of the texts.
fn each<T: Send>(texts: &[Text], work: &(dyn Fn(&Text) -> T + Sync)) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads == 1 || texts.len() < 64 {
        return texts.iter().map(work).collect();
    }
    std::thread::scope(|scope| {
        let size = texts.len().div_ceil(threads);
        let parts: Vec<_> =
            texts.chunks(size).map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<_>>())).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
