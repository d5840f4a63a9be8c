//! Files read up to a bound: what a path names can be endless, block, or be no file at all.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read, in bytes: a room list of a million rooms has about 40 MB, and a report of 50,000 rooms
/// about 150 MB.
pub const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// Reads a file whole. A directory, a device, a named pipe, and a file of more than [`LARGEST_FILE`] bytes are errors whose
/// message states it. Pipes that a shell opened (`<(...)`, `/dev/stdin`) are read.
pub fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    read_up_to(path, LARGEST_FILE)
}

fn read_up_to(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    // Before the file is opened, because opening a named pipe waits for a writer.
    refuse_special(path, &std::fs::metadata(path)?)?;
    all_of(File::open(path)?, largest)
}

/// Reads a stream to its end, or fails once it turns out to be longer than `largest` bytes.
pub fn all_of(stream: impl Read, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more byte than allowed is enough to detect a file that is too large.
    stream.take(largest + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > largest) {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {}", amount(largest)),
        ));
    }
    Ok(bytes)
}

fn amount(bytes: u64) -> String {
    let mib = bytes / (1024 * 1024);
    if mib > 0 {
        format!("{mib} MB")
    } else {
        format!("{bytes} bytes")
    }
}

#[cfg(unix)]
fn refuse_special(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Handles that the shell passed on are open already, so that opening them cannot wait for anyone.
    let is_passed_on = ["/dev/fd", "/dev/stdin", "/proc/self/fd"]
        .iter()
        .any(|known| path.starts_with(known));
    if is_passed_on || path == Path::new("/dev/null") {
        return Ok(());
    }
    match special_kind(kind) {
        Some(what) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("it is {what}; name a regular file"),
        )),
        None => Ok(()),
    }
}

/// What a file is whose reading may never end.
#[cfg(unix)]
fn special_kind(kind: std::fs::FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        None
    }
}

#[cfg(not(unix))]
fn refuse_special(_path: &Path, metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_bound_and_a_longer_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_up_to(&path, 5).unwrap(), b"12345");
        assert_eq!(
            read_up_to(&path, 4).unwrap_err().to_string(),
            "it has more than 4 bytes"
        );
        assert_eq!(
            all_of(io::repeat(b'x'), 1024 * 1024)
                .unwrap_err()
                .to_string(),
            "it has more than 1 MB"
        );
        assert_eq!(
            read_bounded(folder.path()).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_named_pipes_are_errors_that_do_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        assert!(
            read_bounded(&pipe)
                .unwrap_err()
                .to_string()
                .contains("a named pipe")
        );
        assert!(
            read_bounded(Path::new("/dev/zero"))
                .unwrap_err()
                .to_string()
                .contains("a device")
        );
        assert_eq!(read_bounded(Path::new("/dev/null")).unwrap(), b"");
    }
}
