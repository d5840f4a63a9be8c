//! README.md and the pages of `docs`: their commands are run or understood, and their tables agree with the program.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use command_lines::{assert_understood, command_lines, words};
use regex::Regex;
use rx_preflight::cli::Arguments;
use rx_preflight::terms::{exit_code, plugin_exit_code};
use support::Tenant;

#[path = "support/command_lines.rs"]
mod command_lines;
mod support;

/// Parts of lines that cannot run as they are: abbreviated ids, a host of the reader's network, a variable of a loop.
const NOT_RUNNABLE: [&str; 3] = ["…", "proxy.contoso.com", "$customer"];

/// Every page with its path in the repository.
fn pages() -> BTreeMap<String, String> {
    let docs = fs::read_dir(support::folder("docs")).unwrap();
    let docs = docs
        .map(|page| format!("docs/{}", page.unwrap().file_name().to_string_lossy()))
        .filter(|path| Path::new(path).extension().is_some_and(|end| end == "md"));
    docs.chain(["README.md".to_owned()])
        .map(|path| {
            let text = fs::read_to_string(support::folder(&path)).unwrap();
            (path, text)
        })
        .collect()
}

/// The code blocks of a page in a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    page.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect()
}

/// A page without its code blocks.
fn prose(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

/// The rows of all tables of a page whose first heading is `first`, as cells without markup.
fn table_rows(page: &str, first: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().replace('`', ""))
            .collect()
    };
    let (mut rows, mut is_wanted) = (Vec::new(), false);
    let mut previous = "";
    for line in page.lines() {
        if !line.starts_with('|') {
            is_wanted = false;
        } else if line.starts_with("|---") {
            is_wanted = cells(previous)[0] == first;
        } else if is_wanted {
            rows.push(cells(line));
        }
        previous = line;
    }
    rows
}

#[test]
fn every_table_of_exit_codes_is_that_of_the_program() {
    let expected: Vec<Vec<String>> = exit_code::MEANINGS
        .iter()
        .map(|(code, meaning)| vec![code.to_string(), (*meaning).to_owned()])
        .collect();
    let mut tables = 0;
    for (path, page) in pages() {
        let rows = table_rows(&page, "exit code");
        if !rows.is_empty() {
            tables += 1;
            assert_eq!(rows, expected, "{path}");
        }
    }
    assert_eq!(tables, 1, "the table of exit codes is on one page");
}

#[test]
fn the_table_of_plugin_exit_codes_is_that_of_the_program() {
    let expected: Vec<Vec<String>> = plugin_exit_code::MEANINGS
        .iter()
        .map(|(code, state, meaning)| {
            vec![code.to_string(), (*state).to_owned(), (*meaning).to_owned()]
        })
        .collect();
    let rows = table_rows(&pages()["docs/nightly.md"], "plugin exit code");
    assert_eq!(rows, expected);
}

#[test]
fn every_command_line_is_understood() {
    let mut count = 0;
    for (path, page) in pages() {
        let quoted = prose(&page)
            .split('`')
            .skip(1)
            .step_by(2)
            .map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|code| code.starts_with("rx-preflight "))
            .collect::<Vec<_>>();
        for line in command_lines(&page).iter().chain(&quoted) {
            println!("{path}: {line}");
            assert_understood(line);
            count += 1;
        }
    }
    assert!(count > 20, "only {count} command lines were found");
}

/// Runs the lines of a page one after another in the folder of a simulated tenant, as a reader does.
#[test]
fn every_command_line_in_a_block_runs_as_it_is_written() {
    let tenant = Tenant::start("graph-ready", false);
    let authority = rcgen::generate_simple_self_signed(["proxy.example".to_owned()]).unwrap();
    fs::write(
        tenant.folder.path().join("proxy-ca.pem"),
        authority.cert.pem(),
    )
    .unwrap();
    add_fleet(tenant.folder.path());
    let mut count = 0;
    for (path, page) in pages() {
        for line in blocks(&page, "sh").into_iter().flat_map(command_lines) {
            if !NOT_RUNNABLE.iter().any(|part| line.contains(part)) {
                run(&path, &line, tenant.folder.path());
                count += 1;
            }
        }
    }
    assert!(count >= 12, "only {count} command lines ran");
}

/// A folder of customers with the tenant as the only one, and a report of last week.
fn add_fleet(folder: &Path) {
    let customer = folder.join("customers/contoso");
    fs::create_dir_all(&customer).unwrap();
    for file in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if file.path().is_file() {
            fs::copy(file.path(), customer.join(file.file_name())).unwrap();
        }
    }
    let earlier = support::folder("fixtures/released/0.1.0").join("graph-ready.json");
    fs::create_dir(folder.join("last-week")).unwrap();
    fs::copy(earlier, folder.join("last-week/contoso.json")).unwrap();
}

fn run(path: &str, line: &str, folder: &Path) {
    let programs = Path::new(env!("CARGO_BIN_EXE_rx-preflight")).parent();
    let programs = format!("{}:/usr/bin:/bin", programs.unwrap().display());
    let output = Command::new("sh")
        .current_dir(folder)
        .env("PATH", programs)
        .args(["-c", line])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{path}: {line}: {:?} {message}",
        output.status.code()
    );
    let words = words(line);
    for pair in words.windows(2).filter(|pair| pair[0] == "-o") {
        assert!(
            folder.join(&pair[1]).exists(),
            "{path}: {line}: no {}",
            pair[1]
        );
    }
}

