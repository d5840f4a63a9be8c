//! Redaction of the comparison of EWS and Graph.

use crate::diagnosis::{
    ConsoleValue, ConsoleValues, Migration, MigrationConnection, PlanStep, RoomParity,
};
use crate::report::RecordedOnGraph;

use super::rewrite::Rewriter;

impl Rewriter {
    pub(super) fn migration(&mut self, migration: &Migration) -> Migration {
        let Migration {
            readiness,
            ews_status,
            schedule,
            connections,
            causes,
            plan,
            results,
        } = migration;
        Migration {
            readiness: *readiness,
            ews_status: *ews_status,
            schedule: self.texts(schedule),
            connections: connections
                .iter()
                .map(|connection| self.migration_connection(connection))
                .collect(),
            causes: causes.iter().map(|cause| self.cause(cause)).collect(),
            plan: plan.iter().map(|step| self.plan_step(step)).collect(),
            results: results.iter().map(|row| self.row(row)).collect(),
        }
    }

    fn plan_step(&mut self, step: &PlanStep) -> PlanStep {
        let PlanStep {
            phase,
            id,
            connections,
            title,
            console,
            remedy,
        } = step;
        PlanStep {
            phase: *phase,
            id: self.scrub.word(id),
            connections: connections
                .iter()
                .map(|name| self.scrub.field(name))
                .collect(),
            title: self.scrub.text(title),
            console: console
                .iter()
                .map(|values| self.console_values(values))
                .collect(),
            remedy: self.remedy(remedy),
        }
    }

    fn console_values(&mut self, values: &ConsoleValues) -> ConsoleValues {
        let ConsoleValues { places, fields } = values;
        ConsoleValues {
            places: places.iter().map(|place| self.scrub.text(place)).collect(),
            fields: fields
                .iter()
                .map(|field| self.console_value(field))
                .collect(),
        }
    }

    fn console_value(&mut self, field: &ConsoleValue) -> ConsoleValue {
        let ConsoleValue {
            name,
            over_ews,
            over_graph,
            note,
        } = field;
        ConsoleValue {
            name: self.scrub.text(name),
            over_ews: self.scrub.text(over_ews),
            over_graph: self.scrub.text(over_graph),
            note: note.as_deref().map(|note| self.scrub.text(note)),
        }
    }

    fn migration_connection(&mut self, connection: &MigrationConnection) -> MigrationConnection {
        let MigrationConnection {
            name,
            client_id,
            readiness,
            rooms,
        } = connection;
        MigrationConnection {
            name: self.scrub.field(name),
            client_id: self.scrub.field(client_id),
            readiness: *readiness,
            rooms: rooms.iter().map(|room| self.parity(room)).collect(),
        }
    }

    fn parity(&mut self, parity: &RoomParity) -> RoomParity {
        let RoomParity {
            room,
            ews,
            graph,
            parity,
            cause,
            difference,
        } = parity;
        RoomParity {
            room: self.scrub.field(room),
            ews: *ews,
            graph: *graph,
            parity: *parity,
            cause: cause.as_ref().map(|cause| self.scrub.word(cause)),
            difference: difference.as_ref().map(|id| self.scrub.word(id)),
        }
    }

    pub(super) fn recorded_on_graph(&mut self, recorded: &RecordedOnGraph) -> RecordedOnGraph {
        let RecordedOnGraph {
            connections,
            observations,
        } = recorded;
        RecordedOnGraph {
            connections: self.all_facts(connections),
            observations: self.observations(observations),
        }
    }
}
