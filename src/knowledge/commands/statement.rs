//! What one PowerShell statement does: only read, or more. A statement is one line, or a block of several.
//!
//! A statement reads if every cmdlet in it is known to read, also inside brackets and blocks. Everything that is not fully
//! understood counts as more than reading, so that a mistake here can only lead to more care than needed.

use super::lexer::{Bracket, Fault, Piece, Token, pieces};
use super::{Effect, commands};

/// What is known about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    /// A comment, or nothing.
    Comment,
    /// It changes nothing: every cmdlet reads, or runs with `-WhatIf`.
    Reads,
    /// It changes something; this form of it only shows what it would change.
    Previewed(String),
    /// It changes something, or this cannot be decided.
    Unclear,
    /// It is part of a statement of several lines.
    Torn,
}

/// Reads one statement.
pub(super) fn read(line: &str) -> Statement {
    let commands = commands();
    match line.trim_start().strip_prefix('#') {
        Some(comment) => {
            return if is_for_people(comment) {
                Statement::Comment
            } else {
                Statement::Unclear
            };
        }
        None if line.trim().is_empty() => return Statement::Comment,
        None => {}
    }
    // A comment of the statement could end there, and what follows it would run.
    if line
        .contains(|character| character != '\n' && character != '\t' && may_end_a_line(character))
    {
        return Statement::Unclear;
    }
    if commands.is_reading_line(line) {
        return Statement::Reads;
    }
    match followed(line) {
        Ok(changing) if changing.is_empty() => Statement::Reads,
        Ok(changing) => Statement::Previewed(with_what_if(line, &changing)),
        Err(Fault::Torn) => Statement::Torn,
        Err(Fault::Unknown) => Statement::Unclear,
    }
}

/// Whether a shell may end a line, and with it a comment, at this character.
pub(super) fn may_end_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Not so `#Requires` and the head of a signature, which are comments that PowerShell obeys.
fn is_for_people(comment: &str) -> bool {
    let is_apart = comment.is_empty() || comment.starts_with(' ');
    is_apart
        && !comment
            .trim_start()
            .to_ascii_uppercase()
            .starts_with("SIG #")
}

/// The switch comes directly after the cmdlet, where nothing before it can take it for its value.
fn with_what_if(line: &str, cmdlet_ends: &[usize]) -> String {
    let mut preview = line.to_owned();
    // Inserting from the end keeps the earlier positions valid.
    for end in cmdlet_ends.iter().rev() {
        preview.insert_str(*end, " -WhatIf");
    }
    preview
}

/// A position in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A cmdlet or a value may begin here.
    Start,
    /// Behind `if`, before its condition.
    Condition,
    /// Before a block in braces: that of `if`, or the one that `&` runs.
    Body,
    /// Behind `throw`.
    Thrown,
    /// Behind something that only the end of a line or a semicolon may follow.
    Ended,
    /// Behind a cmdlet.
    Argument,
    /// Behind a cmdlet that may be given blocks only.
    BlockArgument,
    /// Behind a value.
    Expression,
}

/// The end of every cmdlet of a statement that changes something, takes `-WhatIf` and runs without it.
fn followed(line: &str) -> Result<Vec<usize>, Fault> {
    let pieces = pieces(line)?;
    let mut walk = Walk {
        places: vec![(None, Place::Start)],
        changing: Vec::new(),
        waits: true,
    };
    for (index, piece) in pieces.iter().enumerate() {
        walk.step(
            piece,
            // The first piece has none before it; its wrapped index is out of range.
            pieces.get(index.wrapping_sub(1)),
            pieces.get(index + 1),
        )?;
    }
    if walk.waits || walk.places.len() > 1 {
        Err(Fault::Torn)
    } else {
        Ok(walk.changing)
    }
}

struct Walk {
    /// The brackets that are open, each with the place inside it.
    places: Vec<(Option<Bracket>, Place)>,
    changing: Vec<usize>,
    /// Something has to follow, so the line cannot end here.
    waits: bool,
}

