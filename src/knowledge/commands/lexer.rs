//! Lexer for one PowerShell statement, as far as the commands of a remedy use the language.
//!
//! Input that is not understood is an error and never a guess: such a statement is printed as a comment.

use std::iter::Peekable;
use std::str::CharIndices;

/// Why a line cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not complete: it continues on the next line, or began on the previous one.
    Torn,
    /// It holds something that is not known here.
    Unknown,
}

/// A bracket that holds code or values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `( )` and `@( )`.
    Group,
    /// `@{ }`.
    Table,
    /// `{ }`.
    Block,
}

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A cmdlet, a parameter, an operator or a value without quotes.
    Word(&'a str),
    /// A value in quotes; nothing inside it is ever executed.
    Literal,
    /// A variable.
    Variable,
    /// A property behind a value, or a method when a bracket follows directly.
    Member(&'a str),
    /// An opening bracket.
    Open(Bracket),
    /// A closing bracket.
    Close(Bracket),
    /// `|`
    Pipe,
    /// `;`
    Semicolon,
    /// `=`
    Assign,
    /// `,` or `+`
    Joint,
    /// `&` before a block in braces: the block runs in its own scope.
    Invoke,
    /// The end of a line inside a statement of several lines.
    Newline,
}

/// A piece with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub token: Token<'a>,
    /// Where it ends, in bytes.
    pub end: usize,
    /// Whether a space, or nothing at all, is before it.
    pub apart: bool,
}

/// Cuts a statement into its pieces, without the comments at the ends of its lines.
pub(super) fn pieces(line: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut scanner = Scanner {
        line,
        rest: line.char_indices().peekable(),
        open: Vec::new(),
    };
    let mut pieces = Vec::new();
    let mut apart = true;
    while let Some((start, character)) = scanner.rest.next() {
        match character {
            ' ' | '\t' => {
                apart = true;
                continue;
            }
            // PowerShell obeys `#Requires`, so only a hash sign before white space begins a comment here.
            '#' if apart
                && scanner
                    .rest
                    .peek()
                    .is_none_or(|(_, next)| matches!(next, ' ' | '\t' | '\n')) =>
            {
                scanner.skip_comment();
                continue;
            }
            _ => {}
        }
        let token = scanner.token(
            start,
            character,
            apart,
            pieces.last().map(|piece: &Piece<'_>| piece.token),
        )?;
        pieces.push(Piece {
            token,
            end: scanner.at(),
            apart,
        });
        apart = token == Token::Newline;
    }
    Ok(pieces)
}

struct Scanner<'a> {
    line: &'a str,
    rest: Peekable<CharIndices<'a>>,
    open: Vec<Bracket>,
}

impl<'a> Scanner<'a> {
    fn at(&mut self) -> usize {
        self.rest.peek().map_or(self.line.len(), |(at, _)| *at)
    }

    fn token(
        &mut self,
        start: usize,
        character: char,
        apart: bool,
        before: Option<Token<'_>>,
    ) -> Result<Token<'a>, Fault> {
        Ok(match character {
            _ if is_single_quote(character) => self.literal(is_single_quote, false)?,
            _ if is_double_quote(character) => self.literal(is_double_quote, true)?,
            '$' => self.variable()?,
            '\n' => Token::Newline,
            '&' if self.invokes(start) => Token::Invoke,
            '@' if self.takes('(') => self.opens(Bracket::Group),
            '@' if self.takes('{') => self.opens(Bracket::Table),
            '(' => self.opens(Bracket::Group),
            '{' => self.opens(Bracket::Block),
            ')' => self.closes(&[Bracket::Group])?,
            '}' => self.closes(&[Bracket::Table, Bracket::Block])?,
            // `||`, `==` and `+=` have meanings of their own, which are not known here.
            '|' if !self.takes('|') => Token::Pipe,
            ';' => Token::Semicolon,
            '=' if !self.takes('=') => Token::Assign,
            ',' | '+' if !self.takes('=') => Token::Joint,
            '.' if !apart && before.is_some_and(is_value) => Token::Member(self.name(start + 1)?),
            _ if character.is_ascii_alphanumeric() || matches!(character, '-' | '/' | '*') => {
                self.word(start)
            }
            _ => return Err(Fault::Unknown),
        })
    }

    /// Up to the end of the line. PowerShell also ends a line at a carriage return; [`super::statement`] lets none in.
    fn skip_comment(&mut self) {
        while self
            .rest
            .next_if(|(_, character)| *character != '\n')
            .is_some()
        {}
    }

    /// `&` runs whatever follows it. Only a block written out here is understood.
    fn invokes(&mut self, start: usize) -> bool {
        self.line
            .get(start + 1..)
            .is_some_and(|rest| rest.trim_start_matches(' ').starts_with('{'))
    }

    fn takes(&mut self, expected: char) -> bool {
        self.rest
            .next_if(|(_, character)| *character == expected)
            .is_some()
    }

    fn opens(&mut self, bracket: Bracket) -> Token<'a> {
        self.open.push(bracket);
        Token::Open(bracket)
    }

    fn closes(&mut self, fitting: &[Bracket]) -> Result<Token<'a>, Fault> {
        match self.open.pop() {
            None => Err(Fault::Torn),
            Some(bracket) if fitting.contains(&bracket) => Ok(Token::Close(bracket)),
            Some(_) => Err(Fault::Unknown),
        }
    }

    /// A literal continues until its quote appears alone; two of them are one inside. Inside double quotes a plain
    /// variable is replaced by its value; any other use of a dollar sign or a backtick could start code.
    fn literal(&mut self, is_quote: fn(char) -> bool, expands: bool) -> Result<Token<'a>, Fault> {
        while let Some((_, character)) = self.rest.next() {
            if is_quote(character) && self.rest.next_if(|(_, next)| is_quote(*next)).is_none() {
                return Ok(Token::Literal);
            }
            match character {
                '$' if expands => self.variable().map(|_| ())?,
                '`' if expands => return Err(Fault::Unknown),
                _ => {}
            }
        }
        Err(Fault::Torn)
    }

    /// A plain variable. `$(…)` is code, `${…}` and `$name:…` reach further than this program looks.
    fn variable(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at();
        self.name(start)?;
        if self.rest.peek().is_some_and(|(_, next)| *next == ':') {
            Err(Fault::Unknown)
        } else {
            Ok(Token::Variable)
        }
    }

    fn name(&mut self, start: usize) -> Result<&'a str, Fault> {
        self.run(start, |character| {
            character.is_ascii_alphanumeric() || character == '_'
        })
        .ok_or(Fault::Unknown)
    }

    fn word(&mut self, start: usize) -> Token<'a> {
        let is_inside =
            |character: char| character.is_ascii_alphanumeric() || "-_.:/*\\".contains(character);
        Token::Word(self.run(start, is_inside).unwrap_or_default())
    }

    /// From `start` on as far as the characters go.
    fn run(&mut self, start: usize, is_inside: impl Fn(char) -> bool) -> Option<&'a str> {
        while self
            .rest
            .next_if(|(_, character)| is_inside(*character))
            .is_some()
        {}
        let end = self.at();
        self.line.get(start..end).filter(|text| !text.is_empty())
    }
}

/// PowerShell takes the typographic quotes for plain ones.
fn is_single_quote(character: char) -> bool {
    matches!(
        character,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}'
    )
}

fn is_double_quote(character: char) -> bool {
    matches!(character, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// What may have a property.
fn is_value(token: Token<'_>) -> bool {
    matches!(
        token,
        Token::Variable | Token::Member(_) | Token::Literal | Token::Close(_)
    )
}
