//! The table of limits in `docs/performance.md`: its values are those of the constants, and each limit has a test at it and one
//! beyond it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sources::{rust_files, without_tests};
use syn::{BinOp, Expr, Item, Lit};
use syntax::is_for_tests;

#[path = "support/sources.rs"]
mod sources;
#[path = "support/syntax.rs"]
mod syntax;

/// The unit of a constant.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Bytes,
    Count,
    Seconds,
}

/// One row of the table.
struct Limit {
    /// The first cell.
    name: &'static str,
    /// The file below `src` and the constant in it.
    constant: (&'static str, &'static str),
    unit: Unit,
    /// The test at the limit, and the one beyond it. One test can do both.
    tests: [&'static str; 2],
}

const fn limit(
    name: &'static str,
    file: &'static str,
    constant: &'static str,
    unit: Unit,
    tests: [&'static str; 2],
) -> Limit {
    Limit {
        name,
        constant: (file, constant),
        unit,
        tests,
    }
}

/// A row whose two tests are one function.
const fn both(
    name: &'static str,
    file: &'static str,
    constant: &'static str,
    unit: Unit,
    test: &'static str,
) -> Limit {
    limit(name, file, constant, unit, [test, test])
}

#[rustfmt::skip]
const LIMITS: &[Limit] = &[
    both("body of a response", "wire/client.rs", "BODY_BOUND", Unit::Bytes, "a_body_is_read_up_to_the_bound_and_not_one_byte_beyond"),
    both("elements and texts in a response of Exchange", "wire/soap/read.rs", "MOST_NODES", Unit::Count, "a_document_is_read_up_to_the_most_nodes_and_not_beyond"),
    both("named values in an error of Exchange", "wire/soap/read.rs", "MOST_VALUES", Unit::Count, "so_many_values_of_an_error_are_kept_and_the_others_are_left_out"),
    both("levels of inner errors of Graph", "wire/odata.rs", "DEEPEST_INNER_ERROR", Unit::Count, "inner_errors_are_followed_to_the_deepest_level_and_not_beyond"),
    both("characters of a text that a service returns", "wire/mask.rs", "KEPT_CHARACTERS", Unit::Count, "a_text_is_kept_up_to_the_bound_and_a_longer_one_is_cut"),
    limit("repetitions of a request", "settings/retry_policy.rs", "USUAL_RETRIES", Unit::Count, ["a_throttled_read_is_repeated_after_the_named_wait", "two_retries_are_the_most"]),
    both("wait that a service may demand without `--wait`", "settings/retry_policy.rs", "USUAL_PATIENCE", Unit::Seconds, "a_named_wait_is_obeyed_up_to_the_patience"),
    both("rooms in one batch", "wire/batch.rs", "MOST_IN_BATCH", Unit::Count, "a_batch_has_a_reply_for_each_request_and_for_no_other"),
    both("pages of the rooms that a tenant lists", "wire/room_list.rs", "MOST_PAGES", Unit::Count, "the_last_page_that_is_read_can_be_the_last_one"),
    both("rooms on one page of that list", "wire/room_list.rs", "LARGEST_PAGE", Unit::Count, "a_page_of_all_rooms_is_requested_up_to_the_largest_page"),
    limit("mailboxes that `--expect-denied auto` chooses", "cli/session.rs", "MAX_CHOICE", Unit::Count, ["the_largest_numbers_are_accepted", "a_number_out_of_range_is_refused_with_the_range"]),
    both("test events that are found by their marker", "wire/graph_writes.rs", "MOST_FOUND", Unit::Count, "no_more_events_than_were_requested_are_taken"),
    both("a file: settings, rooms, reports, certificates", "settings/bounded_read.rs", "LARGEST_FILE", Unit::Bytes, "a_file_is_read_up_to_the_bound_and_a_longer_one_is_an_error"),
    both("a room list or a secret on standard input", "settings/environment.rs", "MOST_FROM_STDIN", Unit::Bytes, "standard_input_is_read_up_to_its_bound_and_a_longer_one_is_an_error"),
    both("a log for `explain`", "cli/explain.rs", "MAX_BYTES", Unit::Bytes, "a_text_is_read_up_to_the_limit_and_a_longer_one_is_known_to_be_cut"),
    both("a token for `token`", "cli/token.rs", "MAX_BYTES", Unit::Bytes, "pasted_text_is_accepted_up_to_its_limit_and_rejected_beyond_it"),
    both("a page for `init --from-stdin`", "cli/init/given_values.rs", "LONGEST_PAGE", Unit::Bytes, "a_text_is_read_up_to_the_limit_and_a_longer_one_is_known_to_be_cut"),
    both("the evidence of an administrator", "settings/administrator_file.rs", "LARGEST_BYTES", Unit::Bytes, "a_file_and_a_text_in_it_are_read_up_to_their_bounds"),
    both("one text in that evidence", "settings/administrator_file.rs", "LONGEST_TEXT", Unit::Bytes, "a_file_and_a_text_in_it_are_read_up_to_their_bounds"),
    both("characters of one text of an accepted finding", "settings/accepted_file.rs", "LONGEST_TEXT", Unit::Count, "a_text_is_accepted_up_to_the_longest_and_neither_empty_nor_beyond"),
    both("a journal of test events", "cli/journal/journal_file.rs", "MAX_BYTES", Unit::Bytes, "a_journal_is_read_up_to_its_bound_and_a_larger_one_stays_as_it_is"),
    both("invalid lines of a room file that are findings", "settings/rooms/mod.rs", "MOST_MALFORMED", Unit::Count, "so_many_malformed_lines_of_a_file_are_findings_and_the_others_are_counted"),
    both("bytes of an address", "settings/address.rs", "LONGEST_ADDRESS", Unit::Count, "an_address_is_valid_up_to_the_longest_parts_and_not_beyond"),
    both("bytes of an address before the @", "settings/address.rs", "LONGEST_LOCAL_PART", Unit::Count, "an_address_is_valid_up_to_the_longest_parts_and_not_beyond"),
    both("bytes between two dots of a domain", "settings/address.rs", "LONGEST_LABEL", Unit::Count, "an_address_is_valid_up_to_the_longest_parts_and_not_beyond"),
    both("iterations that a PKCS #12 file may demand", "settings/password_encryption.rs", "MOST_ITERATIONS", Unit::Count, "iterations_are_counted_up_to_the_most_and_not_beyond"),
    both("bytes of a redaction key, at least", "report/redact/redaction_key.rs", "SHORTEST", Unit::Count, "a_key_of_the_minimum_length_is_accepted_and_a_shorter_one_is_not"),
    both("part of a document that is held in memory", "cli/spool.rs", "MEMORY_LIMIT", Unit::Bytes, "a_document_waits_in_memory_or_if_it_is_large_on_disk"),
    both("parts of a fleet (`--shard`)", "cli/fleet/shard.rs", "MOST", Unit::Count, "there_are_at_most_so_many_parts"),
    both("open files that must be available, at least", "cli/runtime.rs", "NEEDED_HANDLES", Unit::Count, "too_few_file_handles_are_an_error_and_no_panic"),
];

/// Rows without a constant: the value, the text that sets it, and the tests.
const WITHOUT_CONSTANT: &[(&str, &str, [&str; 2], [&str; 2])] = &[
    (
        "redirects that are followed",
        "0",
        ["wire/route.rs", "Policy::none()"],
        [
            "a_redirect_is_not_followed_with_a_token",
            "a_redirect_is_not_followed_with_a_token",
        ],
    ),
    (
        "concurrent requests (`--concurrency`)",
        "256",
        ["cli/args.rs", "range(1..=256)"],
        [
            "the_largest_numbers_are_accepted",
            "a_number_out_of_range_is_refused_with_the_range",
        ],
    ),
];

/// Constants that bound how much of a longer list or text a document shows, or what a search compares; with their rooms.
/// What comes in is not limited by them.
const NOT_ABOUT_INPUT: &[&str] = &["cli/explain/", "diagnosis/", "knowledge/", "report/"];
/// Single constants of this kind in other rooms.
const SHOWN_OR_SEARCHED: &[&str] = &[
    "cli/check.rs MAX_NOTES",
    "cli/fleet/report_folder.rs MOST_THREADS",
    "cli/init/dialog.rs MOST_ATTEMPTS",
    "cli/leak_check.rs SHORTEST_SEARCHED",
    "cli/persist.rs MAX_KEPT",
    "cli/scenario_choice.rs MAX_SUGGESTIONS",
    "cli/token/classify.rs LONGEST_SECRET",
    "cli/token/classify.rs SHORTEST",
    "cli/token/classify.rs SHORTEST_WITHOUT_DIGIT",
    "cli/token/extract.rs MAX_DEPTH",
    "cli/windows_names.rs LONGEST_PLAIN_PATH",
    "evidence/input_note.rs MOST_LINES",
    "probe/clean_up.rs MAX_INTENTS",
    "settings/administrator_file.rs LONGEST_VERSION",
    "settings/decoding.rs SHORTEST_ARCHIVE",
    "settings/duration.rs LONGEST",
    "settings/lint/secret.rs MOST_NAMED",
    "settings/lint/secret.rs SHORTEST_LABELED",
    "settings/quotable.rs SHORTEST_TOKEN",
    "settings/rooms/markup.rs MOST_MISSED",
    "settings/rooms/mod.rs LONGEST_SHOWN",
    "settings/rooms/screen.rs MOST_PROPERTIES",
    "settings/rooms/table.rs LONGEST_NAME",
    "settings/secret.rs SHORTEST_WITH_HINT",
    "wire/adaptive_limit.rs MOST_DOUBLINGS",
    "wire/breaker.rs LONGEST_HOLD",
    "wire/mask.rs SHORTEST_SECRET",
    "wire/mask.rs SHORTEST_TOKEN",
    "wire/request.rs MOST_HEADERS",
    "wire/soap/response_cache.rs MOST_FORMS",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn source(file: &str) -> String {
    fs::read_to_string(root().join("src").join(file)).unwrap()
}

/// The value and the unit of every row of the table, by the first cell.
fn table() -> BTreeMap<String, String> {
    let page = fs::read_to_string(root().join("docs/performance.md")).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| limit |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        (cells[0].to_owned(), cells[1].to_owned())
    })
    .collect()
}

/// The constants of a source without its tests, those of implementations and functions included.
fn constants(text: &str) -> BTreeMap<String, Expr> {
    struct Constants(BTreeMap<String, Expr>);
    impl<'a> syn::visit::Visit<'a> for Constants {
        fn visit_item(&mut self, item: &'a Item) {
            if is_for_tests(item) {
                return;
            }
            if let Item::Const(constant) = item {
                let value = (*constant.expr).clone();
                self.0.insert(constant.ident.to_string(), value);
            }
            syn::visit::visit_item(self, item);
        }

        fn visit_impl_item_const(&mut self, constant: &'a syn::ImplItemConst) {
            let value = constant.expr.clone();
            self.0.insert(constant.ident.to_string(), value);
        }
    }
    let mut found = Constants(BTreeMap::new());
    syn::visit::Visit::visit_file(&mut found, &syn::parse_file(text).unwrap());
    found.0
}

/// The number that an expression of numbers, products and wrappers of numbers has as its value.
fn value(expression: &Expr) -> Option<u64> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Binary(binary) if matches!(binary.op, BinOp::Mul(_)) => {
            Some(value(&binary.left)? * value(&binary.right)?)
        }
        Expr::Call(call) => value(call.args.first()?),
        Expr::MethodCall(call) => value(&call.receiver),
        _ => None,
    }
}

