//! The commands that an administrator ran, with how often each succeeded and the errors of the others.

use serde_json::{Value, json};

/// The commands in the order of their first call.
#[derive(Default)]
pub(super) struct CommandLog(Vec<Command>);

struct Command {
    name: String,
    succeeded: u64,
    failures: Vec<Value>,
}

impl CommandLog {
    pub(super) fn succeeded(&mut self, name: &str) {
        self.command(name).succeeded += 1;
    }

    pub(super) fn failed(&mut self, name: &str, subject: Option<&str>, error: &str) {
        let mut failure = json!({ "error": error });
        if let Some(subject) = subject {
            failure["subject"] = json!(subject);
        }
        self.command(name).failures.push(failure);
    }

    /// Records the commands of a connection: all succeed, or the first one fails and the others do not run.
    pub(super) fn connection(&mut self, names: &[&str], error: Option<&str>) -> bool {
        if let Some(error) = error {
            self.failed(names.first().unwrap_or(&""), None, error);
        } else {
            for name in names {
                self.succeeded(name);
            }
        }
        error.is_none()
    }

    fn command(&mut self, name: &str) -> &mut Command {
        let place = self.0.iter().position(|command| command.name == name);
        let place = place.unwrap_or_else(|| {
            self.0.push(Command {
                name: name.to_owned(),
                succeeded: 0,
                failures: Vec::new(),
            });
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    pub(super) fn into_json(self) -> Value {
        self.0
            .into_iter()
            .map(|command| {
                json!({ "name": command.name, "succeeded": command.succeeded, "failures": command.failures })
            })
            .collect()
    }
}
