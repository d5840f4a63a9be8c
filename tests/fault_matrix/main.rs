//! Every fault at every endpoint: no panic, no hang, no false pass, no false fail, a cause that fits, JSON that agrees with
//! itself, no credential at another host, and no secret in any output.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on panics with the reason, and the size of the matrix is printed"
)]

#[path = "../support/canaries.rs"]
mod canaries;
mod endpoints;
mod faults;
mod judge;
#[path = "../support/report_rules.rs"]
mod report_rules;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use canaries::{Canary, TOKEN_CANARY, documents, redacted_copy};
use endpoints::Endpoint;
use faults::{FAULTS, Leaves, MatrixFault, Strikes};
use futures_util::{FutureExt, StreamExt, stream};
use judge::Place;
use rx_preflight::cli::play;
use rx_preflight::diagnosis::ResultRow;
use rx_preflight::report::Report;
use rx_preflight::simulator::{Fault, NetworkFault, Scenario, catalog};
use rx_preflight::terms::{CheckId, Outcome};
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// The moment of every run.
const MOMENT: &str = "2026-11-23T08:00:00Z";

/// How many runs are under way at the same time. Most of them wait for a time limit or a retry.
const CONCURRENT: usize = 16;

/// The time limit of one request.
const TIMEOUT_SECONDS: u64 = 2;

/// The time limit of one check, which no run of so few checks may exceed.
const LONGEST_RUN: Duration = Duration::from_mins(1);

/// A healthy situation.
struct Variant {
    name: &'static str,
    scenario: &'static str,
    /// Options of `simulate` and of `check` for the recording.
    simulate: &'static [&'static str],
    check: &'static [&'static str],
    /// Whether it speaks HTTP/2.
    is_http_2: bool,
    prepare: fn(&mut Scenario),
}

const VARIANTS: &[Variant] = &[
    Variant {
        name: "EWS",
        scenario: "ews-ready",
        simulate: &[],
        check: &[],
        is_http_2: false,
        prepare: |_| {},
    },
    Variant {
        name: "Graph",
        scenario: "graph-ready",
        simulate: &[],
        check: &[],
        is_http_2: false,
        prepare: |_| {},
    },
    Variant {
        name: "Graph in batches",
        scenario: "graph-ready",
        simulate: &["--rooms", "100"],
        check: &[],
        is_http_2: false,
        prepare: |scenario| {
            scenario.tenant.more_rooms = Some(toml::from_str("count = 100").unwrap());
        },
    },
    Variant {
        name: "Graph over TLS",
        scenario: "graph-ready",
        simulate: &[],
        check: &[],
        is_http_2: true,
        prepare: |scenario| scenario.network.intercepted = true,
    },
    Variant {
        name: "EWS with a test event",
        scenario: "ews-ready",
        simulate: &[],
        check: &["--allow-write", "calendar"],
        is_http_2: false,
        prepare: |scenario| scenario.options.allow_write = vec!["calendar".to_owned()],
    },
    Variant {
        name: "Graph with a test event",
        scenario: "graph-ready",
        simulate: &[],
        check: &["--allow-write", "calendar"],
        is_http_2: false,
        prepare: |scenario| scenario.options.allow_write = vec!["calendar".to_owned()],
    },
    Variant {
        name: "rooms from the tenant",
        scenario: "rooms-from-tenant",
        simulate: &[],
        check: &["--rooms-from-tenant"],
        is_http_2: false,
        prepare: |_| {},
    },
];

impl Variant {
    fn scenario(&self) -> Scenario {
        let mut scenario = catalog::load(self.scenario).unwrap();
        (self.prepare)(&mut scenario);
        scenario.options.timeout_seconds = Some(TIMEOUT_SECONDS);
        scenario
    }
}

/// One cell of the matrix.
struct Cell {
    variant: usize,
    name: String,
    /// The fault alone, for the list of causes.
    fault: String,
    /// The causes that fit the rows at which it strikes.
    causes: &'static [&'static str],
    /// What it strikes at.
    rows: BTreeSet<Place>,
    leaves: Leaves,
    strikes: Strikes,
    change: Change,
    /// Whether the redacted copy is searched as well.
    redacts: bool,
}