impl Walk {
    fn place(&self) -> (Option<Bracket>, Place) {
        self.places.last().copied().unwrap_or((None, Place::Start))
    }

    fn go_to(&mut self, place: Place) {
        if let Some(last) = self.places.last_mut() {
            last.1 = place;
        }
    }

    fn step(
        &mut self,
        piece: &Piece<'_>,
        before: Option<&Piece<'_>>,
        next: Option<&Piece<'_>>,
    ) -> Result<(), Fault> {
        let (bracket, place) = self.place();
        let waited = std::mem::replace(&mut self.waits, false);
        let before = before.map(|piece| piece.token);
        match (piece.token, place) {
            (Token::Newline, place) => self.end_line(place, waited)?,
            (Token::Semicolon, Place::Ended) => self.again(false),
            (Token::Invoke, Place::Start) => self.expect(Place::Body),
            (Token::Word(word), Place::Start) if is_keyword(word) => self.keyword(word),
            (Token::Literal, Place::Thrown) => self.go_to(Place::Ended),
            (Token::Word(word), Place::Start) => {
                self.begin(word, is_key(bracket, before, next), piece.end, next)?;
            }
            (Token::Word(word), Place::Expression) => self.waits = is_operator(word)?,
            (Token::Word(word), Place::Argument) if !commands().is_writing_parameter(word) => {}
            (Token::Literal | Token::Variable, Place::Start) => self.go_to(Place::Expression),
            (Token::Literal | Token::Variable, Place::Argument) => {}
            (Token::Literal | Token::Variable, Place::Expression) if waited => {}
            (Token::Member(name), Place::Argument | Place::Expression) => {
                is_read_only_member(name, next)?;
            }
            (Token::Open(inner), _) if may_open(inner, place, waited, before, piece) => {
                self.places.push((Some(inner), Place::Start));
            }
            (Token::Close(_), place) if !waited && place != Place::Thrown => self.close(),
            (Token::Pipe, Place::Start) => return Err(Fault::Torn),
            (Token::Pipe, _) if !waited => self.again(true),
            (Token::Semicolon, _) if !waited => self.again(false),
            (Token::Assign, Place::Start | Place::Expression) => self.assign(bracket, before)?,
            (Token::Joint, Place::Argument | Place::Expression) if !waited => self.waits = true,
            // Everything that is not listed is unknown, so that no statement passes as read-only by mistake.
            _ => return Err(Fault::Unknown),
        }
        Ok(())
    }

    /// The end of a line ends a statement, unless something has to follow.
    fn end_line(&mut self, place: Place, waited: bool) -> Result<(), Fault> {
        match place {
            _ if waited => self.waits = true,
            Place::Start => {}
            Place::Condition | Place::Body | Place::Thrown => return Err(Fault::Unknown),
            Place::Ended | Place::Argument | Place::BlockArgument | Place::Expression => {
                self.again(false);
            }
        }
        Ok(())
    }

    fn keyword(&mut self, word: &str) {
        match word.to_ascii_lowercase().as_str() {
            "if" => self.expect(Place::Condition),
            "throw" => self.expect(Place::Thrown),
            _ => self.waits = true,
        }
    }

    /// A cmdlet, the key of a table, or a number.
    fn begin(
        &mut self,
        word: &str,
        is_key: bool,
        end: usize,
        next: Option<&Piece<'_>>,
    ) -> Result<(), Fault> {
        if is_key || word.bytes().all(|byte| byte.is_ascii_digit()) {
            self.go_to(Place::Expression);
            return Ok(());
        }
        if !is_cmdlet_name(word) || !next.is_none_or(is_separate) {
            return Err(Fault::Unknown);
        }
        let commands = commands();
        match commands.effect(word) {
            Effect::Reads => {}
            // The switch alone, directly behind the cmdlet: `-WhatIf:$false` is two pieces and a different word.
            Effect::TakesWhatIf
                if next.is_some_and(|next| next.token == Token::Word("-WhatIf")) => {}
            Effect::TakesWhatIf => self.changing.push(end),
            Effect::Unknown => return Err(Fault::Unknown),
        }
        self.go_to(if commands.takes_blocks_only(word) {
            Place::BlockArgument
        } else {
            Place::Argument
        });
        Ok(())
    }

