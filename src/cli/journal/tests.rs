//! The journal alone, without a service.

use uuid::Uuid;

use crate::terms::Api;

use super::journal_entry::JournalEntry;
use super::*;

fn intent(marker: u128) -> Intent {
    let moment = "2026-11-28T12:00:00Z".parse().unwrap();
    Intent {
        marker: Uuid::from_u128(marker),
        at: moment,
        starts: moment,
        connection: "system".into(),
        tenant_id: "tenant".into(),
        client_id: "client".into(),
        api: Api::Graph,
        url: "https://graph.microsoft.com/v1.0".into(),
        room: "aurora@contoso.com".into(),
    }
}

fn open_at(folder: &Path) -> FileJournal {
    FileJournal::at(folder).unwrap()
}

#[test]
fn what_an_interrupted_run_left_is_known_to_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open_at(folder.path());
    journal.intend(&intent(1)).unwrap();
    journal.intend(&intent(2)).unwrap();
    journal.settle(&intent(1));
    drop(journal);
    let next = open_at(folder.path());
    assert_eq!(next.open(), [intent(2)]);
    next.settle(&intent(2));
    next.close();
    assert_eq!(journal_paths(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn an_intent_is_on_disk_in_a_private_file_when_it_was_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open_at(folder.path());
    journal.intend(&intent(1)).unwrap();
    let [path] = &journal_paths(folder.path())[..] else {
        panic!("one file")
    };
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text.ends_with("}}\n") && text.contains("aurora@contoso.com"),
        "{text}"
    );
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn closing_keeps_what_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open_at(folder.path());
    journal.intend(&intent(1)).unwrap();
    journal.close();
    assert_eq!(journal_paths(folder.path()).len(), 1);
    assert_eq!(open_at(folder.path()).open(), [intent(1)]);
}

#[test]
fn a_running_check_keeps_its_intents_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let first = open_at(folder.path());
    first.intend(&intent(1)).unwrap();
    let second = open_at(folder.path());
    assert_eq!(second.open(), []);
    second.close();
    assert_eq!(
        journal_paths(folder.path()).len(),
        1,
        "the file of the other run stays"
    );
    drop(first);
    assert_eq!(open_at(folder.path()).open(), [intent(1)]);
}

#[test]
fn half_a_line_was_never_sent_and_a_damaged_line_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rx-preflight-journal-1.jsonl");
    std::fs::write(&path, "{\"intent\":{\"mark").unwrap();
    assert_eq!(open_at(folder.path()).open(), []);
    for damaged in [
        "half a line\n",
        "{\"intent\":{\"marker\":\"' or 1 eq 1\"}}\n",
        "{}\n",
        "[]\n",
    ] {
        std::fs::write(&path, damaged).unwrap();
        assert!(
            matches!(FileJournal::at(folder.path()), Err(CliError::Usage(_))),
            "{damaged}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged);
    }
}

#[test]
fn a_journal_is_read_up_to_its_bound_and_a_larger_one_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rx-preflight-journal-1.jsonl");
    let empty_lines = |bytes: usize| "\n".repeat(bytes);
    std::fs::write(&path, empty_lines(1024 * 1024 + 1)).unwrap();
    let error = FileJournal::at(folder.path()).err().unwrap().to_string();
    assert!(error.contains("too large for a journal"), "{error}");
    assert!(path.exists());
    std::fs::write(&path, empty_lines(1024 * 1024)).unwrap();
    assert_eq!(open_at(folder.path()).open(), []);
}

#[test]
fn half_a_line_can_end_anywhere_and_the_next_run_reads_the_lines_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open_at(folder.path());
    journal.intend(&intent(1)).unwrap();
    drop(journal);
    let [path] = &journal_paths(folder.path())[..] else {
        panic!("one file")
    };
    let whole = std::fs::read(path).unwrap();
    let second = Intent {
        room: "b\u{fc}ro@contoso.com".into(),
        ..intent(2)
    };
    let line = journal_entry::line(&JournalEntry::Intent { intent: second }).unwrap();
    let umlaut = line.find('\u{fc}').unwrap();
    for end in [0, 1, umlaut, umlaut + 1, umlaut + 2, line.len() - 1] {
        std::fs::write(path, [&whole, &line.as_bytes()[..end]].concat()).unwrap();
        let next = open_at(folder.path());
        assert_eq!(next.open(), [intent(1)], "{end}");
        next.close();
    }
}

#[test]
fn an_event_of_the_first_version_stays_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rx-preflight-journal.jsonl");
    std::fs::write(
        &path,
        "{\"connection\":\"system\",\"room\":\"a@contoso.com\",\"id\":\"AAMk\"}\n",
    )
    .unwrap();
    let journal = open_at(folder.path());
    assert_eq!(
        journal.open(),
        [],
        "without a marker nothing is searched for"
    );
    journal.close();
    assert!(path.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_found_before_the_first_request() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert!(matches!(FileJournal::at(&missing), Err(CliError::Usage(_))));
}
