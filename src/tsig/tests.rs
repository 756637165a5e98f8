use super::*;

/// When the requests were signed.
const SIGNED: u64 = 1_700_000_000;
/// The reply before its TSIG record.
const REPLY: &[u8] = b"\x12\x34\x85\0\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x06\0\x01";
/// Where a request's TSIG record begins.
const AT: usize = REPLY.len();

/// A request and MACs that Python's `hmac` made of it: of the reply a second later, of a message after that another second
/// later, and of the reply 1,000 seconds late.
struct Vector {
    algorithm: Algorithm,
    request: &'static str,
    reply: &'static str,
    next: &'static str,
    badtime: &'static str,
}

#[rustfmt::skip]
const VECTORS: [Vector; 3] = [
    Vector {
        algorithm: Algorithm::HmacSha256,
        request: "123401000001000000000001076578616d706c65036f72670000060001016b04746573740000fa00ff00000000003d0b686d61632d7368613235360000006553f100012c00206b124fec3f949c67d232a428e59d4691166a71ff8400640b6bfd4e37bde01354123400000000",
        reply: "94658bafc6e73623506525a67c4ceeea17310916df17bd38de06cd304672617f",
        next: "6aa82da1af2692393f31ddd45a4ec68e59c7d15ccc55e3c0b293b5c6e9ba1e74",
        badtime: "68b08e1d666f40fdc926f78979cf40e7ca55a0b7d08e9649caefc45a8f51998e",
    },
    Vector {
        algorithm: Algorithm::HmacSha384,
        request: "123401000001000000000001076578616d706c65036f72670000060001016b04746573740000fa00ff00000000004d0b686d61632d7368613338340000006553f100012c003073591b07a6e409a22b23d78c29541bf031893e5ac516ecd7255eee6ccd83ecbbde4ab25d5392df4df30899db30ed3c37123400000000",
        reply: "ecd73525e22c96e361aeec755dcae1a421529ef2748e3e93de912387c6085b6b54d2baec597cf5d5921db15701900825",
        next: "bfae6aa5d8bac960e05f52ee76747102d4c5ed878ed5cd92793c8b8a7b47048ac7ce666c0c26f2594915d27c91e5fe09",
        badtime: "4756cf36f2801cbdde387e9f57cd49633ba9feb91b99a5273c0e45516f92ffd94b18732d0b99fd3cf495c42e22229e08",
    },
    Vector {
        algorithm: Algorithm::HmacSha512,
        request: "123401000001000000000001076578616d706c65036f72670000060001016b04746573740000fa00ff00000000005d0b686d61632d7368613531320000006553f100012c0040e70d7b9a476683d023684733c7e1081343ed63c513c18810781e60ab94e0a19151e827b11147fc9d90184e926095dae52d057f1b999d9149b8dab73ceee73c56123400000000",
        reply: "8f82305f291b5e09f68636eb8717b94bfa1b1a398c89fcabf9002d38206644f305ca145c742dd4828b54f2660febc45c1db2b86274fcd3d05b8aebe88a826614",
        next: "243c3735af9a9e7fc34b8b8e3579f536f4dc2361016a21d44010da02e7f2e889056c5fac92d930d57ea66aae52e3d7b601773a989dae208833052789125e0e3a",
        badtime: "5bb927308097f50db7db9d645b53943e3860d155fe0966609183fe94a5c7711601728d26a86338b600bfa410e954c4917054dcbbae28969c82927b08ceff80e2",
    },
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

fn name(text: &str) -> Name {
    Name::parse(text, None).expect("a name")
}

fn keys(algorithm: Algorithm) -> BTreeMap<Name, Key> {
    BTreeMap::from([(name("k.test."), Key::new(name("k.test."), algorithm, b"secretsecretsecretsecret"))])
}

fn first() -> (Vec<u8>, BTreeMap<Name, Key>) {
    (unhex(VECTORS[0].request), keys(Algorithm::HmacSha256))
}

/// Signs `message` at `now`; the whole of it, and the record.
fn sign<'m>(signer: &mut Signer, message: &[u8], now: u64, out: &'m mut Vec<u8>) -> Signature<'m> {
    out.clear();
    out.extend_from_slice(message);
    out.resize(message.len() + signer.octets(), 0);
    let len = signer.sign(out, message.len(), now).expect("there is room");
    out.truncate(len);
    assert_eq!(out[10..12], [0, 1], "counted");
    assert_eq!(last_record(out), Some(message.len()));
    Signature::read(out, message.len()).expect("a TSIG record")
}