/// What is different from the healthy situation.
enum Change {
    /// A fault, as a scenario describes it. `FOREIGN` is the address of the other host.
    Fault(String),
    /// The network path to a service.
    Network(&'static str, NetworkFault),
    /// The local clock, in seconds.
    Clock(i64),
}

impl Cell {
    fn of_fault(
        variant: usize,
        endpoint: &Endpoint,
        fault: &MatrixFault,
        strikes: Strikes,
    ) -> Self {
        let name = format!(
            "{}, {}, {}, {strikes:?}",
            VARIANTS[variant].name, endpoint.name, fault.name
        );
        let keys = [&endpoint.filter, fault.keys, strikes.key()].join("\n");
        let change = Change::Fault(format!("[[fault]]\n{keys}\n"));
        Self {
            variant,
            name,
            fault: fault.name.to_owned(),
            causes: fault.causes,
            rows: endpoint.rows.clone(),
            leaves: fault.leaves,
            strikes,
            change,
            // A service that repeats nothing adds nothing to a copy.
            redacts: fault.leaves == Leaves::Refusal && strikes == Strikes::Always,
        }
    }

    fn of_network(
        variant: usize,
        at: &'static str,
        fault: NetworkFault,
        endpoints: &[Endpoint],
    ) -> Self {
        let own = endpoints.iter().filter(|endpoint| endpoint.is_at(at));
        Self {
            variant,
            name: format!("{}, host of {at}, {fault:?}", VARIANTS[variant].name),
            fault: format!("{fault:?}"),
            causes: causes_of_network(fault),
            rows: own.flat_map(|endpoint| endpoint.rows.clone()).collect(),
            leaves: Leaves::Nothing,
            strikes: Strikes::Always,
            change: Change::Network(at, fault),
            redacts: false,
        }
    }

    fn of_clock(variant: usize, seconds: i64) -> Self {
        Self {
            variant,
            name: format!("{}, clock off by {seconds} s", VARIANTS[variant].name),
            fault: "clock".to_owned(),
            causes: &[],
            rows: BTreeSet::new(),
            leaves: Leaves::Everything,
            strikes: Strikes::Always,
            change: Change::Clock(seconds),
            redacts: false,
        }
    }

    fn scenario(&self, foreign: &str) -> Scenario {
        #[derive(Deserialize)]
        struct File {
            fault: Vec<Fault>,
        }
        let mut scenario = VARIANTS[self.variant].scenario();
        match &self.change {
            Change::Fault(text) => {
                let text = text.replace("FOREIGN", foreign);
                scenario.faults = toml::from_str::<File>(&text).unwrap().fault;
            }
            Change::Network("graph", fault) => scenario.network.graph = Some(*fault),
            Change::Network("exchange", fault) => scenario.network.exchange = Some(*fault),
            Change::Network(_, fault) => scenario.network.sign_in = Some(*fault),
            Change::Clock(seconds) => scenario.options.local_clock_offset_seconds = Some(*seconds),
        }
        scenario
    }
}

/// A host that is none of the services, and everything that it received.
struct ForeignHost {
    address: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl ForeignHost {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((mut stream, from)) = listener.accept().await {
                let mut bytes = vec![0; 8192];
                let length = stream.read(&mut bytes).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                all.lock().unwrap().extend([from.to_string(), text]);
            }
        });
        Self { address, received }
    }
}

/// What came of a cell.
struct Played {
    report: Report,
    outputs: usize,
    wrong: Vec<String>,
}

/// Plays a scenario and searches all of its outputs. A panic is a violation.
async fn play_and_search(scenario: Scenario, redacts: bool) -> Result<Played, String> {
    let secrets: Vec<Canary> = scenario
        .environment
        .values()
        .map(String::as_str)
        .chain([TOKEN_CANARY])
        .map(Canary::new)
        .collect();
    let writes = !scenario.options.allow_write.is_empty();
    let begun = Instant::now();
    let moment = Some(MOMENT.parse().unwrap());
    let run = Box::pin(play(scenario, moment, std::future::pending()));
    let run = AssertUnwindSafe(run).catch_unwind();
    let played = match tokio::time::timeout(LONGEST_RUN * 2, run).await {
        Err(_) => return Err("the run does not end".to_owned()),
        Ok(Err(_)) => return Err("the run panicked".to_owned()),
        Ok(Ok(Err(error))) => return Err(format!("no report: {error}")),
        Ok(Ok(Ok(played))) => played,
    };
    let took = begun.elapsed();
    tokio::task::spawn_blocking(move || {
        let report = played.report;
        let mut wrong = judge::of_every_report(&report, writes);
        if took > LONGEST_RUN {
            wrong.push(format!("it took {took:?}"));
        }
        let mut documents = documents(&report);
        documents.extend(redacts.then(|| redacted_copy(&report)));
        documents.push((
            "debug".to_owned(),
            format!("{report:?} {:?}", played.secrets),
        ));
        for (name, document) in &documents {
            let leaks = secrets.iter().filter_map(|canary| canary.find_in(document));
            wrong.extend(leaks.map(|form| format!("the {name} contains {form}")));
        }
        Played {
            report,
            outputs: documents.len(),
            wrong,
        }
    })
    .await
    .map_err(|panic| format!("a renderer panicked: {panic}"))
}

