//! Tests of the fleet report from sample reports to the formats.

use jiff::Timestamp;
use jiff::civil::date;

use crate::diagnosis::{EndDate, EndDateKind};
use crate::report::sections::SectionStatus;
use crate::report::table::{Detail, TableOptions};
use crate::report::{Report, Verdict, sample_report};
use crate::terms::Requirement;

use super::*;

fn report_in(verdict: Verdict) -> Report {
    let mut report = sample_report::report();
    report.summary.verdict = verdict;
    report.end_dates.clear();
    if verdict == Verdict::Ready {
        report
            .causes
            .retain(|cause| cause.requirement == Requirement::Advisory);
    }
    report
}

fn now() -> Timestamp {
    "2026-11-29T10:00:00Z".parse().unwrap()
}

fn fleet(earlier: Option<&[Customer]>) -> FleetReport {
    let mut soon = report_in(Verdict::Ready);
    let end = |kind, date| EndDate {
        kind,
        date,
        days: 0,
        connections: vec!["system".to_owned()],
    };
    soon.end_dates = vec![
        end(EndDateKind::ClientSecret, date(2026, 12, 20)),
        end(EndDateKind::Ews, date(2027, 4, 1)),
    ];
    let mut far = report_in(Verdict::Ready);
    far.end_dates = vec![end(EndDateKind::ClientSecret, date(2027, 9, 1))];
    combine(
        vec![
            customer("oslo", &report_in(Verdict::NotReady)),
            customer("contoso", &report_in(Verdict::NotReady)),
            customer("soon", &soon),
            customer("far", &far),
            customer("open", &report_in(Verdict::Inconclusive)),
            not_checked("=broken", "bad.toml, line 3: this is not TOML"),
        ],
        earlier,
        now(),
        sample_report::report().tool,
    )
}

