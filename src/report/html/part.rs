//! A part of the page below its head, with its heading and its anchor.

use maud::Markup;

/// A part of the page.
pub(in crate::report) struct Part {
    /// The anchor.
    pub(in crate::report) id: String,
    /// The heading.
    pub(in crate::report) title: String,
    /// What is below the heading.
    pub(in crate::report) body: Markup,
}

impl Part {
    /// A part; one without content is left out by the page.
    pub(in crate::report) fn new(id: &str, title: &str, body: Markup) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            body,
        }
    }

    /// Whether the report has nothing for the part.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.body.0.is_empty()
    }
}