/// The results of all cells.
#[derive(Default)]
struct Totals {
    cells: usize,
    outputs: usize,
    violations: Vec<String>,
    /// The causes of the rows that a fault took away, by the fault.
    causes: BTreeMap<String, usize>,
}

/// Plays cells and judges each against the healthy run.
async fn play_cells(cells: Vec<Cell>) -> Totals {
    let foreign = ForeignHost::start().await;
    let healthy =
        reports_of((0..VARIANTS.len()).map(|variant| (variant, VARIANTS[variant].scenario())))
            .await;
    let mut totals = Totals {
        cells: cells.len(),
        ..Totals::default()
    };
    let address = &foreign.address;
    let mut results = stream::iter(cells)
        .map(async |cell| {
            let played = play_and_search(cell.scenario(address), cell.redacts).await;
            (cell, played)
        })
        .buffer_unordered(CONCURRENT);
    while let Some((cell, played)) = results.next().await {
        let name = &cell.name;
        match played {
            Err(error) => totals.violations.push(format!("{name}: {error}")),
            Ok(played) => {
                totals.outputs += played.outputs;
                let mut wrong = played.wrong;
                let judged = judge::Judged {
                    leaves: cell.leaves,
                    causes: cell.causes,
                    strikes: cell.strikes,
                    healthy: &healthy[&cell.variant],
                    dependent: &cell.rows,
                    report: &played.report,
                };
                wrong.extend(judged.violations());
                for cause in judged.causes() {
                    let cause = format!("{}: {cause}", cell.fault);
                    *totals.causes.entry(cause).or_default() += 1;
                }
                totals
                    .violations
                    .extend(wrong.into_iter().map(|text| format!("{name}: {text}")));
            }
        }
    }
    let received = foreign.received.lock().unwrap().clone();
    if !received.is_empty() {
        totals
            .violations
            .push(format!("another host received: {received:?}"));
    }
    totals
}

/// The reports of scenarios, each with its key.
async fn reports_of<K: Eq + std::hash::Hash>(
    scenarios: impl Iterator<Item = (K, Scenario)>,
) -> HashMap<K, Report> {
    stream::iter(scenarios)
        .map(async |(key, scenario)| {
            (
                key,
                play_and_search(scenario, true)
                    .await
                    .unwrap_or_else(|error| panic!("{error}"))
                    .report,
            )
        })
        .buffer_unordered(CONCURRENT)
        .collect()
        .await
}

/// The endpoints of each variant.
fn recordings() -> Vec<Vec<Endpoint>> {
    thread::scope(|scope| {
        let record =
            |own: &'static Variant| endpoints::recorded(own.scenario, own.simulate, own.check);
        let running: Vec<_> = VARIANTS
            .iter()
            .map(|own| scope.spawn(move || record(own)))
            .collect();
        running
            .into_iter()
            .map(|recording| recording.join().unwrap())
            .collect()
    })
}

/// Every cell, in an order that does not change.
fn all_cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    let described = VARIANTS.iter().zip(recordings()).enumerate();
    for (variant, (described, endpoints)) in described {
        for endpoint in &endpoints {
            let faults = FAULTS
                .iter()
                .filter(|fault| !described.is_http_2 || !fault.is_of_http_1());
            for fault in faults {
                cells.extend(
                    Strikes::ALL
                        .iter()
                        .map(|strikes| Cell::of_fault(variant, endpoint, fault, *strikes)),
                );
            }
        }
        for at in ["sign-in", "graph", "exchange"] {
            if endpoints.iter().any(|endpoint| endpoint.is_at(at)) {
                cells.extend(
                    NETWORK_FAULTS
                        .iter()
                        .map(|fault| Cell::of_network(variant, at, *fault, &endpoints)),
                );
            }
        }
        cells.extend([3600, -3600].map(|seconds| Cell::of_clock(variant, seconds)));
    }
    cells
}

/// The causes that fit a condition of the network path.
fn causes_of_network(fault: NetworkFault) -> &'static [&'static str] {
    match fault {
        NetworkFault::NameUnknown => &["network.dns-failed"],
        NetworkFault::Refused => &["network.connection-refused"],
        NetworkFault::NoConnection => &["network.timeout"],
        NetworkFault::TlsUntrusted | NetworkFault::TlsExpired | NetworkFault::TlsWrongName => {
            &["network.tls-untrusted"]
        }
        NetworkFault::TlsGarbage => &["network.tls-failed"],
    }
}

