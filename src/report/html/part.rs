//! A part of the page below its head, with its heading and its anchor.

use maud::Markup;

/// A part of the page.
pub(super) struct Part {
    /// The anchor.
    pub(super) id: String,
    /// The heading.
    pub(super) title: String,
    /// What is below the heading.
    pub(super) body: Markup,
}

impl Part {
    /// A part; one without content is left out by the page.
    pub(super) fn new(id: &str, title: &str, body: Markup) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            body,
        }
    }

    /// Whether the report has nothing for the part.
    pub(super) fn is_empty(&self) -> bool {
        self.body.0.is_empty()
    }
}