#[test]
fn every_line_for_powershell_uses_options_that_exist() {
    let program = Regex::new(r"rx-preflight\.exe ([a-z][^\n]*)").unwrap();
    let variable = Regex::new(r"(?m)^\$arguments = '([^']+)'").unwrap();
    let mut count = 0;
    for (path, page) in pages() {
        for block in blocks(&page, "powershell") {
            for found in program
                .captures_iter(block)
                .chain(variable.captures_iter(block))
            {
                // A backslash separates folders in PowerShell, and escapes in the shell of these tests.
                let line = format!("rx-preflight {}", found[1].replace('\\', "/"));
                println!("{path}: {line}");
                assert_understood(&line);
                count += 1;
            }
        }
    }
    assert!(count >= 4, "only {count} lines were found");
}

/// The command lines that the examples of `deploy` run, with the variables of their schedulers replaced.
#[test]
fn every_command_line_of_the_deployment_examples_is_understood() {
    let read = |path: &str| fs::read_to_string(support::folder("deploy").join(path)).unwrap();
    let found = |text: &str, pattern: &str| {
        Regex::new(pattern).unwrap().captures(text).unwrap()[1].to_owned()
    };
    let script = read("windows/Register-RxPreflight.ps1");
    let task = found(&script, r"(?m)^\$arguments = '([^']+)'");
    assert_understood(&format!("rx-preflight {task}"));
    let unit = read("systemd/rx-preflight.service");
    let service = found(&unit, r"(?m)^ExecStart=/usr/local/bin/(rx-preflight .+)$");
    let manifest = read("kubernetes/cronjob.yaml");
    let arguments = found(&manifest, r"args:\n((?: +- .+\n)+)");
    let arguments: Vec<&str> = arguments
        .lines()
        .map(|line| line.trim().trim_start_matches("- "))
        .collect();
    let pod = format!("rx-preflight {}", arguments.join(" "));
    let completions = found(&manifest, r"completions: ([0-9]+)");
    assert!(pod.ends_with(&format!("/{completions}")), "{pod}");
    // Only the pods of an Indexed Job have a number that `auto` could read.
    assert!(pod.contains("--shard auto/"), "{pod}");
    for line in [service, pod.replace("auto/", "1/")] {
        println!("{line}");
        assert_understood(&line);
    }
}

#[test]
fn every_option_in_the_text_exists() {
    let mut program = Arguments::command();
    program.build();
    let known: Vec<String> = program
        .get_subcommands()
        .chain([&program])
        .flat_map(|command| command.get_arguments().filter_map(clap::Arg::get_long))
        .map(|name| format!("--{name}"))
        .collect();
    let option = Regex::new("`(--[a-z][a-z-]+)").unwrap();
    for (path, page) in pages() {
        let prose = prose(&page);
        for found in option.captures_iter(&prose) {
            let name = &found[1];
            // Options of `benches/estate`.
            let is_of_another_program =
                path == "docs/performance.md" && ["--peers", "--program"].contains(&name);
            assert!(
                is_of_another_program || known.iter().any(|known| known == name),
                "{path}: {name}"
            );
        }
    }
}

/// The anchors of the headings of a page, as GitHub forms them; none if it is not a page.
fn anchors(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            heading.replace(' ', "-")
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_page_and_the_readme_lists_all_pages() {
    let link = Regex::new(r"\]\(([^)#]*)#?([a-z-]*)\)").unwrap();
    let pages = pages();
    for (path, page) in &pages {
        for found in link.captures_iter(page) {
            let (target, anchor) = (&found[1], &found[2]);
            if target.starts_with("https://") {
                continue;
            }
            let mut file = support::folder(path);
            if !target.is_empty() {
                file = file.parent().unwrap().join(target);
            }
            assert!(file.exists(), "{path}: {target}");
            let headings = anchors(&file);
            assert!(
                anchor.is_empty() || headings.iter().any(|heading| heading == anchor),
                "{path}: {target}#{anchor}"
            );
        }
    }
    for path in pages.keys().filter(|path| path.starts_with("docs/")) {
        assert!(
            pages["README.md"].contains(&format!("]({path})")),
            "{path} is not listed"
        );
    }
}

#[test]
fn no_page_repeats_a_sentence_of_another() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (path, page) in pages() {
        let text: String = prose(&page)
            .lines()
            .filter(|line| !line.starts_with('|'))
            .fold(String::new(), |text, line| text + line.trim() + " ");
        for sentence in text.split(['.', ':']).map(str::trim) {
            let is_long = sentence.split_whitespace().count() >= 8;
            if let Some(other) = is_long.then(|| seen.insert(sentence.to_owned(), path.clone())) {
                let other = other.unwrap_or_else(|| path.clone());
                assert_eq!(other, path, "both pages state: {sentence}");
            }
        }
    }
}

#[test]
fn the_readme_fits_one_screen_and_shows_the_report() {
    let readme = &pages()["README.md"];
    assert!(readme.lines().count() <= 70, "{}", readme.lines().count());
    assert!(readme.contains("](docs/report.svg)"));
}