fn drawn(format: FleetFormat, fleet: &FleetReport) -> String {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail: Detail::Normal,
    };
    let mut bytes = Vec::new();
    write(fleet, format, &options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_needs_a_person_comes_first_and_every_customer_has_a_row() {
    let fleet = fleet(None);
    assert_eq!(fleet.counts.total(), 6);
    assert_eq!(fleet.counts.get(CustomerState::NotReady), 2);
    let first = &fleet.broken[0];
    assert_eq!(first.requirement, Requirement::Required);
    assert_eq!(first.customers, ["contoso", "open", "oslo"]);
    let dates: Vec<_> = fleet
        .ends_soon
        .iter()
        .map(|end| (end.customer.as_str(), end.days))
        .collect();
    assert_eq!(dates, [("soon", 21), ("soon", 123)]);
    let undecided: Vec<_> = fleet
        .not_checked
        .iter()
        .map(|own| own.customer.as_str())
        .collect();
    assert_eq!(undecided, ["=broken", "open"]);
    assert_eq!(fleet.worse, None);
}

#[test]
fn a_customer_is_worse_with_a_worse_state_or_a_new_problem_and_never_for_a_missing_report() {
    let mut healed = customer("contoso", &report_in(Verdict::NotReady));
    healed.problems.truncate(1);
    let earlier = [
        healed,
        customer("oslo", &report_in(Verdict::Ready)),
        customer("open", &report_in(Verdict::NotReady)),
        not_checked("soon", "none"),
    ];
    let fleet = fleet(Some(&earlier));
    let worse = fleet.worse.unwrap();
    let names: Vec<_> = worse
        .iter()
        .map(|change| change.customer.as_str())
        .collect();
    assert_eq!(names, ["contoso", "oslo"]);
    assert!(!worse[0].new_causes.is_empty());
}

#[test]
fn reports_of_earlier_versions_name_their_end_dates_in_notes() {
    let mut report = report_in(Verdict::Ready);
    let mut note = sample_report::report().causes[0].clone();
    note.id = "registration.secret-expiring".to_owned();
    note.requirement = Requirement::Advisory;
    note.due = Some("2026-12-01".to_owned());
    report.causes = vec![note];
    report.end_dates.clear();
    let own = customer("old", &report);
    assert_eq!(own.end_dates[0].date, date(2026, 12, 1));
    assert_eq!(own.end_dates[0].kind, EndDateKind::ClientSecret);
}

#[test]
fn every_format_names_every_customer() {
    let fleet = fleet(None);
    for format in FleetFormat::ALL {
        let text = drawn(*format, &fleet);
        for customer in &fleet.customers {
            assert!(
                text.contains(&customer.name),
                "{}: {}",
                format.name(),
                customer.name
            );
        }
        assert_eq!(FleetFormat::from_name(format.name()), Some(*format));
        assert_eq!(
            FleetFormat::from_extension(&format.extension().to_uppercase()),
            Some(*format)
        );
    }
}

#[test]
fn names_cannot_break_out_of_a_format() {
    let name = "a\"\\\n<script>\u{1b}[31m=1";
    let hostile = combine(
        vec![
            customer(name, &report_in(Verdict::NotReady)),
            not_checked("=1+1", "@SUM(A1)"),
        ],
        None,
        now(),
        sample_report::report().tool,
    );
    let page = drawn(FleetFormat::Html, &hostile);
    assert!(!page.contains("<script") && !page.contains('\u{1b}'));
    assert!(!drawn(FleetFormat::Table, &hostile).contains('\u{1b}'));
    let metrics = drawn(FleetFormat::OpenMetrics, &hostile);
    assert!(
        metrics.contains(r#"customer="a\"\\ "#) || metrics.contains(r#"customer="a\"\\"#),
        "{metrics}"
    );
    let sheet = drawn(FleetFormat::Csv, &hostile);
    for record in csv_reader(&sheet) {
        assert!(
            record
                .iter()
                .all(|cell| !cell.starts_with(['=', '@', '+', '-'])),
            "{record:?}"
        );
    }
}

fn csv_reader(sheet: &str) -> Vec<::csv::StringRecord> {
    ::csv::Reader::from_reader(sheet.as_bytes())
        .records()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn the_page_links_only_to_anchors_that_it_has() {
    let page = drawn(FleetFormat::Html, &fleet(None));
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    assert!(page.contains("<svg"));
}

#[test]
fn the_metrics_of_a_customer_are_those_of_its_report_and_their_number_is_bounded() {
    let report = report_in(Verdict::NotReady);
    let fleet = fleet(None);
    let metrics = drawn(FleetFormat::OpenMetrics, &fleet);
    let of_contoso: Vec<&str> = metrics
        .lines()
        .filter(|line| line.contains("customer=\"contoso\""))
        .collect();
    assert!(of_contoso.len() <= 16, "{of_contoso:#?}");
    let failed = report.summary.counts.fail;
    for line in [
        "customer_state{customer=\"contoso\",state=\"not-ready\"} 1".to_owned(),
        format!("customer_checks{{customer=\"contoso\",outcome=\"fail\"}} {failed}"),
        format!(
            "customer_requests{{customer=\"contoso\"}} {}",
            report.requests.len()
        ),
    ] {
        let line = format!("rx_preflight_fleet_{line}");
        assert!(of_contoso.contains(&line.as_str()), "{line}");
    }
    let without_report = metrics.lines().filter(|line| line.contains("=broken"));
    assert!(without_report.clone().count() > 0);
    assert!(
        without_report
            .clone()
            .all(|line| !line.contains("_checks{"))
    );
}

#[test]
fn a_page_of_many_customers_is_folded_and_has_lines_that_mail_gateways_accept() {
    let customers = (0..300).map(|number| {
        let verdict = if number < 100 {
            Verdict::NotReady
        } else {
            Verdict::Ready
        };
        customer(&format!("customer-{number}"), &report_in(verdict))
    });
    let combined = combine(
        customers.collect(),
        None,
        now(),
        sample_report::report().tool,
    );
    let page = drawn(FleetFormat::Html, &combined);
    assert!(page.contains("<summary>Show 60 more</summary>"));
    assert!(page.contains("<summary>Show 200 customers</summary>"));
    let longest = page
        .split_once("<body>")
        .unwrap()
        .1
        .lines()
        .map(str::len)
        .max();
    assert!(longest < Some(998), "{longest:?}");
}

#[test]
fn numbers_about_thousands_of_customers_are_easy_to_read() {
    let report = report_in(Verdict::NotReady);
    let customers = (0..1_200).map(|number| customer(&format!("customer-{number}"), &report));
    let tool = sample_report::report().tool;
    let combined = combine(customers.collect(), None, now(), tool);
    let hard =
        regex::Regex::new(r"\([0-9]{4,}\)|\b[0-9]{4,} (customers?|rooms?|more|of)\b").unwrap();
    for format in [FleetFormat::Table, FleetFormat::Html] {
        let text = drawn(format, &combined);
        assert!(text.contains("1,200"), "{text}");
        assert_eq!(hard.find(&text).map(|found| found.as_str()), None);
    }
}

#[test]
fn the_picture_of_all_customers_names_what_fails_and_does_not_grow_with_them() {
    let picture = |customers: usize| {
        let customers = (0..customers).map(|number| {
            let verdict = if number == 0 {
                Verdict::NotReady
            } else {
                Verdict::Ready
            };
            let mut own = customer(&format!("c{number}"), &report_in(verdict));
            if number > 0 {
                own.sections
                    .values_mut()
                    .for_each(|status| *status = SectionStatus::Ok);
            }
            own
        });
        let tool = sample_report::report().tool;
        let page = drawn(
            FleetFormat::Html,
            &combine(customers.collect(), None, now(), tool),
        );
        let picture = page.split("<svg").nth(1).unwrap();
        picture.split("</svg>").next().unwrap().to_owned()
    };
    let (few, many) = (picture(3), picture(5_000));
    let view_box = |picture: &str| picture.split('"').nth(1).unwrap().to_owned();
    assert_eq!(view_box(&few), view_box(&many));
    for picture in [&few, &many] {
        assert!(
            picture.contains("<title>Verdict: Not ready: c0</title>"),
            "{picture}"
        );
        let failed = customer("c0", &report_in(Verdict::NotReady)).sections;
        let failed = failed
            .values()
            .filter(|status| **status == SectionStatus::Fail)
            .count();
        assert!(failed > 0);
        assert_eq!(picture.matches(": Failed: c0</title>").count(), failed);
        assert_eq!(picture.matches(">1 failed").count(), failed, "{picture}");
    }
    let (few, many) = (few.matches("<rect").count(), many.matches("<rect").count());
    assert_eq!(few % 3, 0, "each customer has its own bars");
    assert!(many < few, "neighbors share a bar: {many} of {few}");
}

#[test]
fn a_fleet_report_matches_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(&crate::report::fleet_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for fleet in [fleet(None), fleet(Some(&[]))] {
        let instance = serde_json::from_str(&drawn(FleetFormat::Json, &fleet)).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&instance)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
