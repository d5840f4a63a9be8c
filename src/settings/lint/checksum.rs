//! The checksum in the last three characters of today's client secrets. Microsoft publishes the scheme in its secret
//! scanner (`microsoft/security-utilities`); it may change any day, so a mismatch is a suspicion and no more.

/// Letters of a secret of the current form.
const LENGTH: usize = 40;
/// The signature of the current form and its position.
const SIGNATURE: &[u8] = b"8Q~";
const SIGNATURE_AT: usize = 3;
/// How many letters the checksum covers; the other three are the checksum.
const BODY: usize = 37;
/// The ASCII text `AadPwd00` as a number, its low half first.
const SEED: State = State(0x7764_3030, 0x4161_6450);
/// The digits of the checksum in the order of their value.
const DIGITS: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
/// How many digits a whole 32-bit hash has in this notation.
const HASH_DIGITS: usize = 6;

/// Whether the checksum fits; `None` for a text that is not of the current form and has no checksum.
pub(super) fn fits(secret: &str) -> Option<bool> {
    let bytes = secret.as_bytes();
    let body = bytes.get(..BODY)?;
    let signed = body
        .get(SIGNATURE_AT..)
        .is_some_and(|rest| rest.starts_with(SIGNATURE));
    let written = bytes.iter().all(|byte| DIGITS.contains(byte));
    if bytes.len() != LENGTH || !signed || !written {
        return None;
    }
    // A secret contains only the first three of the six digits.
    Some(bytes.get(BODY..) == notation(marvin32(body, SEED)).get(..LENGTH - BODY))
}

/// The number in base 66, most significant digit first, padded with the digit of zero.
fn notation(mut number: u32) -> [u8; HASH_DIGITS] {
    let mut digits = [DIGITS[0]; HASH_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[number as usize % DIGITS.len()];
        number /= 66;
    }
    digits
}

/// Marvin32, folded to 32 bits.
fn marvin32(data: &[u8], mut state: State) -> u32 {
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        state.take(u32::from_le_bytes(*word));
    }
    // Marvin32 pads the remaining bytes with 0x80 and zeros.
    let mut last = [0; 4];
    for (slot, byte) in last.iter_mut().zip(rest.iter().chain(&[0x80])) {
        *slot = *byte;
    }
    state.take(u32::from_le_bytes(last));
    state.mix();
    state.0 ^ state.1
}

#[derive(Clone, Copy)]
struct State(u32, u32);

impl State {
    fn take(&mut self, word: u32) {
        self.0 = self.0.wrapping_add(word);
        self.mix();
    }

    fn mix(&mut self) {
        self.1 ^= self.0;
        self.0 = self.0.rotate_left(20).wrapping_add(self.1);
        self.1 = self.1.rotate_left(9) ^ self.0;
        self.0 = self.0.rotate_left(27).wrapping_add(self.1);
        self.1 = self.1.rotate_left(19);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(suffix: &str) -> String {
        format!("zzz8Q~{}{suffix}", "z".repeat(31))
    }

    #[test]
    fn microsofts_own_example_fits() {
        assert_eq!(fits(&example("blP")), Some(true));
        assert_eq!(fits(&example("blp")), Some(false));
    }

    #[test]
    fn one_wrong_or_swapped_character_does_not_fit() {
        let wrong = example("blP").replacen("zzzz", "zzyz", 1);
        assert_eq!(fits(&wrong), Some(false));
        let other_form = example("blP").replacen("zzz8Q~z", "zz8Q~zz", 1);
        assert_eq!(fits(&other_form), None);
    }

    #[test]
    fn other_forms_have_no_checksum() {
        assert_eq!(fits(""), None);
        assert_eq!(fits(&example("blP").replace("8Q~", "7Q~")), None);
        assert_eq!(fits(&example("bl")), None);
        assert_eq!(fits(&example("bl ")), None);
        assert_eq!(fits("ü8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), None);
    }

    #[test]
    fn numbers_are_written_in_base_66() {
        assert_eq!(&notation(0), b"aaaaaa");
        assert_eq!(&notation(65), b"aaaaa~");
        assert_eq!(&notation(66), b"aaaaba");
    }
}
