//! Spool for documents that must pass the leak check before they go to standard output.

use std::fs::File;
use std::io::{self, Seek, Write};

use tempfile::{SpooledData, SpooledTempFile};

use super::CliError;

/// A longer document is kept in a temporary file.
const MEMORY_LIMIT: usize = 1024 * 1024;

/// A complete document that is not yet written to its output.
pub(super) enum SpooledDocument {
    InMemory(Vec<u8>),
    OnDisk(File),
}

impl SpooledDocument {
    /// Writes it where it should go.
    pub(super) fn write_to(self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Self::InMemory(bytes) => to.write_all(&bytes)?,
            Self::OnDisk(mut file) => {
                file.rewind()?;
                io::copy(&mut file, to)?;
            }
        }
        to.flush()
    }
}

/// Renders a document to memory or, if it is large, to an anonymous temporary file. If no temporary file can be created, the
/// whole document is kept in memory.
pub(super) fn spool(
    draw: impl Fn(&mut dyn Write) -> Result<(), CliError>,
) -> Result<SpooledDocument, CliError> {
    let mut spooled = SpooledTempFile::new(MEMORY_LIMIT);
    match draw(&mut spooled) {
        Ok(()) => Ok(match spooled.into_inner() {
            SpooledData::InMemory(bytes) => SpooledDocument::InMemory(bytes.into_inner()),
            SpooledData::OnDisk(file) => SpooledDocument::OnDisk(file),
        }),
        Err(CliError::Unwritable { .. }) => {
            // A part may already be in the spool, so the document is rendered again from its beginning.
            let mut bytes = Vec::new();
            draw(&mut bytes)?;
            Ok(SpooledDocument::InMemory(bytes))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::ErrorKind;

    use super::*;

    fn bytes(waiting: SpooledDocument) -> Vec<u8> {
        let mut bytes = Vec::new();
        waiting.write_to(&mut bytes).unwrap();
        bytes
    }

    fn full_disk() -> CliError {
        CliError::Unwritable {
            what: "it".to_owned(),
            source: ErrorKind::StorageFull.into(),
        }
    }

    #[test]
    fn a_document_waits_in_memory_or_if_it_is_large_on_disk() {
        let write = |length: usize| {
            spool(|to| to.write_all(&vec![b'x'; length]).map_err(|_| full_disk())).unwrap()
        };
        let (small, large) = (write(10), write(MEMORY_LIMIT + 1));
        assert!(
            matches!(&small, SpooledDocument::InMemory(_))
                && matches!(&large, SpooledDocument::OnDisk(_))
        );
        assert_eq!(
            (bytes(small).len(), bytes(large).len()),
            (10, MEMORY_LIMIT + 1)
        );
    }

    #[test]
    fn without_a_temporary_folder_it_waits_in_memory_whole() {
        let tries = Cell::new(0);
        let drawn = spool(|to| {
            tries.set(tries.get() + 1);
            let whole = tries.get() > 1;
            to.write_all(if whole {
                b"a whole document"
            } else {
                b"half a"
            })
            .map_err(|_| full_disk())?;
            if whole { Ok(()) } else { Err(full_disk()) }
        });
        assert_eq!(bytes(drawn.unwrap()), b"a whole document");
    }

    #[test]
    fn what_must_not_leave_waits_nowhere() {
        let leaks = spool(|_| {
            Err(CliError::Leak {
                what: "it".to_owned(),
            })
        });
        assert!(matches!(leaks, Err(CliError::Leak { .. })));
    }
}
