//! Which service a place of the text is about: its record decides, else the whole text.

use std::cell::RefCell;
use std::collections::HashMap;

use super::folding::folded;
use super::service_marks;
use crate::knowledge::CodeSource;

/// A longer record is not read again for every place in it.
const LONGEST_RECORD: usize = 20_000;

/// Answers for a text, each of which is looked up once.
#[derive(Debug)]
pub(super) struct ServiceContext {
    whole: Option<CodeSource>,
    records: RefCell<HashMap<usize, Option<CodeSource>>>,
}

impl ServiceContext {
    /// For a text whose letters and digits are `folded`.
    pub(super) fn new(folded: &str) -> Self {
        Self {
            whole: service_marks::service_named_in(folded),
            records: RefCell::default(),
        }
    }

    /// The service that the record from `start` to `end` is about.
    pub(super) fn service(&self, text: &str, (start, end): (usize, usize)) -> Option<CodeSource> {
        if end - start > LONGEST_RECORD {
            return self.whole;
        }
        let mut records = self.records.borrow_mut();
        let own = *records.entry(start).or_insert_with(|| {
            text.get(start..end)
                .and_then(|record| service_marks::service_named_in(&folded(record)))
        });
        own.or(self.whole)
    }
}