    /// The lexer has made sure that the brackets match.
    fn close(&mut self) {
        self.places.pop();
        match self.place().1 {
            Place::Start => self.go_to(Place::Expression),
            Place::Condition => self.expect(Place::Body),
            Place::Body => self.go_to(Place::Ended),
            _ => {}
        }
    }

    /// What belongs to a keyword has to follow it.
    fn expect(&mut self, place: Place) {
        self.go_to(place);
        self.waits = true;
    }

    fn again(&mut self, waits: bool) {
        self.go_to(Place::Start);
        self.waits = waits;
    }

    /// A value may be given to a variable and to the key of a table, and to nothing else.
    fn assign(&mut self, bracket: Option<Bracket>, before: Option<Token<'_>>) -> Result<(), Fault> {
        match before {
            Some(Token::Variable) => {}
            Some(Token::Word(_)) if bracket == Some(Bracket::Table) => {}
            _ => return Err(Fault::Unknown),
        }
        self.again(true);
        Ok(())
    }
}

/// The key of a table is at its beginning or after a semicolon. Behind an equals sign the same word would be run.
fn is_key(bracket: Option<Bracket>, before: Option<Token<'_>>, next: Option<&Piece<'_>>) -> bool {
    bracket == Some(Bracket::Table)
        && matches!(
            before,
            Some(Token::Open(Bracket::Table) | Token::Semicolon | Token::Newline)
        )
        && next.is_some_and(|next| next.token == Token::Assign)
}

/// Whether a bracket may be opened: where a value is due, behind a cmdlet, or to call a method.
fn may_open(
    inner: Bracket,
    place: Place,
    waited: bool,
    before: Option<Token<'_>>,
    piece: &Piece<'_>,
) -> bool {
    match place {
        Place::Start | Place::Argument => true,
        Place::BlockArgument | Place::Body => inner == Bracket::Block,
        Place::Condition => inner == Bracket::Group,
        Place::Thrown | Place::Ended => false,
        Place::Expression => waited || (!piece.apart && matches!(before, Some(Token::Member(_)))),
    }
}

/// Between values are operators, such as `-join`, and numbers. Whether something has to follow.
fn is_operator(word: &str) -> Result<bool, Fault> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    match word.strip_prefix('-') {
        Some(name) if is_name(name) => Ok(true),
        None if word.bytes().all(|byte| byte.is_ascii_digit()) => Ok(false),
        _ => Err(Fault::Unknown),
    }
}

/// A property is read; a method is called.
fn is_read_only_member(name: &str, next: Option<&Piece<'_>>) -> Result<(), Fault> {
    let is_call = next.is_some_and(|next| !next.apart && matches!(next.token, Token::Open(_)));
    if !is_call || commands().is_reading_method(name) {
        Ok(())
    } else {
        Err(Fault::Unknown)
    }
}

