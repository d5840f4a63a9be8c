//! A remedy of the knowledge base with the values of the customer.

use crate::knowledge::CommandTemplate;
use crate::terms::AdminRole;

use super::placeholders::Placeholders;
use super::result::{Command, Remedy};

/// The texts of a remedy, before their placeholders are filled in.
pub(super) struct RemedyTexts<'t> {
    pub(super) who: AdminRole,
    pub(super) steps: &'t [String],
    pub(super) commands: &'t [CommandTemplate],
    pub(super) verify: &'t str,
    pub(super) takes: &'t str,
    pub(super) links: &'t [String],
}

impl RemedyTexts<'_> {
    /// The remedy with every placeholder filled in.
    pub(super) fn fill(&self, values: &Placeholders<'_>) -> Remedy {
        let sentence = |text: &String| values.fill_sentence(text);
        Remedy {
            who: self.who.to_string(),
            steps: self.steps.iter().map(sentence).collect(),
            commands: self
                .commands
                .iter()
                .map(|template| command(template, values))
                .collect(),
            verify: values.fill_sentence(self.verify),
            takes: values.fill_sentence(self.takes),
            links: self.links.to_vec(),
        }
    }
}

fn command(template: &CommandTemplate, values: &Placeholders<'_>) -> Command {
    let CommandTemplate { shell, text } = template;
    Command::from_catalog(shell, &values.fill_command(shell, text))
}
