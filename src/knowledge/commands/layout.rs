//! Long lists of mailboxes in a command, in a form that people can read and consoles can take: an array of its own, in
//! lines of a usual length, which the other lines use.

use super::printable;

/// Lists with more literals than this are laid out as an array.
const LONGEST_LIST: usize = 20;
const VARIABLE: &str = "$rooms";
/// Before a line of an array.
const INDENT: &str = "  ";

/// How the literals of an array are distributed over lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayLayout {
    /// One in a line, for a script that is edited.
    OneInALine,
    /// As many as fit into so many columns, for a page.
    Filled(usize),
}

/// A printable command whose long lists are arrays. The commands do the same as before: a list at the beginning of a
/// statement is assigned to a variable first, and the statement begins with the variable.
///
/// Only statements that are one whole line are changed, so that no text inside a literal is taken for a list.
pub fn lay_out_arrays(shell: &str, text: &str, layout: ArrayLayout) -> String {
    // A text that already uses the variable would change its meaning.
    if shell != "powershell" || text.contains(VARIABLE) {
        return text.to_owned();
    }
    let statements = printable::statements(text);
    let mut lines: Vec<String> = Vec::new();
    let mut assigned: Option<&str> = None;
    for (statement, _) in &statements {
        let Some((mark, list, tail)) = long_list(statement) else {
            lines.push(statement.clone());
            continue;
        };
        // Statements that follow each other with the same list share one assignment.
        if assigned.replace(list) != Some(list) {
            assign(&mut lines, list, layout);
        }
        lines.push(format!("{mark}{VARIABLE}{tail}"));
    }
    lines.join("\n")
}

fn assign(lines: &mut Vec<String>, list: &str, layout: ArrayLayout) {
    lines.push(format!("{VARIABLE} = @("));
    let mut line = String::new();
    for literal in literals(list) {
        let is_full = match layout {
            ArrayLayout::OneInALine => !line.is_empty(),
            ArrayLayout::Filled(columns) => {
                !line.is_empty()
                    && INDENT.len() + line.chars().count() + 1 + literal.chars().count() > columns
            }
        };
        if is_full {
            lines.push(format!("{INDENT}{}", std::mem::take(&mut line)));
        }
        if !line.is_empty() {
            line.push(',');
        }
        line.push_str(literal);
    }
    lines.push(format!("{INDENT}{line}"));
    lines.push(")".to_owned());
}

/// The text before a long list at the beginning of a statement of one line, the list, and what follows it.
fn long_list(statement: &str) -> Option<(&str, &str, &str)> {
    if statement.contains('\n') {
        return None;
    }
    let mark = if statement.starts_with(printable::TAKEN_OUT) {
        printable::TAKEN_OUT
    } else {
        ""
    };
    let code = statement.strip_prefix(mark)?;
    let mut end = literal_end(code)?;
    let mut count = 1;
    while let Some(next) = code[end..].strip_prefix(',').and_then(literal_end) {
        end += 1 + next;
        count += 1;
    }
    let (list, tail) = code.split_at(end);
    (count > LONGEST_LIST && tail.starts_with(" | ")).then_some((mark, list, tail))
}

/// Where the literal at the beginning of a text ends. A text with other quotes than the plain single one is left alone:
/// PowerShell takes typographic ones for the same.
fn literal_end(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut letters = inside.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                letters.next();
            }
            '\'' => return Some(1 + at + 1),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => return None,
            other if other.is_control() => return None,
            _ => {}
        }
    }
    None
}

/// The literals of a list that [`long_list`] found.
fn literals(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = list;
    while let Some(end) = literal_end(rest) {
        let (literal, behind) = rest.split_at(end);
        found.push(literal);
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize) -> String {
        (1..=count)
            .map(|number| format!("'room-{number}@contoso.com'"))
            .collect::<Vec<_>>()
            .join(",")
    }

    fn one_in_a_line(text: &str) -> String {
        lay_out_arrays("powershell", text, ArrayLayout::OneInALine)
    }

    #[test]
    fn a_long_list_is_assigned_once_and_used_by_every_statement() {
        let rooms = list(25);
        let text = format!(
            "Connect-ExchangeOnline\n{rooms} | ForEach-Object {{ Get-Mailbox -Identity $_ }}\n# a remark\n\
             {rooms} | ForEach-Object {{ Set-CASMailbox -WhatIf -Identity $_ }}\n#   {rooms} | ForEach-Object {{ Set-CASMailbox -Identity $_ }}"
        );
        let lines = one_in_a_line(&text);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(lines.len(), 2 + 25 + 1 + 4);
        assert_eq!(
            lines[..3],
            [
                "Connect-ExchangeOnline",
                "$rooms = @(",
                "  'room-1@contoso.com'"
            ]
        );
        assert_eq!(
            lines[27..],
            [
                ")",
                "$rooms | ForEach-Object { Get-Mailbox -Identity $_ }",
                "# a remark",
                "$rooms | ForEach-Object { Set-CASMailbox -WhatIf -Identity $_ }",
                "#   $rooms | ForEach-Object { Set-CASMailbox -Identity $_ }",
            ]
        );
    }

    #[test]
    fn a_page_is_filled_and_no_literal_is_lost() {
        let text = format!("{} | Get-Mailbox", list(1000));
        let filled = lay_out_arrays("powershell", &text, ArrayLayout::Filled(100));
        assert!(
            filled.lines().all(|line| line.chars().count() <= 100) && filled.lines().count() < 300
        );
        let array: String = filled
            .lines()
            .filter(|line| line.starts_with(INDENT))
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(",");
        assert_eq!(array, list(1000));
    }

    #[test]
    fn another_list_is_assigned_again() {
        let (one, other) = (list(21), list(22));
        let text = format!("{one} | Get-Mailbox\n{other} | Get-Mailbox\n{other} | Get-Recipient");
        assert_eq!(one_in_a_line(&text).matches("$rooms = @(").count(), 2);
    }

    #[test]
    fn what_is_short_or_not_a_list_at_the_beginning_stays_as_it_is() {
        let rooms = list(30);
        let odd = rooms.replacen("room-7", "o\u{2019}neill", 1);
        for text in [
            format!("{} | Get-Mailbox", list(20)),
            format!("Get-Mailbox {rooms} | Format-List"),
            rooms.clone(),
            format!("{odd} | Get-Mailbox"),
            format!("$rooms = 1\n{rooms} | Get-Mailbox"),
            format!("Get-Mailbox 'a\n{rooms} | Get-Mailbox'"),
            format!("# {rooms} | Get-Mailbox"),
        ] {
            assert_eq!(one_in_a_line(&text), text);
        }
        let bash = format!("{rooms} | xargs");
        assert_eq!(lay_out_arrays("bash", &bash, ArrayLayout::OneInALine), bash);
    }

    #[test]
    fn a_doubled_quote_stays_inside_its_literal() {
        let rooms = list(30).replacen("room-7", "o''neill", 1);
        let lines = one_in_a_line(&format!("{rooms} | Get-Mailbox"));
        assert!(lines.contains("\n  'o''neill@contoso.com'\n"), "{lines}");
        assert_eq!(lines.lines().count(), 33);
    }

    /// The array and the statements behind it only read, judged as any other command.
    #[test]
    fn the_layout_is_as_printable_as_the_command() {
        let text = printable::printable(
            "powershell",
            &format!(
                "{} | ForEach-Object {{ Get-Mailbox -Identity $_ }}",
                list(50)
            ),
        );
        let lines = one_in_a_line(&text);
        assert_eq!(printable::printable("powershell", &lines), lines);
    }
}
