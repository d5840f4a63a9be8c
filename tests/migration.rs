//! The comparison of EWS and Graph: every scenario leads to its readiness, to the parity of every room and to its plan, and
//! following the plan works.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeMap;

use jiff::Timestamp;
use rx_preflight::cli::play;
use rx_preflight::diagnosis::Migration;
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{self, Direction, Format, HandoverFormat, Report, Verdict, handover};
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{Readiness, Requirement};
use support::Tenant;
use tempfile::TempDir;

mod support;

/// Before the end of EWS, so that no test depends on the day.
const MOMENT: &str = "2026-11-23T08:00:00Z";

const OPTIONS: TableOptions = TableOptions {
    width: 100,
    color: false,
    unicode: true,
    plain: false,
    detail: Detail::Verbose,
};

fn migrations() -> Vec<Scenario> {
    let all = catalog::names()
        .into_iter()
        .map(|name| catalog::load(name).unwrap());
    all.filter(|scenario| scenario.options.migrate).collect()
}

async fn report_of(scenario: Scenario) -> Report {
    let clock = MOMENT.parse::<Timestamp>().unwrap();
    let played = Box::pin(play(scenario, Some(clock), std::future::pending())).await;
    played.unwrap_or_else(|error| panic!("{error}")).report
}

async fn migration_of(scenario: Scenario) -> (Report, Migration) {
    let report = report_of(scenario).await;
    let migration = report.migration.clone().unwrap();
    (report, migration)
}