fn shown(number: u64, unit: Unit) -> String {
    let grouped = |number: u64| {
        let digits = number.to_string();
        let groups: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        groups.join(",")
    };
    match unit {
        Unit::Bytes if number >= 1024 * 1024 => format!("{} MB", number / 1024 / 1024),
        Unit::Bytes => format!("{} KB", number / 1024),
        Unit::Count => grouped(number),
        Unit::Seconds => format!("{number} s"),
    }
}

#[test]
fn the_table_lists_every_limit_with_the_value_of_its_constant() {
    let table = table();
    let mut expected = BTreeMap::new();
    for limit in LIMITS {
        let (file, name) = limit.constant;
        let constants = constants(&source(file));
        let expression = constants
            .get(name)
            .unwrap_or_else(|| panic!("{file}: {name}"));
        let value = value(expression).unwrap_or_else(|| panic!("{file}: {name}"));
        expected.insert(limit.name.to_owned(), shown(value, limit.unit));
    }
    for (name, value, [file, text], _) in WITHOUT_CONSTANT {
        let product = without_tests(&source(file));
        assert!(product.contains(text), "{file}: {text}");
        expected.insert((*name).to_owned(), (*value).to_owned());
    }
    assert_eq!(table, expected);
}

#[test]
fn pasted_text_is_accepted_up_to_its_limit_and_rejected_beyond_it() {
    for (length, is_beyond) in [(256 * 1024, false), (256 * 1024 + 1, true)] {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_rx-preflight"))
            .arg("token")
            .write_stdin(" ".repeat(length))
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        let is_rejected = message.contains("more than 256 KB; paste the access token only");
        assert_eq!(is_rejected, is_beyond, "{length}: {message}");
    }
}