#[test]
fn messages_are_signed_as_others_sign_them() {
    for Vector { algorithm, request, reply, next, badtime } in &VECTORS {
        let (request, keys, mut out) = (unhex(request), keys(*algorithm), Vec::new());
        let mut signer = verify(&request, AT, &keys, SIGNED + 1).expect("RFC 8945 §5.2");
        assert_eq!(sign(&mut signer, REPLY, SIGNED + 1, &mut out).mac, unhex(reply), "RFC 8945 §5.3");
        let after = sign(&mut signer, REPLY, SIGNED + 2, &mut out);
        assert_eq!(after.mac, unhex(next), "RFC 8945 §5.3.1");
        let Err(Refusal::Told(mut late)) = verify(&request, AT, &keys, SIGNED + 1000) else { panic!("too late") };
        let told = sign(&mut late, REPLY, SIGNED + 1000, &mut out);
        assert_eq!((told.mac, told.error, told.time), (&unhex(badtime)[..], BADTIME, SIGNED), "RFC 8945 §5.2.3");
        assert_eq!(told.other, &(SIGNED + 1000).to_be_bytes()[2..], "RFC 8945 §5.2.3");
    }
}

#[test]
fn our_own_requests_are_answered_to() {
    let (_, keys) = first();
    let mut ours = Signer::of_request(keys[&name("k.test.")].clone());
    let question = [&[0x12, 0x34, 0x01][..], &REPLY[3..]].concat();
    let (mut out, mut answer) = (Vec::new(), Vec::new());
    sign(&mut ours, &question, SIGNED, &mut out);
    let mut theirs = verify(&out, AT, &keys, SIGNED).expect("as signed");
    sign(&mut theirs, REPLY, SIGNED + 1, &mut answer);
    assert!(ours.believes(&answer, AT, SIGNED + 1));
    assert!(!ours.believes(&answer, AT, SIGNED + 1000), "too late");
    assert!(!ours.believes(&out, AT, SIGNED), "the request is no reply to itself");
    answer[3] ^= 1;
    assert!(!ours.believes(&answer, AT, SIGNED + 1), "another code");
}

#[test]
fn names_have_no_case_and_the_id_is_the_one_signed() {
    let (mut packet, keys) = first();
    packet[AT + 1..AT + 2].make_ascii_uppercase();
    packet[AT + 19..AT + 30].make_ascii_uppercase();
    assert!(packet[AT..].windows(4).any(|part| part == b"HMAC"), "{packet:?}");
    assert!(verify(&packet, AT, &keys, SIGNED).is_ok(), "RFC 8945 §4.2, §4.3.3");
    packet[..2].copy_from_slice(b"zz");
    assert!(verify(&packet, AT, &keys, SIGNED).is_ok(), "RFC 8945 §4.3.2: forwarded under another id");
    packet[AT - 6] ^= 0x20;
    assert!(matches!(verify(&packet, AT, &keys, SIGNED), Err(Refusal::WrongMac)), "the question is signed as it is");
}

#[test]
fn time_is_as_far_off_as_the_request_allows() {
    let (packet, keys) = first();
    for (now, in_time) in [
        (SIGNED - 301, false),
        (SIGNED - 300, true),
        (SIGNED + 300, true),
        (SIGNED + 301, false),
        (0, false),
        (u64::MAX, false),
    ] {
        assert_eq!(verify(&packet, AT, &keys, now).is_ok(), in_time, "{now}");
    }
}

