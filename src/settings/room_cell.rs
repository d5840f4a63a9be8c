//! What stands where an address belongs: the address, or the proxy addresses of a mailbox as Exchange writes them.

const PRIMARY: &str = "SMTP:";
const BETWEEN: [char; 7] = [' ', '\t', '\n', ',', ';', '{', '}'];

/// The address in a cell. Of several proxy addresses it is the primary one, which Exchange writes with `SMTP:` in
/// capitals. A cell in which no address can be told from the others stays as it is, to be judged.
pub(super) fn address(cell: &str) -> &str {
    let cell = cell.trim();
    let words = cell.split(BETWEEN).map(|word| word.trim_matches('"'));
    let smtp: Vec<&str> = words.filter(|word| is_smtp(word)).collect();
    let primary: Vec<&str> = smtp.iter().copied().filter(|word| word.starts_with(PRIMARY)).collect();
    match (primary.as_slice(), smtp.as_slice()) {
        ([one], _) | ([], [one]) => &one[PRIMARY.len()..],
        _ => cell,
    }
}

fn is_smtp(word: &str) -> bool {
    word.get(..PRIMARY.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(PRIMARY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_itself() {
        for cell in ["a@x.com", "Meeting Room 4", "", "a@x.com;b@x.com"] {
            assert_eq!(address(cell), cell);
        }
        assert_eq!(address("\u{a0}a@x.com "), "a@x.com");
    }

    #[test]
    fn the_primary_proxy_address_counts() {
        let cells = [
            "SMTP:a@x.com",
            "smtp:a@x.com",
            "SMTP:a@x.com smtp:alias@x.com",
            "smtp:alias@x.com,SMTP:a@x.com",
            "{SIP:s@x.com, smtp:old@x.com, SMTP:a@x.com}",
            "X500:/o=Contoso/ou=Exchange Administrative Group/cn=a;SMTP:a@x.com",
        ];
        for cell in cells {
            assert_eq!(address(cell), "a@x.com", "{cell}");
        }
    }

    #[test]
    fn a_cell_without_a_primary_among_several_stays_as_it_is() {
        for cell in ["smtp:a@x.com smtp:b@x.com", "SMTP:a@x.com SMTP:b@x.com", "SIP:a@x.com"] {
            assert_eq!(address(cell), cell);
        }
    }
}
