//! What colors mean.

use colored::Color;

use crate::terms::{Outcome, Requirement};

/// The meaning of a piece of text. Without color it is not seen at all, so nothing may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Something required is wrong.
    Bad,
    /// Something is limited or open.
    Doubtful,
    /// Worth knowing.
    Note,
    /// A heading or a title.
    Strong,
    /// Beside the point.
    Quiet,
    /// Nothing special.
    Normal,
}

impl Tone {
    /// The tone of a row.
    pub fn of(outcome: Outcome, requirement: Requirement) -> Self {
        match (outcome, requirement) {
            (Outcome::Pass, _) => Self::Good,
            (Outcome::Fail | Outcome::Error, Requirement::Required) => Self::Bad,
            (Outcome::Skipped, _) => Self::Quiet,
            (Outcome::Fail | Outcome::Error | Outcome::Unknown, _) => Self::Doubtful,
        }
    }

    /// The tone of a cause.
    pub fn of_cause(requirement: Requirement) -> Self {
        match requirement {
            Requirement::Required => Self::Bad,
            Requirement::Optional => Self::Doubtful,
            Requirement::Advisory => Self::Note,
        }
    }

    fn foreground(self) -> Option<Color> {
        match self {
            Self::Good => Some(Color::Green),
            Self::Bad => Some(Color::Red),
            Self::Doubtful => Some(Color::Yellow),
            Self::Note => Some(Color::Cyan),
            Self::Quiet => Some(Color::BrightBlack),
            Self::Strong | Self::Normal => None,
        }
    }

    fn bold(self) -> bool {
        matches!(self, Self::Bad | Self::Doubtful | Self::Note | Self::Strong)
    }

    /// The text in this tone. The codes are written out here and not left to `colored`, whose switch is global to the
    /// process and knows one stream only.
    pub fn paint(self, text: &str, color: bool) -> String {
        let mut codes: Vec<String> = Vec::new();
        codes.extend(self.bold().then(|| "1".to_owned()));
        codes.extend(
            self.foreground()
                .map(|foreground| foreground.to_fg_str().into_owned()),
        );
        if !color || codes.is_empty() || text.trim().is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{}m{text}\u{1b}[0m", codes.join(";"))
    }

    /// A table cell in this tone.
    pub fn cell(self, text: String) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new(text);
        let cell = if self.bold() {
            cell.add_attribute(comfy_table::Attribute::Bold)
        } else {
            cell
        };
        match self {
            Self::Good => cell.fg(comfy_table::Color::DarkGreen),
            Self::Bad => cell.fg(comfy_table::Color::DarkRed),
            Self::Doubtful => cell.fg(comfy_table::Color::DarkYellow),
            Self::Note => cell.fg(comfy_table::Color::DarkCyan),
            Self::Quiet => cell.fg(comfy_table::Color::DarkGrey),
            Self::Strong | Self::Normal => cell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_color_a_text_stays_as_it_is() {
        assert_eq!(Tone::Bad.paint("[FAIL]", false), "[FAIL]");
    }

    #[test]
    fn color_does_not_depend_on_the_switch_of_the_process() {
        colored::control::set_override(false);
        assert_eq!(
            Tone::Bad.paint("[FAIL]", true),
            "\u{1b}[1;31m[FAIL]\u{1b}[0m"
        );
        colored::control::unset_override();
    }
}
