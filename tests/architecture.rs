//! The structure of the product, held by tests: which room may know which, what no room may do, how large files and
//! functions may grow, and how imports are written.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use sources::{rust_files, without_tests};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, Item, ItemFn, UseTree};

#[path = "support/sources.rs"]
mod sources;
#[path = "support/syntax.rs"]
mod syntax;

/// Which rooms a room may know. Everything points downward; `terms` and `tables` know nothing.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("tables", &[]),
    ("evidence", &["terms"]),
    ("knowledge", &["terms", "tables"]),
    ("settings", &["evidence", "terms"]),
    ("wire", &["settings", "evidence", "terms"]),
    ("probe", &["wire", "settings", "evidence", "terms"]),
    ("diagnosis", &["evidence", "knowledge", "terms"]),
    ("report", &["diagnosis", "evidence", "knowledge", "terms"]),
    ("simulator", &["tables"]),
];

/// The most lines of a file without its tests.
const LONGEST_FILE: usize = 450;

/// The most code lines between the braces of a function.
const LONGEST_FUNCTION: usize = 60;

/// Nine of ten functions have at most this many code lines between their braces.
const USUAL_FUNCTION: usize = 20;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files_of_room(room: &str) -> Vec<PathBuf> {
    rust_files(&folder("src").join(room))
}

/// Files that are compiled for tests only.
fn is_for_tests(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy();
    stem == "tests"
        || stem.ends_with("_tests")
        || stem == "fixture"
        || stem == "fixtures"
        || path.components().any(|part| part.as_os_str() == "tests")
}

fn product_files() -> Vec<PathBuf> {
    let mut files = rust_files(&folder("src"));
    files.retain(|path| !is_for_tests(path));
    files
}

fn rooms_named_in(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut named = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let inside = group.split("};").next().unwrap_or_default();
            named.extend(inside.split(',').map(|entry| room_of(entry.trim())));
        } else {
            named.insert(room_of(part));
        }
    }
    named
}

