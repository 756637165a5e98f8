//! Durations with units (`1h30m`) and the dates of signatures (RFC 4034 §3.2).

/// A duration in seconds: plain digits, or numbers each with a unit w, d, h, m or s in either case; `None` when it is
/// none or does not fit 32 bits.
pub fn seconds(text: &[u8]) -> Option<u32> {
    let (mut total, mut number, mut units) = (0u32, None::<u32>, false);
    for &byte in text {
        let unit = match byte {
            b'0'..=b'9' => {
                let digit = u32::from(byte - b'0');
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            b's' | b'S' => 1,
            b'm' | b'M' => 60,
            b'h' | b'H' => 3600,
            b'd' | b'D' => 86_400,
            b'w' | b'W' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        units = true;
    }
    match (number, units) {
        (None, true) => Some(total),
        (plain, false) => plain,
        (Some(_), true) => None,
    }
}

/// `YYYYMMDDHHmmSS` as seconds since 1970 modulo 2³², or up to ten plain digits.
pub(super) fn date(text: &[u8]) -> Option<u32> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if text.len() != 14 {
        return std::str::from_utf8(text).ok()?.parse().ok();
    }
    let number = |at: usize, len: usize| text[at..at + len].iter().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2));
    let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits = (1..=12).contains(&month) && (1..=days_in).contains(&day);
    if !fits || hour > 23 || minute > 59 || second > 60 || year < 1970 {
        return None;
    }
    let (year, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + day - 1 - 719_468;
    u32::try_from((days * 86_400 + hour * 3600 + minute * 60 + second) & 0xffff_ffff).ok()
}

/// Seconds since 1970 as `YYYYMMDDHHmmSS`.
pub(super) fn print_date(seconds: u32) -> String {
    let days = i64::from(seconds / 86_400) + 719_468;
    let era = days / 146_097;
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let rest = seconds % 86_400;
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units() {
        assert_eq!(seconds(b"1h30m"), Some(5400));
        assert_eq!(seconds(b"1W2D"), Some(777_600));
        assert_eq!(seconds(b"300"), Some(300));
        assert_eq!(seconds(b"4294967295"), Some(u32::MAX));
        for bad in ["", "h", "1x", "1h30", "4294967296", "8000w", "-1"] {
            assert_eq!(seconds(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn dates() {
        assert_eq!(date(b"20030322173103"), Some(1_048_354_263), "RFC 4034 §3.3");
        assert_eq!(print_date(1_048_354_263), "20030322173103");
        for bad in ["20030229000000", "20031301000000", "20030101240000", "2003", "x", "99999999999"] {
            assert!(date(bad.as_bytes()).is_none_or(|seconds| seconds == 2003), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn dates_round_trip(at: u32) {
            prop_assert_eq!(date(print_date(at).as_bytes()), Some(at));
        }
    }
}