/// Every condition of the network path to a host.
const NETWORK_FAULTS: &[NetworkFault] = &[
    NetworkFault::NameUnknown,
    NetworkFault::Refused,
    NetworkFault::NoConnection,
    NetworkFault::TlsUntrusted,
    NetworkFault::TlsExpired,
    NetworkFault::TlsWrongName,
    NetworkFault::TlsGarbage,
];

fn print_and_assert(totals: &Totals) {
    for (cause, count) in &totals.causes {
        println!("{count:6} {cause}");
    }
    println!(
        "fault matrix: {} runs, {} violations; {} outputs searched for secrets",
        totals.cells,
        totals.violations.len(),
        totals.outputs
    );
    assert!(
        totals.violations.is_empty(),
        "{}",
        totals.violations.join("\n")
    );
}

/// `cargo test` plays one of so many cells.
const SAMPLE_STEP: usize = 307;

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_of_the_faults_leads_to_no_violation() {
    let cells = tokio::task::spawn_blocking(all_cells).await.unwrap();
    let cells = cells.into_iter().step_by(SAMPLE_STEP);
    print_and_assert(&play_cells(cells.collect()).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes; .ci/faults runs it"]
async fn the_matrix_of_faults_leads_to_no_violation() {
    // The share is given as STEP/FIRST: every STEP-th cell from the cell FIRST on.
    let share = std::env::var("RX_FAULT_SHARE").unwrap_or_else(|_| "1/0".to_owned());
    let (step, first) = share.split_once('/').unwrap();
    let cells = tokio::task::spawn_blocking(all_cells).await.unwrap();
    let size = cells.len();
    let cells = cells.into_iter().skip(first.parse().unwrap());
    let cells: Vec<Cell> = cells.step_by(step.parse().unwrap()).collect();
    println!(
        "fault matrix: {size} combinations, of which {} are played (share {share})",
        cells.len()
    );
    print_and_assert(&play_cells(cells).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_ignores_a_fault_is_a_violation() {
    let healthy = play_and_search(VARIANTS[1].scenario(), false)
        .await
        .unwrap();
    assert!(healthy.wrong.is_empty(), "{:?}", healthy.wrong);
    let room = |row: &&ResultRow| row.check == CheckId::MailboxCalendarRead;
    let dependent: BTreeSet<Place> = healthy
        .report
        .results
        .iter()
        .filter(room)
        .map(judge::place)
        .collect();
    let judged = |report| {
        let (leaves, strikes) = (Leaves::Nothing, Strikes::Always);
        judge::Judged {
            leaves,
            causes: &["service.unavailable"],
            strikes,
            healthy: &healthy.report,
            dependent: &dependent,
            report,
        }
        .violations()
    };
    let ignored = judged(&healthy.report);
    assert_eq!(ignored.len(), 3, "{ignored:?}");
    assert!(ignored.iter().all(|text| text.starts_with("false pass")));
    // A room that fails for a reason of the tenant is a false fail, with a cause that does not fit.
    let mut blamed = healthy.report.clone();
    for row in blamed
        .results
        .iter_mut()
        .filter(|row| row.check == CheckId::MailboxCalendarRead)
    {
        row.outcome = Outcome::Fail;
        row.cause = Some("mailbox.not-found".to_owned());
    }
    let blamed = judged(&blamed).join("\n");
    for kind in [
        "false fail",
        "unfit cause",
        "verdict ready without required rows",
    ] {
        assert!(blamed.contains(kind), "{blamed}");
    }
}

#[test]
fn a_canary_is_found_in_every_encoding() {
    let canary = Canary::new("Qz78Q~canary&B7dEFGhiJK");
    for text in [
        "got Qz78Q~canary&B7dEFGhiJK.",
        "got qz78q~CANARY&b7defghijk.",
        "?s=Qz78Q%7Ecanary%26B7dEFGhiJK",
        "Qz78Q~canary&amp;B7dEFGhiJK",
        r"Qz78Q\~canary\&B7dEFGhiJK",
        "UXo3OFF+Y2FuYXJ5JkI3ZEVGR2hpSks=",
        "xFF6NzhRfmNhbmFyeSZCN2RFRkdoaUpL",
        "eHhRejc4UX5jYW5hcnkmQjdkRUZHaGlKSw==",
        "517a3738517e63616e617279264237644546476869 4a4b"
            .replace(' ', "")
            .as_str(),
    ] {
        assert!(canary.find_in(text).is_some(), "{text}");
    }
    assert!(canary.find_in("Qz78Q~another").is_none());
}
