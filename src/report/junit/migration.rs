//! The comparison of EWS and Graph: one case for each room of each connection.

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use crate::diagnosis::{Migration, MigrationConnection, RoomParity};
use crate::knowledge;
use crate::report::{Report, migration_view, wording};
use crate::terms::Parity;

use super::test_class::class_name_of;

/// The suite of the comparison.
pub(super) fn suite(report: &Report, migration: &Migration) -> TestSuite {
    let mut suite = TestSuite::new(wording::MIGRATION);
    let readiness = [
        ("readiness", migration.readiness.to_string()),
        (
            "readiness_reason",
            migration_view::readiness_sentence(report, migration),
        ),
        ("ews_status", migration.ews_status.to_string()),
    ];
    suite.add_properties(readiness.map(|(name, value)| Property::new(name, value)));
    for connection in &migration.connections {
        suite.add_property(Property::new(
            format!("readiness {}", connection.name),
            connection.readiness.to_string(),
        ));
        suite.add_test_cases(connection.rooms.iter().map(|room| case(connection, room)));
    }
    suite
}

fn case(connection: &MigrationConnection, room: &RoomParity) -> TestCase {
    let mut case = TestCase::new(format!("migration {}", room.room), status(room));
    case.set_classname(class_name_of(Some(&connection.name), "migration"));
    case
}

fn status(room: &RoomParity) -> TestCaseStatus {
    let kind = match room.parity {
        Parity::WorksOnBoth | Parity::WorksOnGraphOnly => return TestCaseStatus::success(),
        Parity::WouldFailOnGraph | Parity::FailsOnBoth => NonSuccessKind::Failure,
        Parity::Unknown => NonSuccessKind::Error,
    };
    let sentence = &knowledge::parity_text(room.parity).sentence;
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(room.parity.as_str());
    status.set_message(match &room.cause {
        Some(cause) => format!("{sentence} ({cause})"),
        None => sentence.clone(),
    });
    status
}