/// The only ones that the commands use.
fn is_keyword(word: &str) -> bool {
    ["if", "throw", "-not"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

fn is_cmdlet_name(word: &str) -> bool {
    let mut parts = word.split('-');
    let is_part = |part: Option<&str>| {
        part.is_some_and(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    is_part(parts.next()) && is_part(parts.next()) && parts.next().is_none()
}

/// Anything else directly after a cmdlet would belong to its name.
fn is_separate(next: &Piece<'_>) -> bool {
    next.apart
        || matches!(
            next.token,
            Token::Pipe | Token::Semicolon | Token::Close(_) | Token::Newline
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_only_statements_are_recognized() {
        for line in [
            "Connect-ExchangeOnline",
            "get-mailbox -Identity 'a@b.c' | Format-List PrimarySmtpAddress,SKUAssigned",
            "'a','b' | ForEach-Object { Get-CASMailbox -Identity $_ } | Format-Table EwsEnabled",
            "'a' | ForEach-Object { $room = $_; Get-Mailbox $room | Select-Object @{n='Room';e={ $room }},Name }",
            "$merged = @($current -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ }; 'x') | Select-Object -Unique",
            "$merged -join ','    # Remove-Mailbox",
            "Get-MailboxFolderPermission -Identity ('a' + ':\\Calendar')",
            "Get-Mailbox -Identity 'o''neill `$(Remove-Mailbox) \u{2019}\u{2019}; Remove-Mailbox x'",
            "w32tm /query /status",
        ] {
            assert_eq!(read(line), Statement::Reads, "{line}");
        }
    }

    #[test]
    fn a_changing_cmdlet_gets_whatif_directly_after_its_name() {
        for (line, preview) in [
            (
                "Set-OrganizationConfig -EwsEnabled $true",
                "Set-OrganizationConfig -WhatIf -EwsEnabled $true",
            ),
            (
                "'a' | ForEach-Object { Set-CASMailbox -Identity $_ -EwsEnabled $true }",
                "'a' | ForEach-Object { Set-CASMailbox -WhatIf -Identity $_ -EwsEnabled $true }",
            ),
            (
                "Get-Mailbox | Export-Csv rooms.csv",
                "Get-Mailbox | Export-Csv -WhatIf rooms.csv",
            ),
            (
                "Update-MgServicePrincipal -ServicePrincipalId $app.Id -AccountEnabled:$true",
                "Update-MgServicePrincipal -WhatIf -ServicePrincipalId $app.Id -AccountEnabled:$true",
            ),
            (
                "Set-CASMailbox 'Set-CASMailbox'; Set-CASMailbox 'b'",
                "Set-CASMailbox -WhatIf 'Set-CASMailbox'; Set-CASMailbox -WhatIf 'b'",
            ),
        ] {
            assert_eq!(
                read(line),
                Statement::Previewed(preview.to_owned()),
                "{line}"
            );
        }
    }

    #[test]
    fn an_unparsed_statement_is_never_read_only() {
        for line in [
            "Remove-Mailbox 'a'",
            "Get-Mailbox 'a' | Remove-Mailbox",
            "Get-Mailbox (Remove-Mailbox 'a')",
            "Get-Mailbox -Identity $(Remove-Mailbox 'a')",
            "Get-Mailbox -Identity \"$(Remove-Mailbox 'a')\"",
            "Get-Mailbox -Identity \"a\u{201d}; Remove-Mailbox 'x'; \u{201c}\"",
            "Get-Mailbox -Identity 'a\u{2019}; Remove-Mailbox x; \u{2018}b'",
            "Get-Mailbox | ForEach-Object { Remove-Mailbox $_ }",
            "Get-Mailbox | ForEach-Object Delete",
            "Get-Mailbox | ForEach-Object -MemberName Delete",
            "Get-Mailbox | Where-Object { $_.Delete() }",
            "Get-Mailbox | Select-Object @{n='x';e={ Remove-Mailbox $_ }}",
            "Get-Mailbox | Select-Object @{n=Remove-Mailbox}",
            "Get-Mailbox | Select-Object @{n=Remove-Mailbox = 'a'}",
            "'a' 'b'",
            "$x = ; Get-Mailbox",
            "$x = Remove-Mailbox 'a'",
            "$x.Name = 'a'",
            "$env:PATH = 'a'",
            "& 'Remove-Mailbox'",
            ". 'a.ps1'",
            "Get-Mailbox > a.txt",
            "Get-Mailbox -Identity <room>",
            "Get-Mailbox && Remove-Mailbox",
            "Get-Mailbox || Remove-Mailbox",
            "Get-MgUserPhotoContent -OutFile a.png",
            "Get-Mailbox'x' | Format-List",
            "[System.IO.File]::Delete('a')",
            "iex 'Remove-Mailbox'",
            "if ($true) { Remove-Mailbox }",
            "Exchange\\Get-Mailbox",
            "Get-Mailbox\u{a0}-Identity x",
            "Get-Mailbox `",
            "w32tm /resync",
            "#Requires -Modules Evil",
            "  #requires -RunAsAdministrator",
            "# SIG # Begin signature block",
            "Get-Mailbox #Requires -Modules Evil",
            "<# Get-Mailbox",
        ] {
            assert_eq!(read(line), Statement::Unclear, "{line}");
        }
    }

    #[test]
    fn blocks_conditions_and_previews_are_understood() {
        for text in [
            "& {\n  $a = @('x')    # note\n\n  # Remove-Mailbox 'a'\n  Get-Mailbox 'a'\n}",
            "if ($null -eq $a -or -not $b) { throw 'stop' }",
            "if ($a.Count -gt 0) { Set-CASMailbox -WhatIf -Identity 'a' }",
            "'Before: ' + ($a -join ',')",
            "New-ManagementScope -WhatIf -Name 'a' -RecipientRestrictionFilter \"Alias -eq '$a'\"",
            "Get-Mailbox 'a' |\n  Format-List Name",
        ] {
            assert_eq!(read(text), Statement::Reads, "{text}");
        }
        for text in [
            "& {\n  Get-Mailbox 'a'\n  Remove-Mailbox 'a'\n}",
            "& 'Remove-Mailbox'",
            "& $command",
            "if ($a) { Remove-Mailbox 'a' }",
            "if (Remove-Mailbox 'a') { Get-Mailbox 'a' }",
            "if ($a) { Get-Mailbox 'a' } else { Get-Mailbox 'b' }",
            "if ($a) { throw 'stop' } Remove-Mailbox 'a'",
            "throw $a",
            "Get-Mailbox 'a' # note\rRemove-Mailbox 'a'",
            "Get-Mailbox \"$env:PATH\"",
            "Get-Mailbox \"${a}\"",
        ] {
            assert_eq!(read(text), Statement::Unclear, "{text}");
        }
        for text in [
            "Set-CASMailbox -WhatIf:$false 'a'",
            "Set-CASMailbox\n-WhatIf 'a'",
        ] {
            assert_ne!(read(text), Statement::Reads, "{text}");
        }
    }

    #[test]
    fn comments_are_ignored() {
        for line in [
            "",
            "  ",
            "#",
            "# RestrictAccess:",
            "# Remove-Mailbox 'a' #Requires",
        ] {
            assert_eq!(read(line), Statement::Comment, "{line}");
        }
    }

    #[test]
    fn a_part_of_a_longer_statement_is_detected() {
        for line in [
            "Get-Mailbox |",
            "| Format-List",
            "Get-Mailbox -Identity 'a",
            "Get-Mailbox | ForEach-Object {",
            "@(",
            "}",
            "$x =",
            "$x -join",
            "'a',",
        ] {
            assert_eq!(read(line), Statement::Torn, "{line}");
        }
    }

    #[test]
    fn a_list_of_five_thousand_rooms_is_read_whole() {
        let rooms: Vec<String> = (0..5_000)
            .map(|number| format!("'room{number}@contoso.com'"))
            .collect();
        let line = format!(
            "{} | ForEach-Object {{ Set-CASMailbox -Identity $_ -EwsEnabled $true }}",
            rooms.join(",")
        );
        let Statement::Previewed(preview) = read(&line) else {
            panic!("not understood")
        };
        assert_eq!(preview.replace(" -WhatIf", ""), line);
    }
}