/// What each room leads to, in the form of the scenario files.
fn rooms(migration: &Migration) -> BTreeMap<String, String> {
    let all = migration.connections.iter().flat_map(|connection| {
        connection.rooms.iter().map(|room| {
            let cause = room
                .cause
                .as_ref()
                .map_or_else(String::new, |cause| format!(" {cause}"));
            (
                format!("{}/{}", connection.name, room.room),
                format!("{}{cause}", room.parity),
            )
        })
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_leads_to_its_readiness_its_rooms_and_its_plan() {
    let scenarios = migrations();
    assert!(scenarios.len() >= 20, "{}", scenarios.len());
    for scenario in scenarios {
        let name = scenario.name.clone();
        let expected = scenario.expect.migration.clone().unwrap();
        let exit_code = scenario.expect.exit_code;
        let (report, migration) = migration_of(scenario).await;
        assert_eq!(migration.readiness.as_str(), expected.readiness, "{name}");
        assert_eq!(report.summary.exit_code, exit_code, "{name}");
        let connections: BTreeMap<String, String> = migration
            .connections
            .iter()
            .map(|own| (own.name.clone(), own.readiness.to_string()))
            .collect();
        assert_eq!(connections, expected.connections, "{name}");
        assert_eq!(rooms(&migration), expected.rooms, "{name}");
        let plan: Vec<&str> = migration.plan.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(plan, expected.plan, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_in_the_console_gets_its_values() {
    for scenario in migrations() {
        let name = scenario.name.clone();
        let (_, migration) = migration_of(scenario).await;
        for step in &migration.plan {
            let places: Vec<&String> = step.console.iter().flat_map(|own| &own.places).collect();
            let expected = if step.id == "enter-console-fields" {
                let switching = migration.connections.iter();
                switching.filter(|own| !own.stays_on_ews()).count()
            } else {
                0
            };
            assert_eq!(places.len(), expected, "{name}: {}", step.id);
            for values in &step.console {
                let over_graph: BTreeMap<&str, &str> = values
                    .fields
                    .iter()
                    .map(|field| (field.name.as_str(), field.over_graph.as_str()))
                    .collect();
                assert_eq!(over_graph["Use Graph API"], "Yes", "{name}");
                assert!(
                    over_graph["Server Host Name"].ends_with("/v1.0"),
                    "{name}: {over_graph:?}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_shows_the_values_of_the_console() {
    let (report, migration) = migration_of(catalog::load("migration-three-apps").unwrap()).await;
    let step = migration
        .plan
        .iter()
        .find(|step| !step.console.is_empty())
        .unwrap();
    let ids: Vec<&str> = step
        .console
        .iter()
        .map(|own| own.fields[3].over_graph.as_str())
        .collect();
    assert_eq!(ids.len(), 3, "one entry for each app: {ids:?}");
    for format in [Format::Table, Format::Html, Format::Markdown] {
        let mut bytes = Vec::new();
        report::write(&report, format, &OPTIONS, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for id in &ids {
            assert!(text.contains(id), "{format:?} without {id}");
        }
        assert!(text.contains("Resource Login User ID"), "{format:?}");
    }
}

/// The check of the same settings, without the comparison.
fn as_check(mut scenario: Scenario) -> Scenario {
    scenario.options.migrate = false;
    scenario
}

/// What a report states about the installation, without what differs between two runs.
fn stated(report: &Report) -> Vec<String> {
    let rows = report.results.iter().filter(|row| !row.check.is_network());
    let rows = rows.map(|row| {
        format!(
            "{} {:?} {} {} {} {:?} {}",
            row.check,
            row.connection,
            row.subject,
            row.outcome,
            row.requirement,
            row.cause,
            row.message
        )
    });
    let causes = report
        .causes
        .iter()
        .map(|cause| format!("{} {}", cause.id, cause.title));
    rows.chain(causes).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_today_is_that_of_check() {
    for scenario in migrations() {
        let name = scenario.name.clone();
        // A throttled request can be any of them, so the rows of two runs can differ there.
        if scenario.tenant.throttle.every.is_some() {
            continue;
        }
        let (report, _) = migration_of(scenario.clone()).await;
        let check = report_of(as_check(scenario)).await;
        assert!(check.migration.is_none(), "{name}");
        assert_eq!(stated(&report), stated(&check), "{name}");
        assert_eq!(report.summary.verdict, check.summary.verdict, "{name}");
        assert!(check.requests.len() <= report.requests.len(), "{name}");
        // Nothing may be created, changed or sent.
        assert!(
            report.requests.iter().all(|request| !request.writes),
            "{name}"
        );
    }
}

/// The settings after the switch: every connection over EWS uses Graph.
fn switched(mut scenario: Scenario) -> Scenario {
    let graph = toml::Value::String("https://graph.microsoft.com/v1.0".to_owned());
    let switch = |table: &mut toml::Table| {
        table.insert("use_graph_api".to_owned(), true.into());
        if table.contains_key("server_host_name") {
            table.insert("server_host_name".to_owned(), graph.clone());
        }
    };
    switch(scenario.settings["system"].as_table_mut().unwrap());
    if let Some(locations) = scenario.settings.get_mut("location") {
        for location in locations.as_array_mut().unwrap() {
            switch(location.as_table_mut().unwrap());
        }
    }
    as_check(scenario)
}

#[tokio::test(flavor = "multi_thread")]
async fn following_the_plan_leads_to_a_ready_installation_on_graph() {
    let mut followed = 0;
    for scenario in migrations() {
        let Some((fixes, prepared)) = catalog::load_fixed(&scenario.name).unwrap() else {
            continue;
        };
        let name = scenario.name.clone();
        let (_, before) = migration_of(scenario).await;
        let required =
            |cause: &&rx_preflight::diagnosis::Cause| cause.requirement == Requirement::Required;
        let first = before.causes.iter().find(required).unwrap();
        assert_eq!(first.id, fixes, "{name}");
        let (_, after) = migration_of(prepared.clone()).await;
        assert_eq!(after.readiness, Readiness::ReadyToSwitch, "{name}");
        let switched = report_of(switched(prepared)).await;
        let verdict = switched.summary.verdict;
        assert_eq!(verdict, Verdict::Ready, "{name}: {:?}", switched.causes);
        followed += 1;
    }
    assert!(followed >= 7, "{followed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_states_what_came_closer() {
    let name = "migration";
    let (before, _) = migration_of(catalog::load(name).unwrap()).await;
    let (_, prepared) = catalog::load_fixed(name).unwrap().unwrap();
    let (after, _) = migration_of(prepared).await;
    let comparison = report::compare(&before, &after);
    assert_eq!(comparison.direction, Direction::Better);
    for text in [comparison.to_text(), comparison.to_markdown()] {
        for part in [
            "move to Graph: Work to do before, Ready to switch now",
            "main connection: Work to do before, Ready to switch now; rooms that work on Graph: 0 before, 3 now",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Berlin: "), "{text}");
    }
    assert_eq!(report::compare(&after, &before).direction, Direction::Worse);
    let check = report_of(as_check(catalog::load(name).unwrap())).await;
    assert!(report::compare(&check, &after).migration.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hand_over_is_the_plan_in_its_order_and_changes_nothing() {
    let (report, migration) = migration_of(catalog::load("migration-three-apps").unwrap()).await;
    for format in HandoverFormat::ALL {
        let mut bytes = Vec::new();
        handover::write(&report, *format, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let mut at = 0;
        for step in &migration.plan {
            let number = format!(
                "{}. ",
                1 + migration.plan.iter().position(|own| own == step).unwrap()
            );
            let Some(found) = text[at..].find(&number) else {
                panic!("{number}{} is missing: {text}", step.title);
            };
            at += found;
        }
        assert!(text.contains("Before the switch"), "{}", format.name());
    }
}

#[test]
fn the_command_and_its_reason_are_explained() {
    for word in ["migrate", "Migration"] {
        let output = support::program(std::path::Path::new("."))
            .args(["explain", word])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
        for part in ["rx-preflight migrate", "ews.retiring"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_gives_the_same_migration_when_it_is_diagnosed_again() {
    for name in ["migration", "migration-scope-without-one-room"] {
        let (report, migration) = migration_of(catalog::load(name).unwrap()).await;
        let text = rx_preflight::report::json::render(&report);
        let read = Report::from_json(text.as_bytes()).unwrap();
        assert_eq!(read.migration, Some(migration.clone()), "{name}");
        let (today, on_graph) = (read.evidence().unwrap(), read.evidence_on_graph().unwrap());
        let diagnosis = rx_preflight::diagnosis::diagnose(&today);
        let diagnosis_on_graph = rx_preflight::diagnosis::diagnose(&on_graph);
        let mut again = rx_preflight::diagnosis::compare_apis(
            (&today, &diagnosis),
            (&on_graph, diagnosis_on_graph),
        );
        rx_preflight::report::cause_order::sort_causes(&mut again.causes, &again.results);
        assert_eq!(again, migration, "{name}");
    }
}

/// `migrate` of a tenant with further options; the exit code, and the report.
fn migrate(tenant: &Tenant, options: &[&str]) -> (Option<i32>, Report) {
    let folder = TempDir::new().unwrap();
    let output = support::program(folder.path())
        .args(["migrate", "--config"])
        .arg(tenant.folder.path().join("rx-preflight.toml"))
        .args(tenant.addresses())
        .args(["--format", "json"])
        .args(options)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = Report::from_json(&output.stdout)
        .unwrap_or_else(|error| panic!("{options:?}: {error}: {message}"));
    (output.status.code(), report)
}

/// The report in every format for people and monitors.
fn rendered(report: &Report) -> Vec<String> {
    let brief = TableOptions {
        detail: Detail::Brief,
        ..OPTIONS
    };
    let formats = [
        (Format::Table, &brief),
        (Format::Table, &OPTIONS),
        (Format::Html, &OPTIONS),
        (Format::Markdown, &OPTIONS),
        (Format::Junit, &OPTIONS),
        (Format::Nagios, &OPTIONS),
        (Format::AdaptiveCard, &OPTIONS),
    ];
    let texts = formats.into_iter().map(|(format, options)| {
        let mut bytes = Vec::new();
        report::write(report, format, options, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        // The lines of a terminal are broken at any space.
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    texts.collect()
}

#[test]
fn a_run_without_the_checks_of_the_switch_is_never_ready() {
    let tenant = Tenant::start("migration-three-apps", false);
    for options in [
        ["--skip", "grant,mailbox"],
        ["--only", "settings"],
        ["--only", "sign-in"],
        ["--only", "mailbox.calendar-read"],
    ] {
        let (exit, report) = migrate(&tenant, &options);
        let migration = report.migration.as_ref().unwrap();
        let is_partly_run = options[1] == "mailbox.calendar-read";
        // A room that fails on Graph is still a failure.
        let expected = if is_partly_run {
            (Some(1), Readiness::WorkToDo)
        } else {
            (Some(3), Readiness::Inconclusive)
        };
        assert_eq!((exit, migration.readiness), expected, "{options:?}");
        for connection in &migration.connections {
            assert_ne!(
                connection.readiness,
                Readiness::ReadyToSwitch,
                "{options:?}: {}",
                connection.name
            );
            let works = |room: &&rx_preflight::diagnosis::RoomParity| {
                room.parity == rx_preflight::terms::Parity::WorksOnBoth
            };
            assert_eq!(connection.rooms.iter().find(works), None, "{options:?}");
        }
        let option = options.join(" ");
        for text in rendered(&report) {
            for part in ["leave out checks on which the switch depends", &option] {
                assert!(text.contains(part), "{options:?}, {part}: {text}");
            }
            assert!(!text.contains("Ready to switch"), "{options:?}: {text}");
        }
    }
}

#[test]
fn a_ready_sample_states_that_it_is_a_sample() {
    let tenant = Tenant::start("migration-ready", false);
    let (exit, report) = migrate(&tenant, &["--sample", "1"]);
    assert_eq!(exit, Some(0));
    for text in rendered(&report) {
        assert!(text.contains("Not every room was checked"), "{text}");
    }
    let (exit, whole) = migrate(&tenant, &[]);
    assert_eq!(exit, Some(0));
    for text in rendered(&whole) {
        assert!(!text.contains("(partial check)"), "{text}");
    }
    let card = rendered(&report).pop().unwrap();
    assert!(card.contains("Ready to switch (partial check)"), "{card}");
}

fn handovers(report: &Report) -> Vec<String> {
    let texts = HandoverFormat::ALL.iter().map(|format| {
        let mut bytes = Vec::new();
        handover::write(report, *format, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        // The script is broken into lines that begin with a comment mark.
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| *word != "#")
            .collect();
        words.join(" ").replace("&#39;", "'").replace('\\', "")
    });
    texts.collect()
}

#[test]
fn without_a_plan_the_problems_of_today_are_handed_over() {
    let tenant = Tenant::start("contoso-go-live", false);
    let (_, report) = migrate(&tenant, &["--connection", "Berlin"]);
    let migration = report.migration.as_ref().unwrap();
    assert!(migration.connections.is_empty() && migration.plan.is_empty());
    let problem = &report.causes[0];
    assert_eq!(problem.requirement, Requirement::Required);
    for text in handovers(&report) {
        assert!(text.contains(&problem.title), "{text}");
        assert!(text.contains("Verdict of the report: Not ready"), "{text}");
        assert!(!text.contains("nothing to do"), "{text}");
    }
    let nagios = &rendered(&report)[5];
    assert!(
        nagios.starts_with("RX-PREFLIGHT CRITICAL") && nagios.contains("Today: Not ready."),
        "{nagios}"
    );
    let mut bytes = Vec::new();
    let screen = TableOptions {
        detail: Detail::Normal,
        ..OPTIONS
    };
    report::write(&report, Format::Table, &screen, &mut bytes).unwrap();
    let screen = String::from_utf8(bytes).unwrap();
    assert!(!screen.contains("for the plan with"), "{screen}");
    assert!(screen.contains("problem 1"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hand_over_of_a_plan_keeps_the_problems_that_it_does_not_fix() {
    let mut go_live = catalog::load("contoso-go-live").unwrap();
    go_live.options.migrate = true;
    let outside = catalog::load("migration-sender-outside-scope").unwrap();
    for (scenario, title) in [
        (go_live, "Exchange blocks the app from mailboxes of Berlin"),
        (
            outside,
            "The app does not have Mail.Send on Microsoft Graph",
        ),
    ] {
        let name = scenario.name.clone();
        let (report, migration) = migration_of(scenario).await;
        let number = format!("{}. ", migration.plan.len() + 1);
        for text in handovers(&report) {
            let part = text
                .split_once("Problems of today that the move does not fix")
                .unwrap_or_else(|| panic!("{name}: {text}"))
                .1;
            assert!(
                part.contains(&number) && part.contains(title),
                "{name}: {part}"
            );
        }
        let nagios = &rendered(&report)[5];
        assert!(nagios.contains("Today: Not ready."), "{name}: {nagios}");
    }
    // The switch itself ends a problem that exists over EWS only.
    let off = catalog::load("migration-ews-off-and-graph-ready").unwrap();
    let (report, _) = migration_of(off).await;
    for text in handovers(&report) {
        assert!(!text.contains("that the move does not fix"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inconclusive_check_without_a_problem_hands_over_its_reason() {
    for (name, parts) in [
        (
            "mail-enabled-without-sender",
            ["no sender is configured", "Send the missing value"],
        ),
        (
            "no-rooms-given",
            ["no rooms are configured", "Send the missing value"],
        ),
        (
            "mailbox-expect-denied-auto-not-listed",
            ["User.Read.All", "repeat the check"],
        ),
    ] {
        let report = report_of(catalog::load(name).unwrap()).await;
        for text in handovers(&report) {
            for part in parts.iter().chain(&["Verdict of the report: Inconclusive"]) {
                assert!(text.contains(part), "{name}: {part}: {text}");
            }
            assert!(!text.contains("nothing to do"), "{name}: {text}");
            assert!(!text.contains("nothing must be fixed"), "{name}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_with_an_own_exchange_server_is_left_out_of_the_switch() {
    const OWN: &str = "https://mail.contoso.com/EWS/Exchange.asmx";
    let name = "migration-own-exchange-server";
    let (report, migration) = migration_of(catalog::load(name).unwrap()).await;
    for step in &migration.plan {
        let is_of_the_switch = step.phase != rx_preflight::terms::MigrationPhase::Before;
        let has_plant = step.connections.iter().any(|own| own == "Plant");
        assert!(!(is_of_the_switch && has_plant), "{}", step.id);
    }
    for text in rendered(&report).iter().chain(&handovers(&report)) {
        assert!(text.contains("The plan leaves Plant on EWS"), "{text}");
    }
    // Another address would contradict the sentence that the address stays.
    for text in handovers(&report) {
        assert!(!text.contains("is outside this Microsoft cloud"), "{text}");
    }

    // Its rooms are in Exchange Online, and the requests of today go to another address.
    let mut moved = catalog::load(name).unwrap();
    for mailbox in &mut moved.tenant.mailboxes {
        mailbox.state = rx_preflight::simulator::MailboxState::default();
    }
    let (_, migration) = migration_of(moved).await;
    let step = |id: &str| migration.plan.iter().find(|step| step.id == id).unwrap();
    let plant = step("enter-console-fields")
        .console
        .iter()
        .find(|own| own.places.iter().any(|place| place.contains("Plant")))
        .unwrap();
    let host = plant
        .fields
        .iter()
        .find(|field| field.name == "Server Host Name")
        .unwrap();
    assert_eq!(host.over_ews, OWN);
    let back = step("return-to-ews").remedy.steps.join(" ");
    assert!(back.contains(&format!("{OWN} for Plant")), "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_claims_only_what_the_switch_depends_on() {
    let name = "migration-sender-outside-scope";
    let (report, migration) = migration_of(catalog::load(name).unwrap()).await;
    assert_eq!(migration.readiness, Readiness::ReadyToSwitch);
    for text in rendered(&report) {
        assert!(!text.contains("Every required check"), "{text}");
        let sentence = "Every check on which the switch depends passed";
        assert!(
            text.contains(sentence) || text.starts_with("rx-preflight "),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_before_the_switch_do_not_restart_the_services() {
    for scenario in migrations() {
        let name = scenario.name.clone();
        let (report, migration) = migration_of(scenario).await;
        let is_today = |id: &str| report.causes.iter().any(|cause| cause.id == id);
        for step in &migration.plan {
            let before = step.phase == rx_preflight::terms::MigrationPhase::Before;
            let restarts = step
                .remedy
                .steps
                .iter()
                .any(|text| text.starts_with("Restart the ResourceXpress services"));
            assert!(
                !(before && restarts) || is_today(&step.id),
                "{name}: {}",
                step.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_to_disabled_ews_states_what_it_needs_first() {
    let name = "migration-ews-off-and-graph-ready";
    let (report, migration) = migration_of(catalog::load(name).unwrap()).await;
    let step = migration.plan.last().unwrap();
    assert_eq!(step.id, "return-to-ews");
    assert!(step.remedy.steps[0].contains("must enable it again"));
    for text in handovers(&report) {
        let part = text.rsplit_once("Return to EWS").unwrap().1;
        let sentence = "EWS is disabled for this tenant. Before a return";
        assert_eq!(part.matches(sentence).count(), 2, "{part}");
    }
    let (_, working) = migration_of(catalog::load("migration-ready").unwrap()).await;
    let first = &working.plan.last().unwrap().remedy.steps[0];
    assert!(!first.contains("must enable it again"), "{first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_limited_inside_exchange_gets_a_role_and_no_consent() {
    let mut scenario = catalog::load("ews-granted-inside-exchange").unwrap();
    scenario.options.migrate = true;
    let (_, migration) = migration_of(scenario).await;
    let before = |id: &str| {
        let mut steps = migration.plan.iter();
        steps
            .find(|step| step.phase == rx_preflight::terms::MigrationPhase::Before && step.id == id)
    };
    assert!(before("grant.calendars-read-write-missing").is_none());
    let step = before("assign-exchange-role").unwrap();
    assert_eq!(step.remedy.who, "Exchange Administrator");
    let commands: String = step
        .remedy
        .commands
        .iter()
        .map(rx_preflight::diagnosis::Command::text)
        .collect();
    assert!(
        commands.contains("-Role 'Application Calendars.ReadWrite' -CustomResourceScope"),
        "{commands}"
    );
    for step in &migration.plan {
        for text in &step.remedy.steps {
            assert!(!text.contains("Select 'Grant admin consent'"), "{text}");
        }
    }
    // An app with a consent in Entra keeps the usual fix.
    let (_, usual) = migration_of(catalog::load("migration-three-apps").unwrap()).await;
    assert!(
        usual
            .plan
            .iter()
            .all(|step| step.id != "assign-exchange-role")
    );
}
