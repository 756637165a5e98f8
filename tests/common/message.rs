//! A DNS message reader and question writer of the tests' own: small, strict, independent of the code under test.

use std::net::IpAddr;

/// A name in uncompressed wire form, letter case as received.
pub(crate) type WireName = Vec<u8>;

/// A decoded message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: u16,
    pub(crate) flags: u16,
    /// With the extended bits of OPT.
    pub(crate) rcode: u16,
    pub(crate) question: Vec<(WireName, u16, u16)>,
    pub(crate) answer: Vec<Record>,
    pub(crate) authority: Vec<Record>,
    /// Without OPT.
    pub(crate) additional: Vec<Record>,
    pub(crate) opt: Option<Opt>,
}

/// A record; names inside rdata are decompressed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    pub(crate) owner: WireName,
    pub(crate) rtype: u16,
    pub(crate) class: u16,
    pub(crate) ttl: u32,
    pub(crate) rdata: Vec<u8>,
}

/// What an OPT record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opt {
    pub(crate) udp: u16,
    pub(crate) version: u8,
    pub(crate) dnssec_ok: bool,
    pub(crate) options: Vec<(u16, Vec<u8>)>,
}

/// The truncation bit.
pub(crate) const TC: u16 = 0x0200;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Names inside rdata are read and decompressed.
    whole: bool,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], String> {
        let end = self.at + count;
        let got = self.bytes.get(self.at..end).ok_or_else(|| format!("ends inside a field at {}", self.at))?;
        self.at = end;
        Ok(got)
    }

    fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_be_bytes(self.take(2)?.try_into().unwrap()))
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into().unwrap()))
    }

    fn name(&mut self) -> Result<WireName, String> {
        let (mut name, mut at, mut jumped) = (Vec::new(), self.at, false);
        loop {
            let len = *self.bytes.get(at).ok_or("ends inside a name")?;
            match len {
                0 => {
                    name.push(0);
                    if !jumped {
                        self.at = at + 1;
                    }
                    return Ok(name);
                }
                1..=63 => {
                    let end = at + 1 + usize::from(len);
                    name.extend_from_slice(self.bytes.get(at..end).ok_or("ends inside a label")?);
                    // Also what ends a pointer that leads back to before itself for ever.
                    if name.len() > 254 {
                        return Err("a name is too long".into());
                    }
                    at = end;
                }
                0xc0.. => {
                    let low = *self.bytes.get(at + 1).ok_or("ends inside a pointer")?;
                    let to = usize::from(len & 0x3f) << 8 | usize::from(low);
                    if to >= at || to < 12 {
                        return Err(format!("a pointer at {at} leads to {to}"));
                    }
                    if !jumped {
                        self.at = at + 2;
                    }
                    jumped = true;
                    at = to;
                }
                _ => return Err(format!("label type {len:#x}")),
            }
        }
    }

    fn rdata(&mut self, rtype: u16) -> Result<Vec<u8>, String> {
        let len = usize::from(self.u16()?);
        let end = self.at + len;
        let mut rdata = Vec::new();
        let (before, names) = names_inside(rtype);
        if names > 0 && self.whole {
            rdata.extend_from_slice(self.take(before)?);
            for _ in 0..names {
                rdata.extend(self.name()?);
            }
        }
        let rest = end.checked_sub(self.at).ok_or("rdata runs past its length")?;
        rdata.extend_from_slice(self.take(rest)?);
        Ok(rdata)
    }

    fn record(&mut self) -> Result<Record, String> {
        let owner = self.name()?;
        let (rtype, class, ttl) = (self.u16()?, self.u16()?, self.u32()?);
        Ok(Record { owner, rtype, class, ttl, rdata: self.rdata(rtype)? })
    }
}

/// Where names stand in the rdata of the types whose names may be compressed or compared without case:
/// octets before the first name, and how many names follow one another.
pub(crate) fn names_inside(rtype: u16) -> (usize, usize) {
    match rtype {
        2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 39 => (0, 1),
        6 | 14 | 17 => (0, 2),
        15 | 18 | 21 | 36 => (2, 1),
        26 => (2, 2),
        33 => (6, 1),
        _ => (0, 0),
    }
}

