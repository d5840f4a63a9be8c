//! A reading of PowerShell for tests that shares no code with the program: the tokens of a script, and the commands in it.
//!
//! It knows the part of the language that the script of `collect` needs, and panics at anything else, so that a construct
//! whose effect it cannot judge is never overlooked.

use std::collections::BTreeSet;

/// A token of a script, without comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A bare word: a command, a keyword, a key of a table, or a value.
    Word(String),
    /// `-Name` or `-Name:`.
    Dash(String),
    /// A variable without its dollar sign.
    Variable(String),
    /// A string literal, with its value. One in double quotes contains variables only, see [`Tokens::expression`].
    Text(String),
    /// `.name`, without the dot.
    Member(String),
    /// `[name]` or `[name()]` in front of a value.
    Type(String),
    /// `@(`, `@{`, `(`, `{`, `[`.
    Open(&'static str),
    /// `)`, `}`, `]`.
    Close(char),
    /// `=`, `+=`, `|`, `,`, `;`, `+`.
    Sign(&'static str),
    /// The end of a line.
    Newline,
}

/// Reads a script.
pub fn tokens(script: &str) -> Vec<Token> {
    let characters: Vec<char> = script.trim_start_matches('\u{feff}').chars().collect();
    let mut tokens = Tokens {
        characters,
        at: 0,
        found: Vec::new(),
    };
    while tokens.at < tokens.characters.len() {
        tokens.next();
    }
    tokens.found
}

struct Tokens {
    characters: Vec<char>,
    at: usize,
    found: Vec<Token>,
}

impl Tokens {
    fn peek(&self, ahead: usize) -> char {
        self.characters
            .get(self.at + ahead)
            .copied()
            .unwrap_or('\n')
    }

    fn next(&mut self) {
        let is_apart = self.at == 0 || " \t\r\n(){}[],;|=".contains(self.characters[self.at - 1]);
        match (self.peek(0), self.peek(1)) {
            (' ' | '\t' | '\r', _) => self.at += 1,
            ('\n', _) => self.push(1, Token::Newline),
            ('<', '#') => self.skip_to("#>"),
            ('#', _) if is_apart => self.skip_to("\n"),
            ('\'', _) => self.single_quoted(),
            ('"', _) => self.double_quoted(),
            ('$', _) => {
                self.at += 1;
                let name = self.run(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                assert!(
                    !name.is_empty(),
                    "a dollar sign without a name: {}",
                    self.context()
                );
                assert!(
                    self.peek(0) != ':',
                    "a variable of a drive: {}",
                    self.context()
                );
                self.found.push(Token::Variable(name));
            }
            ('@', '(') => self.push(2, Token::Open("@(")),
            ('@', '{') => self.push(2, Token::Open("@{")),
            ('(', _) => self.push(1, Token::Open("(")),
            ('{', _) => self.push(1, Token::Open("{")),
            ('[', letter) if letter.is_ascii_alphabetic() => self.type_name(),
            ('[', _) => self.push(1, Token::Open("[")),
            (close @ (')' | '}' | ']'), _) => self.push(1, Token::Close(close)),
            ('+', '=') => self.push(2, Token::Sign("+=")),
            ('=', next) if next != '=' => self.push(1, Token::Sign("=")),
            ('|', next) if next != '|' => self.push(1, Token::Sign("|")),
            (',', _) => self.push(1, Token::Sign(",")),
            (';', _) => self.push(1, Token::Sign(";")),
            ('+', _) => self.push(1, Token::Sign("+")),
            ('.', next) if next.is_ascii_alphabetic() || next == '\'' => self.member(),
            ('-', next) if next.is_ascii_alphabetic() => self.dash(),
            (letter, _) if letter.is_ascii_alphanumeric() => {
                let word =
                    self.run(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
                self.found.push(Token::Word(word));
            }
            _ => panic!("not understood: {}", self.context()),
        }
    }

    fn push(&mut self, length: usize, token: Token) {
        self.at += length;
        self.found.push(token);
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.at < self.characters.len() && belongs(self.characters[self.at]) {
            self.at += 1;
        }
        self.characters[start..self.at].iter().collect()
    }

    /// A comment. A line of a hash sign and a word without a space is a directive, of which one is known.
    fn skip_to(&mut self, end: &str) {
        let rest: String = self.characters[self.at..].iter().collect();
        let is_directive = end == "\n" && !rest.starts_with("# ") && !rest.starts_with("#\n");
        assert!(
            !is_directive || rest.starts_with("#Requires -Version 5.1"),
            "a directive: {}",
            self.context()
        );
        let length = rest.find(end).map_or(rest.len(), |found| {
            // The end of the line is a token of its own.
            found + if end == "\n" { 0 } else { end.len() }
        });
        self.at += rest[..length].chars().count();
    }

    fn single_quoted(&mut self) {
        const QUOTES: &str = "'\u{2018}\u{2019}\u{201a}\u{201b}";
        self.at += 1;
        let mut value = String::new();
        loop {
            let letter = self.peek(0);
            assert!(
                letter != '\n' && letter != '\r',
                "a literal of two lines: {}",
                self.context()
            );
            self.at += 1;
            if QUOTES.contains(letter) {
                if !QUOTES.contains(self.peek(0)) {
                    break;
                }
                self.at += 1;
            }
            value.push(letter);
        }
        self.found.push(Token::Text(value));
    }

    /// Contains plain variables, and expressions that only read members.
    fn double_quoted(&mut self) {
        self.at += 1;
        let mut value = String::new();
        loop {
            let letter = self.peek(0);
            assert!(
                !"\n\r`".contains(letter),
                "in double quotes: {}",
                self.context()
            );
            match (letter, self.peek(1)) {
                ('"', '"') => panic!("a doubled quote: {}", self.context()),
                ('"', _) => break,
                ('$', '(') => {
                    self.at += 2;
                    let expression = self.run(|letter| letter != ')' && letter != '\n');
                    Self::expression(&expression);
                }
                _ => value.push(letter),
            }
            self.at += 1;
        }
        self.at += 1;
        self.found.push(Token::Text(value));
    }

    /// Panics unless an expression in a string is a variable with its members, such as `$found[0].id`.
    fn expression(expression: &str) {
        let name = expression.strip_prefix('$').unwrap_or_default();
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._[]".contains(letter);
        assert!(
            !name.is_empty() && name.chars().all(is_plain),
            "an expression in a string: {expression}"
        );
    }

    fn member(&mut self) {
        self.at += 1;
        let name = if self.peek(0) == '\'' {
            self.at += 1;
            let name = self.run(|letter| letter != '\'' && letter != '\n');
            self.at += 1;
            name
        } else {
            self.run(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        };
        self.found.push(Token::Member(name));
    }

    fn type_name(&mut self) {
        self.at += 1;
        let name = self.run(|letter| letter.is_ascii_alphanumeric() || "()".contains(letter));
        assert!(self.peek(0) == ']', "not a type: {}", self.context());
        self.at += 1;
        assert!(self.peek(0) != ':', "a static member: {}", self.context());
        self.found.push(Token::Type(name));
    }

    fn dash(&mut self) {
        self.at += 1;
        let name = self.run(|letter| letter.is_ascii_alphabetic());
        if self.peek(0) == ':' {
            self.at += 1;
        }
        self.found.push(Token::Dash(name));
    }

    fn context(&self) -> String {
        let start = self.at.saturating_sub(40);
        let end = (self.at + 40).min(self.characters.len());
        self.characters[start..end].iter().collect()
    }
}

/// One call of a command, with the names of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    pub parameters: BTreeSet<String>,
    /// The string literals and words that are arguments.
    pub literals: Vec<String>,
}

/// Words that begin a statement and are not commands.
const KEYWORDS: [&str; 14] = [
    "function", "param", "if", "else", "elseif", "foreach", "while", "in", "return", "throw",
    "try", "catch", "finally", "switch",
];

/// The operators that the script uses.
const OPERATORS: [&str; 14] = [
    "eq", "ne", "gt", "lt", "and", "or", "not", "is", "match", "split", "replace", "contains",
    "join", "f",
];

/// What a script does, as far as its commands show it.
#[derive(Debug, Default)]
pub struct Script {
    /// Every call of a command, in order.
    pub calls: Vec<Call>,
    /// The functions that the script defines.
    pub functions: BTreeSet<String>,
    /// The types that are named.
    pub types: BTreeSet<String>,
    /// The methods that are called.
    pub methods: BTreeSet<String>,
    /// The keys of each `[ordered]@{…}`, in order.
    pub tables: Vec<BTreeSet<String>>,
}

/// What surrounds a token: the brackets and the command that its arguments belong to.
struct Frame {
    open: &'static str,
    call: Option<usize>,
    /// The table whose keys are read here.
    table: Option<usize>,
    /// Whether a statement begins.
    starts: bool,
}

impl Frame {
    fn new(open: &'static str, table: Option<usize>) -> Self {
        Self {
            open,
            call: None,
            table,
            starts: true,
        }
    }
}

/// Reads the commands of a script. Panics at a bare word that is neither a known keyword, a function nor `Verb-Noun`.
pub fn read_script(text: &str) -> Script {
    let tokens = tokens(text);
    let mut script = Script::default();
    for pair in tokens.windows(2) {
        if let [Token::Word(word), Token::Word(name)] = pair
            && word == "function"
        {
            script.functions.insert(name.clone());
        }
    }
    let mut frames = vec![Frame::new("", None)];
    for (at, token) in tokens.iter().enumerate() {
        read_token(&mut script, &mut frames, &tokens, at, token);
    }
    assert_eq!(frames.len(), 1, "a bracket is not closed");
    script
}

fn read_token(
    script: &mut Script,
    frames: &mut Vec<Frame>,
    tokens: &[Token],
    at: usize,
    token: &Token,
) {
    let before = at.checked_sub(1).map(|at| &tokens[at]);
    let after = tokens.get(at + 1);
    let frame = frames.last_mut().unwrap();
    match token {
        Token::Newline | Token::Sign(";" | "|") => {
            // A pipe at the end of a line continues it.
            frame.call = None;
            frame.starts = true;
        }
        Token::Sign(_) => frame.starts = true,
        Token::Open(open) => {
            if *open == "("
                && let Some(Token::Member(method)) = before
            {
                script.methods.insert(method.clone());
            }
            let is_ordered = matches!(before, Some(Token::Type(name)) if name == "ordered");
            let table = (*open == "@{" && is_ordered).then(|| {
                script.tables.push(BTreeSet::new());
                script.tables.len() - 1
            });
            frame.starts = false;
            frames.push(Frame::new(open, table));
        }
        Token::Close(close) => {
            let expected = match frame.open {
                "(" | "@(" => ')',
                "{" | "@{" => '}',
                _ => ']',
            };
            assert_eq!(*close, expected, "brackets do not match");
            frames.pop();
            let frame = frames.last_mut().unwrap();
            // After a block, a new statement can begin without a line end, such as `} else {`.
            frame.starts = *close == '}';
        }
        Token::Word(word) => {
            let is_key = frame.open == "@{" && after == Some(&Token::Sign("="));
            let is_definition = matches!(before, Some(Token::Word(word)) if word == "function");
            if is_key {
                if let Some(table) = frame.table {
                    script.tables[table].insert(word.clone());
                }
            } else if is_definition {
            } else if KEYWORDS.contains(&word.as_str()) {
                frame.starts = true;
                return;
            } else if frame.starts && !word.chars().all(|letter| letter.is_ascii_digit()) {
                assert!(word.contains('-'), "a command without a verb: {word}");
                script.calls.push(Call {
                    name: word.clone(),
                    parameters: BTreeSet::new(),
                    literals: Vec::new(),
                });
                frame.call = Some(script.calls.len() - 1);
            } else if let Some(call) = frame.call {
                script.calls[call].literals.push(word.clone());
            }
            frame.starts = false;
        }
        Token::Dash(name) => {
            match frame.call {
                Some(call) => drop(script.calls[call].parameters.insert(name.clone())),
                None => assert!(OPERATORS.contains(&name.as_str()), "an operator: -{name}"),
            }
            // `return -not $a` and `$a -eq (…)` continue an expression.
            frame.starts = false;
        }
        Token::Text(value) => {
            if let Some(call) = frame.call {
                script.calls[call].literals.push(value.clone());
            }
            frame.starts = false;
        }
        Token::Type(name) => {
            script.types.insert(name.clone());
            frame.starts = false;
        }
        Token::Variable(_) | Token::Member(_) => frame.starts = false,
    }
}
