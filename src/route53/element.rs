//! A body of XML as a small tree: local names, text, children; no attributes, no namespaces.
//!
//! What is refused: a document type (and with it every entity but the five), more than [`DEEPEST`] elements
//! inside each other, more than [`MOST`] in all.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

/// The most elements inside each other.
pub const DEEPEST: usize = 16;
/// The most elements of a body.
pub const MOST: usize = 1 << 16;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The text directly in it.
    pub text: String,
    /// The elements directly in it, in their order.
    pub children: Vec<Self>,
}

impl Element {
    /// Reads a document; what is wrong otherwise, in words.
    pub fn parse(body: &[u8]) -> Result<Self, Cow<'static, str>> {
        let text = std::str::from_utf8(body).map_err(|_| "the document is not UTF-8")?;
        let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        let mut count = 0;
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    count += 1;
                    if root.is_some() {
                        return Err("there is more than one root element".into());
                    }
                    if open.len() == DEEPEST {
                        return Err(format!("more than {DEEPEST} elements are inside each other").into());
                    }
                    if count > MOST {
                        return Err(format!("there are more than {MOST} elements").into());
                    }
                    open.push(Self { name: start.local_name().as_ref().to_owned(), ..Self::default() });
                }
                Event::End(_) => {
                    let Some(done) = open.pop() else { return Err("an element ends that did not begin".into()) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => root = Some(done),
                    }
                }
                Event::Text(text) => add(&mut open, &text.xml10_content())?,
                Event::CData(text) => add(&mut open, &text.xml10_content())?,
                Event::GeneralRef(entity) => {
                    let mut space = [0; 4];
                    add(&mut open, resolve(&entity, &mut space)?)?;
                }
                Event::DocType(_) => return Err("a document type is not allowed".into()),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
                Event::Eof => break,
            }
        }
        if open.is_empty() {
            root.ok_or("there is no root element".into())
        } else {
            Err("the document ends within an element".into())
        }
    }

    /// Its text where it holds nothing but blanks besides elements.
    pub(super) fn is_blank(&self) -> bool {
        self.text.bytes().all(|octet| octet.is_ascii_whitespace())
    }
}

fn add(open: &mut [Element], text: &str) -> Result<(), Cow<'static, str>> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.bytes().all(|octet| octet.is_ascii_whitespace()) => {}
        None => return Err("there is text outside the root element".into()),
    }
    Ok(())
}

fn resolve<'t>(entity: &BytesRef<'_>, space: &'t mut [u8; 4]) -> Result<&'t str, Cow<'static, str>> {
    if let Some(letter) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter.encode_utf8(space));
    }
    let name = entity.xml10_content();
    resolve_xml_entity(&name).ok_or_else(|| format!("the entity {name:?} was referenced, but not declared").into())
}

/// Appends text as an XML document holds it; `"` too is escaped, since there are clients that part at quotes.
pub(super) fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            // What XML 1.0 cannot hold at all.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, text: &str) -> Element {
        Element { name: name.to_owned(), text: text.to_owned(), children: Vec::new() }
    }

    #[test]
    fn documents_become_trees_of_local_names() {
        let body = b"\xef\xbb\xbf<?xml version=\"1.0\"?><!-- c -->\n<r:A xmlns:r=\"urn:x\" b=\"1\">\n <B/><r:C>x &lt;&#x41;&#66;&quot;<![CDATA[<&]]></r:C>\n</r:A>\n";
        let tree = Element::parse(body).unwrap();
        assert_eq!(tree.name, "A");
        assert!(tree.is_blank());
        assert_eq!(tree.children, [leaf("B", ""), leaf("C", "x <AB\"<&")]);
    }

    #[test]
    fn what_could_hurt_is_refused() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Element::parse(deep(DEEPEST).as_bytes()).is_ok());
        let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        assert!(Element::parse(wide(MOST).as_bytes()).is_ok());
        let bomb = "<!DOCTYPE a [<!ENTITY b \"xx\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        let refused = [
            (deep(DEEPEST + 1), "inside each other"),
            (wide(MOST + 1), "more than 65536 elements"),
            (bomb.to_owned(), "document type"),
            ("<a>&b;</a>".to_owned(), "not declared"),
            ("<a>&#0;</a>".to_owned(), ""),
            ("<a>&#xd800;</a>".to_owned(), ""),
            ("<a>&amp</a>".to_owned(), ""),
            (String::new(), "no root element"),
            ("<a>".to_owned(), ""),
            ("<a></b>".to_owned(), ""),
            ("</a>".to_owned(), ""),
            ("<a/><b/>".to_owned(), "more than one root"),
            ("x<a/>".to_owned(), "outside the root"),
            ("<a/>&lt;".to_owned(), "outside the root"),
            ("<a".to_owned(), ""),
        ];
        for (text, why) in refused {
            let error = Element::parse(text.as_bytes()).expect_err(&text[..text.len().min(40)]);
            assert!(error.contains(why), "{error}");
        }
        assert!(Element::parse(b"<a>\xff</a>").unwrap_err().contains("UTF-8"));
    }

    #[test]
    fn text_that_is_escaped_comes_back() {
        let text = "a&b<c>d\"e'f\r\n\tg é";
        let mut escaped = String::new();
        escape(text, &mut escaped);
        assert!(!escaped.contains('"') && !escaped.contains('\n'), "{escaped}");
        let back = Element::parse(format!("<a>{escaped}</a>").as_bytes()).unwrap();
        assert_eq!(back.text, text);
    }
}
