//! Bodies that exhaust a reader that trusts them.

use std::fmt::Write as _;

/// Nine levels of ten entities each: a document of one kilobyte that expands to gigabytes.
const ENTITY_LEVELS: usize = 9;

/// More levels than any document of the services has.
const DEEP_LEVELS: usize = 10_000;

/// The size to which the gzip body unpacks: 100 MiB in pieces of 258 bytes, the longest repetition of DEFLATE.
const REPETITIONS: usize = 100 * 1024 * 1024 / 258;

/// XML whose entities expand to gigabytes.
pub(crate) fn entities() -> String {
    let mut declared = String::from("<!ENTITY e0 \"contoso\">");
    for level in 1..=ENTITY_LEVELS {
        let inner = format!("&e{};", level - 1).repeat(10);
        let _ = write!(declared, "<!ENTITY e{level} \"{inner}\">");
    }
    format!("<?xml version=\"1.0\"?><!DOCTYPE x [{declared}]><x>&e{ENTITY_LEVELS};</x>")
}

/// JSON of ten thousand levels.
pub(crate) fn deep_json() -> String {
    format!(
        "{{\"value\":{}{}}}",
        "[".repeat(DEEP_LEVELS),
        "]".repeat(DEEP_LEVELS)
    )
}

/// XML of ten thousand levels.
pub(crate) fn deep_xml() -> String {
    format!(
        "<?xml version=\"1.0\"?>{}{}",
        "<x>".repeat(DEEP_LEVELS),
        "</x>".repeat(DEEP_LEVELS)
    )
}

/// A gzip body that unpacks to 100 MiB of spaces. It has one block with fixed codes (RFC 1951, 3.2.6): a space, and then the
/// longest repetition of the byte before, again and again.
pub(crate) fn gzip_bomb() -> Vec<u8> {
    // RFC 1952: the magic number, DEFLATE, no flags, no time, no operating system.
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = BitWriter::default();
    // The last block, with fixed codes. Header fields begin at the least significant bit.
    bits.push("110");
    bits.push("01010000");
    for _ in 0..REPETITIONS {
        // Length code 285 (258 bytes) and distance code 0 (1 byte back).
        bits.push("1100010100000");
    }
    // The end of the block.
    bits.push("0000000");
    bytes.extend(bits.bytes);
    // A checksum that no reader gets to.
    bytes.extend([0; 8]);
    bytes
}

/// Bits in the order of DEFLATE: the first one is the least significant of its byte.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    fn push(&mut self, bits: &str) {
        for bit in bits.bytes() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= (bit & 1) << (self.used % 8);
            }
            self.used += 1;
        }
    }
}
