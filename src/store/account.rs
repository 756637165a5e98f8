//! Files joined into one account: what is parsed again, what is kept, and the checks that span files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::directory::{Includes, Stamp, Text};
use super::{Loaded, Options, Provider, defaults, dump, listeners, provider, toml, zonefile};
use crate::model::{Account, At, CidrCollection, HealthCheck, HostedZone, Problem, View, rules};

/// What one load leaves for the next: every file's meaning, and the options it was read under.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    options: Options,
    files: HashMap<Arc<str>, Arc<Meaning>>,
    /// What zones were judged against, and what was found: zones that did not change are not judged again.
    checks: Vec<HealthCheck>,
    collections: Vec<CidrCollection>,
    views: Vec<View>,
    judged: HashMap<Address, Arc<[Problem]>>,
}

/// Where a zone that is kept lies: what tells one reading of it from another.
type Address = usize;

/// What one file says.
#[derive(Clone, Debug)]
struct Meaning {
    stamp: Stamp,
    includes: Vec<(String, Stamp)>,
    parts: Parts,
    problems: Vec<Problem>,
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
    texts: &[Text],
    includes: &dyn Includes,
    options: &Options,
    previous: Option<&Loaded>,
    mut problems: Vec<Problem>,
) -> Result<Loaded, Vec<Problem>> {
    let previous = previous.map(|loaded| &loaded.kept);
    let options = with_providers(texts, options, &mut problems);
    let same_options = previous.is_some_and(|kept| kept.options == options);
    let meanings = each(texts, &|text| {
        let before = previous.and_then(|kept| kept.files.get(&text.name));
        match before {
            Some(before) if same_options && unchanged(before, text, includes) => before.clone(),
            _ => Arc::new(read(text, includes, &options, before.map(|meaning| &**meaning))),
        }
    });
    let mut account = Account { views: options.views.clone(), ..Account::default() };
    let mut kept = Kept { options, files: HashMap::with_capacity(texts.len()), ..Kept::default() };
    for (text, meaning) in texts.iter().zip(meanings) {
        account.zones.extend(meaning.parts.zones.iter().cloned());
        account.checks.extend(meaning.parts.checks.iter().cloned());
        account.collections.extend(meaning.parts.collections.iter().cloned());
        account.views.extend(meaning.parts.views.iter().cloned());
        problems.extend(meaning.problems.iter().cloned());
        kept.files.insert(text.name.clone(), meaning);
    }
    rules::account::drop_repeats(&mut account);
    let misread = problems.iter().any(Problem::is_error);
    let judged = kept.judge(&account, previous);
    // Where records have mistakes, warnings about what is missing or unused say nothing.
    problems.extend(judged.into_iter().filter(|problem| !misread || problem.is_error()));
    provider::check(&kept.options.providers, &account.checks, &mut problems);
    if let Some(known) = &kept.options.listeners {
        listeners::check(&account, known, &mut problems);
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    problems.dedup();
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    Ok(Loaded { account, warnings: problems, kept })
}

impl Kept {
    /// Everything wrong with the account, zones that were judged before and against the same left as they were.
    fn judge(&mut self, account: &Account, previous: Option<&Self>) -> Vec<Problem> {
        let layer = rules::Layer::of(account);
        let layers = [&layer];
        let known = rules::Known::among(&layers);
        let same = previous.filter(|old| {
            old.checks == account.checks && old.collections == account.collections && old.views == account.views
        });
        let mut problems = rules::check_account(account);
        for zone in &account.zones {
            let before = |kept: &Self| kept.judged.get(&Arc::as_ptr(zone).addr()).cloned();
            let found = match same.and_then(before) {
                Some(before) => before,
                None => {
                    // A zone without its groups was judged with them, and is plain: only its views can be gone.
                    let before = previous.filter(|_| zone.left_out > 0).and_then(before);
                    let now = rules::check_zone_among(zone, &known);
                    before.iter().flat_map(|before| before.iter().cloned()).chain(now).collect()
                }
            };
            problems.extend(found.iter().cloned());
            self.judged.insert(Arc::as_ptr(zone).addr(), found);
        }
        problems.sort_by(|a, b| a.at.cmp(&b.at));
        let Account { checks, collections, views, .. } = account;
        (self.checks, self.collections, self.views) = (checks.clone(), collections.clone(), views.clone());
        problems
    }

    /// Keeps other forms of zones in place of those that were read.
    pub(super) fn replace(&mut self, forms: &HashMap<Address, Arc<HostedZone>>) {
        let form = |zone: &Arc<HostedZone>| forms.get(&Arc::as_ptr(zone).addr()).cloned();
        for meaning in self.files.values_mut() {
            if meaning.parts.zones.iter().any(|zone| form(zone).is_some()) {
                for zone in &mut Arc::make_mut(meaning).parts.zones {
                    *zone = form(zone).unwrap_or_else(|| zone.clone());
                }
            }
        }
        let judged = std::mem::take(&mut self.judged);
        self.judged = judged
            .into_iter()
            .map(|(address, found)| (forms.get(&address).map_or(address, |form| Arc::as_ptr(form).addr()), found))
            .collect();
    }
}

/// The options with the providers that zone files define; they speak for every file.
fn with_providers(texts: &[Text], options: &Options, problems: &mut Vec<Problem>) -> Options {
    let mut options = options.clone();
    for text in texts.iter().filter(|text| text.name.ends_with(".toml")) {
        if let Ok(toml) = std::str::from_utf8(&text.bytes)
            && toml.contains("provider")
        {
            options.providers.extend(toml::providers(&text.name, toml));
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

fn unchanged(before: &Meaning, text: &Text, includes: &dyn Includes) -> bool {
    before.stamp == text.stamp
        && before.includes.iter().all(|(path, stamp)| includes.read(path).is_ok_and(|now| now.stamp == *stamp))
}

/// Reads one file; zones that read as before keep their `Arc`.
fn read(text: &Text, includes: &dyn Includes, options: &Options, before: Option<&Meaning>) -> Meaning {
    let mut problems = Vec::new();
    let mut included = Vec::new();
    let mut parts = Parts::default();
    let zones = match (text.name.rsplit('.').next(), std::str::from_utf8(&text.bytes)) {
        _ if text.bytes.trim_ascii().is_empty() => {
            let mend = "write it or remove it; to write while the server runs, rename a finished file into place";
            problems.push(Problem::error(&At { file: text.name.clone(), line: 0 }, "file is empty", mend));
            Vec::new()
        }
        (Some("zone"), _) => {
            let mut include = |path: &str| {
                let found = includes.read(path)?;
                included.push((path.to_owned(), found.stamp));
                Ok(found.bytes)
            };
            zonefile::load(&text.name, &text.bytes, &mut include, &mut problems)
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
            let line = text.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
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
            old.iter().find(|old| ***old == zone).cloned().unwrap_or_else(|| Arc::new(zone))
        })
        .collect();
    Meaning { stamp: text.stamp, includes: included, parts, problems }
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
