//! The search in a body: its first 5120 bytes, decoded where they are compressed, and nothing after (C-12).

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use hyper::header::HeaderValue;

/// How far into the decoded body the search string must end (C-12).
const SEARCHED: usize = 5120;
/// How much of a compressed body is read at most: what does not decode to the bytes searched by then never will.
const COMPRESSED: usize = 65_536;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not at all, or in a way that is searched as it comes (C-12).
    Raw,
    Gzip,
    Deflate,
}

impl Encoding {
    /// By the Content-Encoding header.
    pub(super) fn of(header: Option<&HeaderValue>) -> Self {
        let word = header.and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
        if word.eq_ignore_ascii_case("gzip") || word.eq_ignore_ascii_case("x-gzip") {
            Self::Gzip
        } else if word.eq_ignore_ascii_case("deflate") {
            Self::Deflate
        } else {
            Self::Raw
        }
    }
}

/// Whether `search` lies within the first bytes of the body; reads no further than it must.
pub(super) async fn contains<B>(mut body: B, encoding: Encoding, search: &[u8]) -> bool
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut unpacked = Unpacked::new(encoding);
    let mut searched = 0;
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else { continue };
        let more = unpacked.take(&data);
        let start = unpacked.start();
        let from = usize::saturating_sub(searched, search.len());
        if search.is_empty() || start[from..].windows(search.len()).any(|window| window == search) {
            return true;
        }
        searched = start.len();
        if !more {
            return false;
        }
    }
    false
}

/// The start of a body as it comes out of its packing.
struct Unpacked {
    decoder: Decoder,
    compressed: usize,
}

enum Decoder {
    Raw(Start),
    Gzip(MultiGzDecoder<Start>),
    /// Too few bytes yet to tell the two meanings of `deflate` apart.
    Undecided(Vec<u8>, Start),
    Zlib(ZlibDecoder<Start>),
    Deflate(DeflateDecoder<Start>),
}

/// At most so many bytes; takes no more once they are there.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(SEARCHED - self.0.len());
        self.0.extend_from_slice(&bytes[..taken]);
        if taken == 0 && !bytes.is_empty() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unpacked {
    fn new(encoding: Encoding) -> Self {
        let start = Start(Vec::new());
        let decoder = match encoding {
            Encoding::Raw => Decoder::Raw(start),
            Encoding::Gzip => Decoder::Gzip(MultiGzDecoder::new(start)),
            Encoding::Deflate => Decoder::Undecided(Vec::new(), start),
        };
        Self { decoder, compressed: 0 }
    }

    /// Takes the next bytes; false when no later ones can matter.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let bytes = &bytes[..bytes.len().min(COMPRESSED - self.compressed.min(COMPRESSED))];
        self.compressed += bytes.len();
        let taken = match &mut self.decoder {
            Decoder::Raw(start) => start.write_all(bytes),
            Decoder::Gzip(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Decoder::Zlib(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Decoder::Deflate(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Decoder::Undecided(before, start) => {
                before.extend_from_slice(bytes);
                let [first, second, ..] = before[..] else { return true };
                let start = Start(std::mem::take(&mut start.0));
                let before = std::mem::take(before);
                self.compressed = 0;
                self.decoder = if is_zlib(first, second) {
                    Decoder::Zlib(ZlibDecoder::new(start))
                } else {
                    Decoder::Deflate(DeflateDecoder::new(start))
                };
                return self.take(&before);
            }
        };
        taken.is_ok() && self.start().len() < SEARCHED && self.compressed < COMPRESSED
    }

    fn start(&self) -> &[u8] {
        match &self.decoder {
            Decoder::Raw(start) | Decoder::Undecided(_, start) => &start.0,
            Decoder::Gzip(decoder) => &decoder.get_ref().0,
            Decoder::Zlib(decoder) => &decoder.get_ref().0,
            Decoder::Deflate(decoder) => &decoder.get_ref().0,
        }
    }
}

/// Whether these are the first bytes of a zlib stream (RFC 1950 §2.2): `deflate` means one, and is often sent
/// without its wrapping (RFC 9110 §8.4.1.2).
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::Compression;
    use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn packed(mut encoder: impl Read) -> Vec<u8> {
        let mut out = Vec::new();
        encoder.read_to_end(&mut out).unwrap();
        out
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        packed(GzEncoder::new(body, Compression::best()))
    }

    /// What is found in a body that comes in pieces of so many bytes.
    fn found(encoding: Encoding, packed: &[u8], piece: usize, search: &str) -> bool {
        let mut unpacked = Unpacked::new(encoding);
        for piece in packed.chunks(piece) {
            if !unpacked.take(piece) {
                break;
            }
        }
        unpacked.start().windows(search.len()).any(|window| window == search.as_bytes())
    }

    #[test]
    fn t275_gzip_and_deflate_are_decoded() {
        let mut body = vec![b'.'; 9000];
        body[5117..5120].copy_from_slice(b"OK!");
        body[6000..6005].copy_from_slice(b"later");
        let zlib = packed(ZlibEncoder::new(&body[..], Compression::best()));
        let deflate = packed(DeflateEncoder::new(&body[..], Compression::best()));
        let forms = [(Encoding::Gzip, gzip(&body)), (Encoding::Deflate, zlib), (Encoding::Deflate, deflate)];
        for (encoding, packed) in forms {
            for piece in [1, 2, 7, packed.len()] {
                assert!(found(encoding, &packed, piece, "OK!"), "{encoding:?} by {piece}: C-12");
                assert!(!found(encoding, &packed, piece, "later"), "{encoding:?} by {piece}: 5120 decoded bytes");
            }
            assert!(!found(Encoding::Raw, &packed, 100, "OK!"), "searched raw");
        }
    }

    #[test]
    fn t275_encodings_by_their_header() {
        let of = |text: &'static str| Encoding::of(Some(&HeaderValue::from_static(text)));
        assert_eq!([of("gzip"), of("X-GZIP"), of("Deflate")], [Encoding::Gzip, Encoding::Gzip, Encoding::Deflate]);
        assert_eq!([of("br"), of("identity"), of("gzip, gzip"), Encoding::of(None)], [Encoding::Raw; 4]);
    }

    #[test]
    fn a_bomb_is_held_at_5120_bytes() {
        let bomb = gzip(&vec![0; 50_000_000]);
        let mut unpacked = Unpacked::new(Encoding::Gzip);
        assert!(!unpacked.take(&bomb), "no more is wanted");
        assert_eq!(unpacked.start().len(), SEARCHED);
    }

    #[test]
    fn what_never_decodes_is_read_to_a_bound() {
        let empty = gzip(b"");
        let mut unpacked = Unpacked::new(Encoding::Gzip);
        let mut taken = 0;
        while unpacked.take(&empty) {
            taken += empty.len();
        }
        assert!(taken <= COMPRESSED);
        assert!(!Unpacked::new(Encoding::Gzip).take(b"no gzip at all"));
    }

    #[tokio::test]
    async fn c12_a_search_across_pieces() {
        use http_body_util::Full;
        assert!(contains(Full::new(Bytes::from_static(b"all systems go")), Encoding::Raw, b"systems go").await);
        assert!(!contains(Full::new(Bytes::from_static(b"")), Encoding::Raw, b"go").await);
    }
}