/// RFC 8945 §5.2.2.1.
#[test]
fn a_cut_mac_is_told_and_no_less_than_half_is_a_mac() {
    let (packet, keys) = first();
    let whole = Signature::read(&packet, AT).expect("a TSIG record");
    let start = packet.len() - 6 - whole.mac.len();
    for len in 0..=64 {
        let mac: Vec<u8> = whole.mac.iter().copied().chain([0; 32]).take(len).collect();
        let cut = [&packet[..start - 2], &[0, len as u8], &mac, &packet[packet.len() - 6..]].concat();
        let mut cut = cut;
        let data_len = 13 + 16 + len;
        cut[AT + 16..AT + 18].copy_from_slice(&(data_len as u16).to_be_bytes());
        match verify(&cut, AT, &keys, SIGNED) {
            Ok(_) => assert_eq!(len, 32),
            Err(Refusal::Told(signer)) => assert!((16..32).contains(&len) && signer.error() == BADTRUNC, "{len}"),
            Err(Refusal::Malformed) => assert!(!(16..=32).contains(&len), "{len}"),
            Err(refusal) => panic!("{len}: {refusal:?}"),
        }
        if let Err(Refusal::Told(signer)) = verify(&cut, AT, &keys, SIGNED + 1000) {
            assert_eq!(signer.error(), BADTIME, "RFC 8945 §5.2: the time is looked at before the length");
        }
    }
}

/// BIND CVE-2020-8617 (an error in a request), CVE-2025-40775 (an algorithm nobody has), Knot CVE-2017-11104 (forgery).
#[test]
fn what_is_not_signed_with_a_known_key_is_not_believed() {
    let (packet, known) = first();
    let refusal = |packet: &[u8], keys: &BTreeMap<Name, Key>| verify(packet, AT, keys, SIGNED).expect_err("refused");
    assert!(matches!(refusal(&packet, &BTreeMap::new()), Refusal::UnknownKey));
    assert!(matches!(refusal(&packet, &keys(Algorithm::HmacSha512)), Refusal::UnknownKey), "another algorithm");
    let end = packet.len();
    for error in [BADSIG, BADKEY, BADTIME, BADTRUNC, u16::MAX] {
        let mut told = packet.clone();
        told[end - 4..end - 2].copy_from_slice(&error.to_be_bytes());
        assert!(matches!(refusal(&told, &known), Refusal::WrongMac), "error {error}");
    }
    for bit in 0..packet.len() * 8 {
        let mut other = packet.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let in_a_name = (AT..AT + 8).contains(&(bit / 8)) || (AT + 18..AT + 31).contains(&(bit / 8));
        let case = in_a_name && other.eq_ignore_ascii_case(&packet);
        let believed = verify(&other, AT, &known, SIGNED).is_ok();
        assert_eq!(believed, bit / 8 < 2 || case, "bit {bit}: {other:02x?}");
    }
    for len in 0..packet.len() {
        assert!(verify(&packet[..len], AT, &known, SIGNED).is_err(), "cut at {len}");
    }
    assert!(verify(&[&packet[..], &[0]].concat(), AT, &known, SIGNED).is_err(), "too long");
    for at in 0..packet.len() + 2 {
        assert!(at == AT || verify(&packet, at, &known, SIGNED).is_err(), "elsewhere: {at}");
    }
}

#[test]
fn a_record_is_written_whole_or_not_at_all() {
    let (packet, keys) = first();
    let mut signer = verify(&packet, AT, &keys, SIGNED).expect("believed");
    let mut out = REPLY.to_vec();
    out.resize(REPLY.len() + signer.octets() - 7, 0);
    assert_eq!(signer.sign(&mut out, REPLY.len(), SIGNED), None);
    assert_eq!(stripped(&packet, AT), [&packet[..10], &[0, 0], &packet[12..AT]].concat());
}
