//! "Did you mean": the known word nearest to one that is not known; two letters swapped count as one slip.

/// The known word nearest to `word`, case ignored, when it is near enough to be a slip of the keyboard.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    let allowed = (word.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed * 4)
        .map(|candidate| (distance(&word, &folded(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The sentence that offers the nearest known word, or `otherwise` when none is near.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}

/// The sentence that offers the nearest known word, else all of them while they are few.
pub fn suggest_among<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let otherwise = match known.len() {
        1..=32 => format!("known here: {}", known.join(", ")),
        _ => String::new(),
    };
    suggest(word, known, &otherwise)
}

fn folded(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(next[j - 1] + 1).min(row[j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_keyboard_are_near_and_other_words_are_not() {
        let known = ["weighted", "failover", "latency", "value", "values", "web-1"];
        assert_eq!(nearest("wieghted", known), Some("weighted"));
        assert_eq!(nearest("Failovr", known), Some("failover"));
        assert_eq!(nearest("valu", known), Some("value"));
        assert_eq!(nearest("wbe-1", known), Some("web-1"));
        assert_eq!(nearest("geoproximity", known), None);
        assert_eq!(nearest("mail", known), None);
        assert_eq!(suggest_among("xyzzy", ["a", "b"]), "known here: a, b");
        assert_eq!(suggest_among("xyzzy", []), "");
        assert_eq!(suggest("bb", ["a", "B", "b"], ""), "did you mean `B`?");
    }
}
