//! Setup guide: every step of the vendor's guide for one estate, with what is different today.
//!
//! [`GuideDocument`] is the data, and its JSON is the source; the other formats render it. A new format is a file with a
//! `render` function and its arms in this file.

mod html;
mod markdown;
mod model;
mod script;
mod text;
mod view;

use super::json::write_visible;
use super::table::TableOptions;

pub use model::{GUIDE_VERSION, GuideDocument, GuideReport};

/// A format in which a guide can be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GuideFormat {
    /// Text for a terminal.
    #[default]
    Table,
    /// A single page for the browser or a printer.
    Html,
    /// Markdown for a ticket.
    Markdown,
    /// JSON for programs.
    Json,
    /// A commented PowerShell script that changes nothing unless it is edited.
    PowerShell,
}

impl GuideFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Table,
        Self::Html,
        Self::Markdown,
        Self::Json,
        Self::PowerShell,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::PowerShell => "powershell",
        }
    }

    /// The file extension of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::PowerShell => "ps1",
        }
    }

    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }

    /// The format of a file with this extension; case is ignored.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }
}

/// A guide in a format. The options apply to the text only.
///
/// # Errors
///
/// Returns an error if the guide has no JSON form.
pub fn render(
    document: &GuideDocument,
    format: GuideFormat,
    options: &TableOptions,
) -> serde_json::Result<String> {
    Ok(match format {
        GuideFormat::Table => text::render(document, options),
        GuideFormat::Html => html::render(document),
        GuideFormat::Markdown => markdown::render(document),
        GuideFormat::PowerShell => script::render(document),
        GuideFormat::Json => {
            let mut json = Vec::new();
            write_visible(document, &mut json)?;
            json.push(b'\n');
            String::from_utf8_lossy(&json).into_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions_are_read_back() {
        for format in GuideFormat::ALL {
            assert_eq!(GuideFormat::from_name(format.name()), Some(*format));
            assert_eq!(
                GuideFormat::from_extension(&format.extension().to_uppercase()),
                Some(*format)
            );
        }
        assert_eq!(GuideFormat::from_name("junit"), None);
    }
}