/// Reads a message to its last octet; without `whole`, rdata is left as it is, as who only skips records does.
pub(crate) fn decode(bytes: &[u8], whole: bool) -> Result<Message, String> {
    let mut reader = Reader { bytes, at: 0, whole };
    let (id, flags) = (reader.u16()?, reader.u16()?);
    let counts = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    let question =
        (0..counts[0]).map(|_| Ok((reader.name()?, reader.u16()?, reader.u16()?))).collect::<Result<_, String>>()?;
    let mut sections = [Vec::new(), Vec::new(), Vec::new()];
    let mut opt = None;
    let mut rcode = flags & 15;
    for (at, (section, count)) in sections.iter_mut().zip(&counts[1..]).enumerate() {
        for _ in 0..*count {
            let record = reader.record()?;
            if record.rtype != 41 {
                section.push(record);
                continue;
            }
            if opt.is_some() || record.owner != [0] || at != 2 {
                return Err("a second OPT, or one in the wrong place".into());
            }
            rcode |= (record.ttl >> 24 << 4) as u16;
            opt = Some(Opt {
                udp: record.class,
                version: (record.ttl >> 16) as u8,
                dnssec_ok: record.ttl & 0x8000 != 0,
                options: options(&record.rdata)?,
            });
        }
    }
    if reader.at != reader.bytes.len() {
        return Err(format!("{} octets after the last record", reader.bytes.len() - reader.at));
    }
    let [answer, authority, additional] = sections;
    Ok(Message { id, flags, rcode, question, answer, authority, additional, opt })
}

fn options(rdata: &[u8]) -> Result<Vec<(u16, Vec<u8>)>, String> {
    let mut reader = Reader { bytes: rdata, at: 0, whole: false };
    let mut options = Vec::new();
    while reader.at < rdata.len() {
        let (code, len) = (reader.u16()?, reader.u16()?);
        options.push((code, reader.take(usize::from(len))?.to_vec()));
    }
    Ok(options)
}

impl Opt {
    /// The client subnet option: family, source and scope prefix lengths, address octets.
    pub(crate) fn subnet(&self) -> Option<(u16, u8, u8, &[u8])> {
        let (_, data) = self.options.iter().find(|(code, _)| *code == 8)?;
        let [f1, f2, source, scope, address @ ..] = &data[..] else { return None };
        Some((u16::from_be_bytes([*f1, *f2]), *source, *scope, address))
    }
}

/// A question to write.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) id: u16,
    pub(crate) flags: u16,
    pub(crate) name: WireName,
    pub(crate) rtype: u16,
    pub(crate) class: u16,
    pub(crate) edns: Option<Opt>,
}

impl Ask {
    /// The message in wire form.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for word in [self.id, self.flags, 1, 0, 0, u16::from(self.edns.is_some())] {
            out.extend(word.to_be_bytes());
        }
        out.extend(&self.name);
        out.extend(self.rtype.to_be_bytes());
        out.extend(self.class.to_be_bytes());
        if let Some(opt) = &self.edns {
            out.push(0);
            out.extend(41u16.to_be_bytes());
            out.extend(opt.udp.to_be_bytes());
            out.extend([0, opt.version, if opt.dnssec_ok { 0x80 } else { 0 }, 0]);
            let options: Vec<u8> = opt
                .options
                .iter()
                .flat_map(|(code, data)| {
                    [code.to_be_bytes(), (data.len() as u16).to_be_bytes()].concat().into_iter().chain(data.clone())
                })
                .collect();
            out.extend((options.len() as u16).to_be_bytes());
            out.extend(options);
        }
        out
    }
}

/// A client subnet option; host bits are kept as given, octets cut to the source prefix (RFC 7871 §6).
pub(crate) fn subnet(address: IpAddr, source: u8) -> (u16, Vec<u8>) {
    let (family, octets) = match address {
        IpAddr::V4(v4) => (1u8, v4.octets().to_vec()),
        IpAddr::V6(v6) => (2, v6.octets().to_vec()),
    };
    let mut data = vec![0, family, source, 0];
    data.extend(&octets[..usize::from(source).div_ceil(8)]);
    (8, data)
}
