//! Recognizes documents of this program by their beginning, so that no other file is replaced or moved.

use memchr::memmem;

use super::{exposition, fleet, wording};

/// The most bytes at the beginning of a document that have to be read: in HTML, the name follows the style sheet.
pub const RECOGNIZED_BY: u64 = 64 * 1024;
/// The name of this program, which all documents for people contain.
const NAME: &str = "rx-preflight";

/// Whether a file that begins like this is a report of this program, in any format and of any version.
pub fn begins_report(beginning: &[u8]) -> bool {
    let has = |name: &str| memmem::find(beginning, name.as_bytes()).is_some();
    has(NAME)
        || has(wording::SERVICE_NAME)
        || exposition::begins_metrics(beginning)
        || fleet::begins_csv(beginning)
}
