//! An explanation for people.

use std::fmt;

use super::{CheckExplained, Explained, Explanation, GroupExplained};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (seed {})", self.question, self.seed)?;
        match &self.zone {
            Some(zone) => writeln!(f, "zone    {zone}")?,
            None => writeln!(f, "zone    none here holds the name: refused (Q-6)")?,
        }
        for step in &self.steps {
            match step {
                Explained::Name { name, how } => writeln!(f, "name    {name} {how}")?,
                Explained::Follows => writeln!(f, "        the alias name leads on to its target")?,
                Explained::Group(group) => write_group(f, group, 0)?,
            }
        }
        writeln!(f, "scope   /{}: {}", self.scope, self.scope_reason)?;
        let aa = if self.authoritative { ", authoritative" } else { "" };
        writeln!(f, "reply   {}{aa}", self.rcode)?;
        for (title, lines) in
            [("answer", &self.answer), ("authority", &self.authority), ("additional", &self.additional)]
        {
            for line in lines {
                writeln!(f, "  {title:<10} {line}")?;
            }
        }
        if self.steps.iter().any(|step| matches!(step, Explained::Group(group) if group.location.is_some())) {
            writeln!(f, "places  {}", self.geography)?;
        }
        Ok(())
    }
}

fn write_group(f: &mut fmt::Formatter<'_>, group: &GroupExplained, depth: usize) -> fmt::Result {
    let pad = "    ".repeat(depth);
    let rule = group.rule.as_ref().map_or_else(String::new, |rule| format!(", rule {rule}"));
    write!(f, "{pad}group   {} {}{rule}, {}", group.name, group.rtype, group.policy)?;
    if let Some(location) = &group.location {
        write!(f, "; {location}")?;
    }
    writeln!(f)?;
    for candidate in &group.candidates {
        let mark = if candidate.taken { "→" } else { " " };
        let id = if candidate.id.is_empty() { "record" } else { &candidate.id };
        let key = if candidate.key.is_empty() { String::new() } else { format!(" [{}]", candidate.key) };
        let health = candidate.health.as_ref().map_or_else(String::new, |CheckExplained { check, words }| {
            let is_named = candidate.why.contains(&format!("check {check} "));
            if is_named { format!(": {words}") } else { format!("; check {check}: {words}") }
        });
        writeln!(f, "{pad}  {mark} {id}{key}: {}; {}{health}", candidate.target, candidate.why)?;
        for inner in &candidate.target_health {
            write_group(f, inner, depth + 1)?;
        }
    }
    if group.nothing_applies {
        writeln!(f, "{pad}    nothing here applies to this client: no data (P-40, P-59)")?;
    }
    if group.last_resort {
        writeln!(f, "{pad}    nothing is healthy, so everything counts as healthy (H-12)")?;
    }
    Ok(())
}
