//! A reply cut down to what a limited client gets: header, question and OPT, so that it comes again otherwise.

use super::cookie::Proof;
use super::query::HEADER;
use super::rcode;
use super::respond::Reply;

const AUTHORITATIVE: u8 = 0x04;
const TRUNCATED: u8 = 0x02;

/// Cuts the reply written to `out`: a client that takes cookies is told to show ours (BADCOOKIE), every other to
/// come over TCP (TC).
pub fn cut(out: &mut [u8], reply: &mut Reply) {
    let question_end = match reply.name_len {
        0 => HEADER,
        len => HEADER + usize::from(len) + 4,
    };
    let (start, len) = (usize::from(reply.opt.0), usize::from(reply.opt.1));
    if reply.len < question_end || start + len > reply.len {
        return;
    }
    out.copy_within(start..start + len, question_end);
    reply.opt.0 = question_end as u16;
    reply.len = question_end + len;
    out[6..11].fill(0);
    out[11] = u8::from(len > 0);
    out[2] &= !(AUTHORITATIVE | TRUNCATED);
    let wants_cookie = matches!(reply.proof, Proof::Client | Proof::Wrong) && len > 0;
    reply.truncated = !wants_cookie;
    if wants_cookie {
        set_code(out, reply, rcode::BADCOOKIE);
    } else {
        out[2] |= TRUNCATED;
        // A cut reply says nothing about the name; NXDOMAIN might be taken for an answer.
        if reply.rcode == rcode::NXDOMAIN {
            set_code(out, reply, rcode::NOERROR);
        }
    }
}

fn set_code(out: &mut [u8], reply: &mut Reply, code: u16) {
    reply.rcode = code;
    out[3] = out[3] & 0xf0 | code as u8 & 0x0f;
    if reply.opt.1 > 0 {
        out[usize::from(reply.opt.0) + 5] = (code >> 4) as u8;
    }
}
