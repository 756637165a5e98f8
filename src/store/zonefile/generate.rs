//! BIND's `$GENERATE`: entries with a counter in them.

use crate::model::rdata::token::Token;

/// How the directive is written.
pub(super) const USAGE: &str = "write: $GENERATE start-stop[/step] owner [ttl] [class] type data, \
                                with $ or ${offset,width,base} for the number";

/// The widest a number may be padded.
const MAX_WIDTH: usize = 255;

/// A checked directive.
pub(super) struct Template<'t> {
    start: u32,
    stop: u32,
    step: u32,
    owner: &'t [u8],
    /// TTL, class and type as written, then the data.
    rest: &'t [Token<'t>],
    /// Whether the data is one quoted token: it loses its quotation marks, as in BIND.
    stripped: bool,
}

impl<'t> Template<'t> {
    /// From what follows `$GENERATE`: the first two tokens, and the rest of which the last `data` are data.
    pub(super) fn new(
        range: &Token<'_>,
        owner: &'t Token<'t>,
        rest: &'t [Token<'t>],
        data: usize,
    ) -> Result<Self, String> {
        if owner.quoted {
            return Err("the owner of $GENERATE is quoted".to_owned());
        }
        let (start, stop, step) = parse_range(range.text)
            .ok_or_else(|| format!("{:?} is no range start-stop[/step]", String::from_utf8_lossy(range.text)))?;
        let stripped = data == 1 && rest.last().is_some_and(|token| token.quoted);
        Ok(Self { start, stop, step, owner: owner.text, rest, stripped })
    }

    /// How many entries it makes.
    pub(super) fn count(&self) -> u64 {
        u64::from((self.stop - self.start) / self.step) + 1
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = u32> + use<> {
        (self.start..=self.stop).step_by(self.step as usize)
    }

    /// Appends the entry of one step.
    pub(super) fn write(&self, number: u32, out: &mut Vec<u8>) -> Result<(), String> {
        expand(self.owner, number, out)?;
        for token in self.rest {
            out.push(b' ');
            let start = out.len();
            let marks = token.quoted && !self.stripped;
            if marks {
                out.push(b'"');
            }
            expand(token.text, number, out)?;
            if marks {
                out.push(b'"');
            } else {
                out[start..].iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
            }
        }
        Ok(())
    }
}

fn parse_range(text: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, digits(step)?),
        None => (text, 1),
    };
    let (start, stop) = range.split_once('-')?;
    let (start, stop) = (digits(start)?, digits(stop)?);
    (start <= stop && step > 0 && stop <= i32::MAX as u32).then_some((start, stop, step))
}

fn digits(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Replaces `$` and `${offset[,width[,base]]}` by the number; `$$` and `\$` stand for a dollar sign.
fn expand(text: &[u8], number: u32, out: &mut Vec<u8>) -> Result<(), String> {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, rest.first()) {
            (b'\\', Some(b'$')) | (b'$', Some(b'$')) => {
                out.push(b'$');
                rest = &rest[1..];
            }
            (b'\\', Some(&escaped)) => {
                out.extend_from_slice(&[b'\\', escaped]);
                rest = &rest[1..];
            }
            (b'$', Some(b'{')) => {
                let end = rest.iter().position(|byte| *byte == b'}');
                let end = end.ok_or_else(|| "a modifier ${…} of $GENERATE is never closed".to_owned())?;
                let modifier = String::from_utf8_lossy(&rest[1..end]);
                write_number(&modifier, number, out).ok_or_else(|| {
                    format!("the modifier ${{{modifier}}} of $GENERATE is no ${{offset,width,base}} that fits {number}")
                })?;
                rest = &rest[end + 1..];
            }
            (b'$', _) => out.extend_from_slice(number.to_string().as_bytes()),
            _ => out.push(byte),
        }
    }
    Ok(())
}

fn write_number(modifier: &str, number: u32, out: &mut Vec<u8>) -> Option<()> {
    let mut parts = modifier.split(',');
    let offset: i64 = parts.next()?.parse::<i32>().ok()?.into();
    let width = parts.next().map_or(Some(0), |width| digits(width).map(|width| width as usize))?;
    let base = parts.next().unwrap_or("d");
    let value = u64::try_from(i64::from(number) + offset).ok()?;
    if parts.next().is_some() || width > MAX_WIDTH {
        return None;
    }
    let text = match base {
        "d" => format!("{value:0width$}"),
        "o" => format!("{value:0width$o}"),
        "x" => format!("{value:0width$x}"),
        "X" => format!("{value:0width$X}"),
        "n" => nibbles(value, width, b"0123456789abcdef"),
        "N" => nibbles(value, width, b"0123456789ABCDEF"),
        _ => return None,
    };
    out.extend_from_slice(text.as_bytes());
    Some(())
}

/// Hex digits, lowest first, a dot between; the width counts the dots.
fn nibbles(value: u64, width: usize, digits: &[u8; 16]) -> String {
    let (mut value, mut width, mut out) = (value, width, String::new());
    loop {
        out.push(char::from(digits[(value & 15) as usize]));
        value >>= 4;
        width = width.saturating_sub(1);
        if width == 0 && value == 0 {
            return out;
        }
        out.push('.');
        width = width.saturating_sub(1);
        if width == 0 && value == 0 {
            return out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, number: u32) -> Result<String, String> {
        let mut out = Vec::new();
        expand(text.as_bytes(), number, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn modifiers() {
        let cases = [
            ("host-$", 7, "host-7"),
            ("${0,3}", 7, "007"),
            ("${-5}", 7, "2"),
            ("${1,4,x}", 254, "00ff"),
            ("${0,0,X}", 255, "FF"),
            ("${0,3,o}", 8, "010"),
            ("${0,3,n}", 0xab, "b.a"),
            ("${0,8,N}", 0xab, "B.A.0.0."),
            ("${0,7,n}", 1, "1.0.0.0"),
            ("$$-\\$-\\065", 1, "$-$-\\065"),
            ("$.$", 3, "3.3"),
        ];
        for (text, number, out) in cases {
            assert_eq!(expanded(text, number).as_deref(), Ok(out), "{text}");
        }
        for bad in ["${", "${}", "${x}", "${0,0,q}", "${-1}", "${0,999}", "${0,1,d,1}", "${+ 1}"] {
            assert!(expanded(bad, 0).is_err(), "{bad}");
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(parse_range(b"1-10/3"), Some((1, 10, 3)));
        assert_eq!(parse_range(b"0-0"), Some((0, 0, 1)));
        for bad in ["1", "2-1", "1-2/0", "a-b", "1-", "-1", "1-4294967296", "+1-2", "1-2/3/4"] {
            assert_eq!(parse_range(bad.as_bytes()), None, "{bad}");
        }
    }
}
