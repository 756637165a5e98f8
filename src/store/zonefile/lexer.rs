//! Logical lines: comments dropped, parentheses joined over newlines, tokens cut (RFC 1035 §5.1).

use crate::model::rdata::token::{Token, Unclosed, next};

/// Reads one file, logical line by logical line.
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    /// Whether an unclosed quotation mark or parenthesis was already recovered from: once, so that the work stays
    /// linear.
    recovered: bool,
}

/// A logical line that holds at least one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where its first token stands, from 1.
    pub(super) line: u32,
    /// Whether it begins with a blank, so that the owner is the last one.
    pub(super) indented: bool,
}

/// A logical line that cannot be cut, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: u32,
    pub(super) what: &'static str,
    pub(super) mend: &'static str,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Self { text, at: 0, line: 1, recovered: false }
    }

    /// The next logical line, its tokens in `tokens`; `None` at the end of the file.
    pub(super) fn next(&mut self, tokens: &mut Vec<Token<'a>>) -> Option<Result<Line, Broken>> {
        loop {
            tokens.clear();
            let first = *self.text.get(self.at)?;
            let mut read = Line { line: self.line, indented: matches!(first, b' ' | b'\t') };
            match self.logical_line(tokens, &mut read) {
                Err(broken) => return Some(Err(broken)),
                Ok(()) if !tokens.is_empty() => return Some(Ok(read)),
                Ok(()) => {}
            }
        }
    }

    fn logical_line(&mut self, tokens: &mut Vec<Token<'a>>, read: &mut Line) -> Result<(), Broken> {
        let mut depth = 0u32;
        let mut opened = (self.at, self.line);
        let mut nested = None;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    if depth == 0 {
                        break;
                    }
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b';' => self.skip_line(),
                b'(' => {
                    match depth {
                        0 => opened = (self.at, self.line),
                        _ => nested = nested.or(Some(self.line)),
                    }
                    depth += 1;
                    self.at += 1;
                }
                b')' if depth == 0 => {
                    self.skip_line();
                    let mend = "remove it, or open one with '('";
                    return Err(Broken {
                        line: self.line,
                        what: "a parenthesis is closed that was never opened",
                        mend,
                    });
                }
                b')' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => {
                    if tokens.is_empty() {
                        read.line = self.line;
                    }
                    let start = self.at;
                    match next(self.text, start) {
                        Ok((token, end)) => {
                            tokens.push(token);
                            self.at = end;
                            if token.text.contains(&b'\n') {
                                self.line += newlines(token.text);
                            }
                        }
                        Err(Unclosed(quote)) => {
                            let line = self.line + newlines(&self.text[start..quote]);
                            self.recover(quote, line);
                            let what = "a quotation mark is never closed";
                            return Err(Broken { line, what, mend: "close the string with '\"'" });
                        }
                    }
                }
            }
        }
        if depth > 0 {
            self.recover(opened.0, opened.1);
            let what = "a parenthesis is never closed";
            return Err(Broken { line: opened.1, what, mend: "close the entry with ')'" });
        }
        match nested {
            None => Ok(()),
            Some(line) => {
                let what = "a parenthesis is opened inside another";
                Err(Broken { line, what, mend: "one pair is enough for an entry" })
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    /// Goes on behind the physical line where something was opened and never closed; a second time, at the end.
    fn recover(&mut self, at: usize, line: u32) {
        if std::mem::replace(&mut self.recovered, true) {
            self.at = self.text.len();
            return;
        }
        (self.at, self.line) = (at, line);
        self.skip_line();
    }
}

fn newlines(text: &[u8]) -> u32 {
    text.iter().filter(|byte| **byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, indented, tokens; or the line of what is broken.
    type Cut = Result<(u32, bool, Vec<String>), u32>;

    fn lines(text: &str) -> Vec<Cut> {
        let mut lexer = Lexer::new(text.as_bytes());
        let mut tokens = Vec::new();
        let mut out = Vec::new();
        while let Some(read) = lexer.next(&mut tokens) {
            let words = tokens.iter().map(|token| String::from_utf8_lossy(token.text).into_owned()).collect();
            out.push(read.map(|line| (line.line, line.indented, words)).map_err(|broken| broken.line));
        }
        out
    }

    fn words(line: u32, indented: bool, words: &[&str]) -> Cut {
        Ok((line, indented, words.iter().map(|word| (*word).to_owned()).collect()))
    }

    #[test]
    fn parentheses_comments_and_quotes() {
        let text = "a b ; c\r\n\n ( \n x y\n \"q;\n(\" ) z\nlast\\;x \"\"";
        assert_eq!(
            lines(text),
            [
                words(1, false, &["a", "b"]),
                words(4, true, &["x", "y", "q;\n(", "z"]),
                words(7, false, &["last\\;x", ""]),
            ]
        );
        assert_eq!(lines("a=\"b c\" d"), [words(1, false, &["a=\"b c\"", "d"])], "RFC 9460 §2.1");
        assert_eq!(lines("; only\n\n"), []);
    }

    #[test]
    fn the_line_after_a_broken_one_is_read() {
        assert_eq!(lines("a \"b\nc\nd"), [Err(1), words(2, false, &["c"]), words(3, false, &["d"])]);
        assert_eq!(lines("a (\nb\n(\nc"), [Err(1), words(2, false, &["b"]), Err(3)]);
        assert_eq!(lines("a (\n(b)\n)\nc"), [Err(2), words(4, false, &["c"])]);
        assert_eq!(lines("a )\nb"), [Err(1), words(2, false, &["b"])]);
    }
}
