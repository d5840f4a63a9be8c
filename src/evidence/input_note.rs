//! Notes about the inputs of a run: what was left out of a list, replaced or read in another way than it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So many lines are kept of one note; `count` counts all.
const MOST_LINES: usize = 100;

/// One note about an input. It never holds a secret, an address or a display name; those stay in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputNote {
    /// What kind of note.
    pub kind: InputNoteKind,
    /// The name of the file without its folder; absent for an option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The option, column or key that the note is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The lines, from 1; the first hundred where there are more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<usize>,
    /// The place in its only line, from 1, where a settings file is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// How many lines, rooms or entries.
    pub count: usize,
}

/// The kinds of notes about inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputNoteKind {
    /// An entry of a rooms file that is meant as an address and cannot be one: that room was not checked.
    EntryUnusable,
    /// Lines of a rooms file without an address.
    LineWithoutAddress,
    /// Rows of a table with nothing in the column of the addresses.
    CellEmpty,
    /// Lines with a `#` at the beginning.
    LineStruckOut,
    /// Mailboxes that are neither rooms nor equipment.
    OtherMailboxType,
    /// Proxy addresses that are not the primary address.
    OtherProxyAddress,
    /// Lines that name the sender of a message, its signature included.
    SenderLine,
    /// Entries from which invisible characters or typographic quotation marks were removed.
    EntryCleaned,
    /// A column of sign-in names was read, which can differ from the addresses.
    SignInNameUsed,
    /// Rooms that were given more than once.
    RoomRepeated,
    /// Rooms of the settings file that an option replaced.
    RoomsReplaced,
    /// A value of the settings file that a variable of the environment replaced.
    ReplacedByVariable,
    /// A feature that the settings file switches off and an option requires.
    FeatureRequired,
    /// A secret file that other users of the machine can read.
    SecretFileReadable,
    /// An accepted finding whose last day is over.
    AcceptanceEnded,
    /// An accepted finding that the run does not have.
    AcceptanceUnused,
    /// An accepted finding whose cause the run has, but not for the named connection or subject.
    AcceptanceElsewhere,
    /// An accepted finding that counts, because no room works.
    AcceptanceNotApplied,
    /// Windows has the address of a proxy script (PAC), which this program does not run.
    ProxyScriptNotFollowed,
    /// Windows has a proxy for services (`netsh winhttp`), which this program does not use.
    WinhttpProxyNotFollowed,
    /// Mailboxes that the program chose itself to prove that the access of the app is limited.
    MailboxesChosen,
    /// A kind that a newer version of this program wrote.
    #[serde(other)]
    Unknown,
}

impl InputNote {
    /// A note about one thing.
    pub fn new(kind: InputNoteKind) -> Self {
        Self {
            kind,
            file: None,
            about: None,
            lines: Vec::new(),
            column: None,
            count: 1,
        }
    }

    /// The same about a file.
    #[must_use]
    pub fn of_file(self, name: &str) -> Self {
        Self {
            file: Some(name.to_owned()),
            ..self
        }
    }

    /// The same about an option, a column or a key.
    #[must_use]
    pub fn about(self, what: &str) -> Self {
        Self {
            about: Some(what.to_owned()),
            ..self
        }
    }

    /// The same about so many things.
    #[must_use]
    pub fn times(self, count: usize) -> Self {
        Self { count, ..self }
    }

    /// The same about one place in a file.
    #[must_use]
    pub fn at_place(self, line: usize, column: usize) -> Self {
        Self {
            lines: vec![line],
            column: Some(column),
            ..self
        }
    }

    /// The same about these lines.
    #[must_use]
    pub fn at_lines(self, mut lines: Vec<usize>) -> Self {
        let count = lines.len();
        lines.truncate(MOST_LINES);
        Self {
            lines,
            count,
            ..self
        }
    }
}
