//! A new settings file: the values for it, the text of a ResourceXpress settings page that holds some of them, and the text
//! of the file.
//!
//! Nothing here reads or writes a file. Values are judged by the same rules as those of a settings file.

mod console_page;
mod draft_faults;
mod draft_field;
mod draft_text;
mod settings_draft;
mod yes_no;

pub use console_page::{ConsolePage, ConsolePageError, UnclearValue};
pub use draft_field::DraftField;
pub use settings_draft::{DraftCredential, SettingsDraft};
pub use yes_no::read_yes_no;

#[cfg(test)]
mod tests;