fn room_of(path: &str) -> String {
    path.chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

#[test]
fn every_room_knows_only_the_rooms_below_it() {
    let mut wrong = BTreeMap::new();
    for (room, allowed) in MAY_KNOW {
        for path in files_of_room(room) {
            for named in rooms_named_in(&without_tests(&fs::read_to_string(&path).unwrap())) {
                let is_room = MAY_KNOW.iter().any(|(other, _)| *other == named) || named == "cli";
                if is_room && named != *room && !allowed.contains(&named.as_str()) {
                    wrong
                        .entry(path.display().to_string())
                        .or_insert_with(BTreeSet::new)
                        .insert(named);
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these files name a room that they may not know: {wrong:#?}"
    );
}

#[test]
fn pure_rooms_do_no_input_or_output() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "tokio::",
        "reqwest",
        "println!",
        "eprintln!",
    ];
    for room in ["terms", "diagnosis", "report", "evidence", "knowledge"] {
        for path in files_of_room(room) {
            let text = without_tests(&fs::read_to_string(&path).unwrap());
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            for word in forbidden {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_command_line_room_writes_to_the_terminal() {
    let forbidden = [
        "println!",
        "eprintln!",
        "print!(",
        "eprint!(",
        "dbg!",
        "io::stdout",
        "io::stderr",
    ];
    for (room, _) in MAY_KNOW {
        for path in files_of_room(room) {
            let text = without_tests(&fs::read_to_string(&path).unwrap());
            for word in forbidden {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn no_file_has_outgrown_its_subject() {
    for path in product_files() {
        let lines = without_tests(&fs::read_to_string(&path).unwrap())
            .lines()
            .count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines without its tests; move a subject to a file of its own",
            path.display()
        );
    }
}

fn parse(path: &Path) -> syn::File {
    syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The other tests read a file up to its first test module, so product code behind it would be unchecked.
#[test]
fn test_modules_come_last() {
    let mut wrong = Vec::new();
    for path in rust_files(&folder("src")) {
        let mut items = parse(&path).items;
        // Names that only tests need are imported among the others.
        items.retain(|item| !matches!(item, Item::Use(_)));
        let mut for_tests = items
            .iter()
            .map(syntax::is_for_tests)
            .skip_while(|is_test| !is_test);
        if for_tests.any(|is_test| !is_test) {
            wrong.push(path.display().to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "move the test modules to the end of: {wrong:#?}"
    );
}

/// The number of code lines between the braces of each function of a file, without its test items. Comments and empty
/// lines do not count, so a comment never makes a function too long.
struct FunctionSizes<'text> {
    text: Vec<&'text str>,
    lines: Vec<(usize, String)>,
}

impl<'text> FunctionSizes<'text> {
    fn of(text: &'text str) -> Vec<(usize, String)> {
        let mut sizes = Self {
            text: text.lines().collect(),
            lines: Vec::new(),
        };
        sizes.visit_file(&syn::parse_file(text).unwrap());
        sizes.lines
    }

    fn add(&mut self, name: String, block: &Block) {
        let braces = block.brace_token.span;
        let (open, close) = (braces.open().start().line, braces.close().start().line);
        let between = self
            .text
            .get(open..close.saturating_sub(1))
            .unwrap_or_default();
        let is_code = |line: &&&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        self.lines
            .push((between.iter().filter(is_code).count(), name));
    }
}

impl<'ast> Visit<'ast> for FunctionSizes<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !syntax::is_for_tests(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add(function.sig.ident.to_string(), &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add(function.sig.ident.to_string(), &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn functions_stay_short() {
    let mut sizes = Vec::new();
    for path in product_files() {
        let text = fs::read_to_string(&path).unwrap();
        for (lines, name) in FunctionSizes::of(&text) {
            sizes.push((lines, format!("{}: {name}", path.display())));
        }
    }
    sizes.sort();
    let longest = sizes.last().unwrap();
    assert!(longest.0 <= LONGEST_FUNCTION, "too long: {longest:?}");
    let nine_of_ten = &sizes[sizes.len() * 9 / 10];
    assert!(
        nine_of_ten.0 <= USUAL_FUNCTION,
        "one of ten functions has more than {USUAL_FUNCTION} lines, such as {nine_of_ten:?}"
    );
}

/// The group of an import: the standard library, other crates, this crate, the neighboring modules.
fn import_group(root: &str) -> u8 {
    match root {
        "std" | "core" | "alloc" => 0,
        "crate" => 2,
        "super" | "self" => 3,
        _ => 1,
    }
}

/// Whether one statement imports from several modules, as in `use a::{b::C, d::E}`.
fn imports_from_several_modules(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => imports_from_several_modules(&path.tree),
        UseTree::Group(group) => group
            .items
            .iter()
            .any(|item| matches!(item, UseTree::Path(_) | UseTree::Group(_))),
        _ => false,
    }
}

/// What is wrong with the private imports of a file.
fn import_faults(path: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let mut before: Option<(u8, usize)> = None;
    for item in parse(path).items {
        let Item::Use(item) = item else { continue };
        if !matches!(item.vis, syn::Visibility::Inherited)
            || syntax::has_test_attribute(&item.attrs)
        {
            continue;
        }
        let text = item.to_token_stream().to_string();
        if imports_from_several_modules(&item.tree) {
            faults.push(format!("one statement for several modules: {text}"));
        }
        let UseTree::Path(tree) = &item.tree else {
            continue;
        };
        let group = import_group(&tree.ident.to_string());
        let (first, last) = (item.span().start().line, item.span().end().line);
        if let Some((previous, end)) = before {
            if group < previous {
                faults.push(format!("belongs further up: {text}"));
            } else if group > previous && first < end + 2 {
                faults.push(format!("needs an empty line above: {text}"));
            }
        }
        before = Some((group, last));
    }
    faults
}

/// `rustfmt` sorts imports inside a group, but does not group them in its stable form.
#[test]
fn imports_are_grouped_by_where_they_come_from() {
    let mut wrong = Vec::new();
    for path in ["src", "tests", "benches"]
        .map(folder)
        .iter()
        .flat_map(|folder| rust_files(folder))
    {
        for fault in import_faults(&path) {
            wrong.push(format!("{}: {fault}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} imports: {wrong:#?}", wrong.len());
}
