//! Cutting values into tokens, and undoing escapes inside them.

use super::Dialect;
use super::error::{Bad, Fault};

/// One token of a value, its escapes still in place, the quotation marks around it taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The bytes as written.
    pub text: &'a [u8],
    /// Whether they stood in quotation marks.
    pub quoted: bool,
}

/// A quotation mark at this offset is never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed(pub usize);

const PLAIN: u8 = 0;
const STOP: u8 = 1;
const QUOTE: u8 = 2;
const ESCAPE: u8 = 3;

/// What each byte means inside an unquoted token of a master file.
const KINDS: [u8; 256] = {
    let mut kinds = [PLAIN; 256];
    let stops = *b" \t\r\n;()";
    let mut at = 0;
    while at < stops.len() {
        kinds[stops[at] as usize] = STOP;
        at += 1;
    }
    kinds[b'"' as usize] = QUOTE;
    kinds[b'\\' as usize] = ESCAPE;
    kinds
};

/// The token that begins at `at`, which is no blank, newline, parenthesis or semicolon, and the offset behind it
/// (RFC 1035 §5.1). A quotation mark right after `=` opens a quoted part of the same token (RFC 9460 §2.1).
pub fn next(text: &[u8], at: usize) -> Result<(Token<'_>, usize), Unclosed> {
    if text[at] == b'"' {
        let end = quoted_end(text, at)?;
        return Ok((Token { text: &text[at + 1..end], quoted: true }, end + 1));
    }
    let mut end = at;
    while let Some(&byte) = text.get(end) {
        match KINDS[usize::from(byte)] {
            PLAIN => {}
            STOP => break,
            QUOTE if end > at && text[end - 1] == b'=' => end = quoted_end(text, end)?,
            ESCAPE if text.get(end + 1).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) => end += 1,
            _ => {}
        }
        end += 1;
    }
    Ok((Token { text: &text[at..end], quoted: false }, end))
}

/// The offset of the quotation mark that closes the one at `open`.
fn quoted_end(text: &[u8], open: usize) -> Result<usize, Unclosed> {
    let mut at = open + 1;
    loop {
        match text.get(at) {
            None => return Err(Unclosed(open)),
            Some(b'"') => return Ok(at),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// All tokens of one value. Newlines count as blanks and so do parentheses in a master value; Route 53 values have
/// neither comments nor parentheses, and quoted strings must stand apart (N-20).
pub(super) fn split(text: &[u8], dialect: Dialect) -> Result<Vec<Token<'_>>, Bad> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            _ if byte.is_ascii_whitespace() => at += 1,
            b'(' | b')' if dialect == Dialect::Master => at += 1,
            b';' if dialect == Dialect::Master => return Err(Bad::new(Fault::Comment, text)),
            _ => {
                let read = match dialect {
                    Dialect::Master => next(text, at),
                    Dialect::Route53 => next_route53(text, at),
                };
                let (token, end) = read.map_err(|_| Bad::new(Fault::Unclosed, text))?;
                tokens.push(token);
                at = end;
                if dialect == Dialect::Route53 && text.get(at).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                    return Err(Bad::new(Fault::Adjacent, text));
                }
            }
        }
    }
    Ok(tokens)
}

/// As [`next`], with only blanks ending a token.
fn next_route53(text: &[u8], at: usize) -> Result<(Token<'_>, usize), Unclosed> {
    if text[at] == b'"' {
        let end = quoted_end(text, at)?;
        return Ok((Token { text: &text[at + 1..end], quoted: true }, end + 1));
    }
    let mut end = at;
    while let Some(&byte) = text.get(end) {
        match byte {
            _ if byte.is_ascii_whitespace() => break,
            b'"' if end > at && text[end - 1] == b'=' => end = quoted_end(text, end)? + 1,
            b'\\' if end + 1 < text.len() => end += 2,
            _ => end += 1,
        }
    }
    Ok((Token { text: &text[at..end], quoted: false }, end))
}

/// Appends the bytes a text stands for: `\DDD` (decimal, or `\ooo` octal in Route 53's dialect) and `\X`.
pub(super) fn unescape(text: &[u8], dialect: Dialect, out: &mut Vec<u8>) -> Result<(), Fault> {
    let radix = match dialect {
        Dialect::Master => 10,
        Dialect::Route53 => 8,
    };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == b'\\') {
        out.extend_from_slice(&rest[..at]);
        let (&first, _) = rest[at + 1..].split_first().ok_or(Fault::Escape)?;
        if !first.is_ascii_digit() {
            out.push(first);
            rest = &rest[at + 2..];
            continue;
        }
        let mut value = 0;
        for digit in rest.get(at + 1..at + 4).ok_or(Fault::Escape)? {
            value = value * radix + char::from(*digit).to_digit(radix).ok_or(Fault::Escape)?;
        }
        out.push(u8::try_from(value).map_err(|_| Fault::Escape)?);
        rest = &rest[at + 4..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// The bytes a quoted or unquoted master-file token stands for; `None` when an escape is broken.
pub fn plain_text(token: Token<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(token.text.len());
    unescape(token.text, Dialect::Master, &mut out).ok()?;
    Some(out)
}
