//! Service that a position of the text is about: its record decides, otherwise the whole text.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::knowledge::CodeSource;

use super::folding::folded;
use super::service_marks;

/// Maximum length of a record that is searched by itself.
const LONGEST_RECORD: usize = 20_000;

/// Services that a text and its records name. Each record is searched once.
#[derive(Debug)]
pub(super) struct ServiceContext {
    whole: Option<CodeSource>,
    records: RefCell<HashMap<usize, Option<CodeSource>>>,
}

impl ServiceContext {
    /// Searches a text whose letters and digits are `folded`.
    pub(super) fn new(folded: &str) -> Self {
        Self {
            whole: service_marks::service_named_in(folded),
            records: RefCell::default(),
        }
    }

    /// Service that the record from `start` to `end` is about.
    pub(super) fn service(&self, text: &str, span: (usize, usize)) -> Option<CodeSource> {
        self.service_of_record(text, span).or(self.whole)
    }

    /// Service that the record from `start` to `end` itself names.
    pub(super) fn service_of_record(
        &self,
        text: &str,
        (start, end): (usize, usize),
    ) -> Option<CodeSource> {
        if end - start > LONGEST_RECORD {
            return self.whole;
        }
        let mut records = self.records.borrow_mut();
        *records.entry(start).or_insert_with(|| {
            text.get(start..end)
                .and_then(|record| service_marks::service_named_in(&folded(record)))
        })
    }
}