#[test]
fn every_limit_has_a_test_at_it_and_one_beyond_it() {
    let mut tests = BTreeSet::new();
    for folder in ["src", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(file).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
                    tests.insert(rest.split('(').next().unwrap().to_owned());
                    is_test = false;
                } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                }
            }
        }
    }
    let named = LIMITS.iter().flat_map(|limit| limit.tests);
    let named = named.chain(WITHOUT_CONSTANT.iter().flat_map(|(.., tests)| *tests));
    for name in named {
        assert!(tests.contains(name), "there is no test {name}");
    }
}

/// Whether a name is that of a bound.
fn is_bound(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "MOST", "MAX", "LONGEST", "LARGEST", "DEEPEST", "BOUND", "SHORTEST", "NEEDED", "LIMIT",
        "KEPT",
    ];
    name.split('_').any(|word| WORDS.contains(&word))
}

#[test]
fn a_new_bound_is_in_the_table_or_is_stated_not_to_be_about_input() {
    let mut known: BTreeSet<String> = LIMITS
        .iter()
        .map(|limit| format!("{} {}", limit.constant.0, limit.constant.1))
        .chain(SHOWN_OR_SEARCHED.iter().map(|entry| (*entry).to_owned()))
        .collect();
    let mut missing = Vec::new();
    for path in rust_files(&root().join("src")) {
        let file = path.strip_prefix(root().join("src")).unwrap();
        let file = file.to_string_lossy().replace('\\', "/");
        let is_out = file.starts_with("simulator/") || file.contains("tests");
        for (name, expression) in constants(&fs::read_to_string(&path).unwrap()) {
            if !is_bound(&name) || value(&expression).is_none() || is_out {
                continue;
            }
            let is_known = known.remove(&format!("{file} {name}"));
            let is_shown = NOT_ABOUT_INPUT.iter().any(|room| file.starts_with(room));
            if !is_known && !is_shown {
                missing.push(format!("{file} {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "in no table: {missing:#?}");
    // The constants of the table need no such name, and another test reads them.
    known.retain(|entry| SHOWN_OR_SEARCHED.contains(&entry.as_str()));
    assert!(known.is_empty(), "no such constants: {known:?}");
}
