//! Values as literals of a shell, and of the filter language of Exchange.

/// A literal string for PowerShell. Typographic single quotes end a literal there as well, so they are doubled too.
pub fn quote_powershell(value: &str) -> String {
    let mut quoted = String::from("'");
    for character in value.chars() {
        quoted.push(character);
        if matches!(
            character,
            '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}'
        ) {
            quoted.push(character);
        }
    }
    quoted.push('\'');
    quoted
}

/// A literal string for bash.
pub fn quote_bash(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// A recipient filter that holds these mailboxes and no others, quoted for PowerShell.
pub fn recipient_filter<'a>(addresses: impl IntoIterator<Item = &'a str>) -> String {
    // In the filter language a quote inside a value is doubled.
    let condition =
        |address: &str| format!("PrimarySmtpAddress -eq '{}'", address.replace('\'', "''"));
    let filter = addresses
        .into_iter()
        .map(condition)
        .collect::<Vec<_>>()
        .join(" -or ");
    // Double quotes keep the single quotes of the filter readable. In an unusual address they could start code.
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || " '@.-_+<>".contains(character);
    if filter.chars().all(is_plain) {
        format!("\"{filter}\"")
    } else {
        quote_powershell(&filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_inside_a_value_cannot_end_the_literal() {
        assert_eq!(
            quote_powershell("o'neill@contoso.com"),
            "'o''neill@contoso.com'"
        );
        assert_eq!(
            quote_powershell("o\u{2019}neill"),
            "'o\u{2019}\u{2019}neill'"
        );
        assert_eq!(quote_bash("o'neill"), r"'o'\''neill'");
    }

    #[test]
    fn a_filter_names_its_mailboxes_only() {
        let two = "\"PrimarySmtpAddress -eq 'a@x.com' -or PrimarySmtpAddress -eq 'b@x.com'\"";
        assert_eq!(recipient_filter(["a@x.com", "b@x.com"]), two);
        let odd = "'PrimarySmtpAddress -eq ''o''''neill$(x)@x.com'''";
        assert_eq!(recipient_filter(["o'neill$(x)@x.com"]), odd);
    }
}
