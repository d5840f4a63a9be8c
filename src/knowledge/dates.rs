//! Days and limits that the checks count with.

use jiff::civil::Date;
use serde::Deserialize;

use super::table::{Embedded, Table};

/// Where a dated fact is on [`Dates::knowledge_date`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Over.
    Past,
    /// Begun and still true.
    InForce,
    /// Announced.
    Ahead,
}

/// One dated step of a change that Microsoft makes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// First day of the step; where only a month was announced, its last or first day as `announced` says.
    pub date: Date,
    /// The time as it was announced, in words.
    pub announced: String,
    /// Where the step is on the knowledge date; `text` is in the tense of it.
    pub state: State,
    /// What happened, holds, or is announced.
    pub text: String,
    /// The page that the row was compared with.
    pub source: String,
}

/// The dated facts of this version of the program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    /// The day on which the compiled-in facts were last checked.
    pub knowledge_date: Date,
    /// The first day on which Exchange Online answers no EWS call any more.
    pub ews_end: Date,
    /// The ids of the clouds for which that day was announced.
    pub ews_end_clouds: Vec<String>,
    /// A secret that ends within this many days is noted, and the note asks for action.
    pub secret_warning_days: u16,
    /// The note about the end of EWS asks for action within this many days.
    pub ews_warning_days: u16,
    /// A clock that differs by more than this many minutes is mentioned.
    pub clock_skew_minutes: u16,
    /// The announced steps of the EWS withdrawal, oldest first.
    pub ews_phases: Vec<Phase>,
    /// The announced steps of taking passwords out of SMTP AUTH, oldest first.
    pub smtp_auth_phases: Vec<Phase>,
}

impl Dates {
    /// The day on which EWS ends in a cloud; `None` where Microsoft follows another schedule.
    pub fn ews_end_in(&self, cloud: &str) -> Option<Date> {
        self.ews_end_clouds
            .iter()
            .any(|known| known == cloud)
            .then_some(self.ews_end)
    }

    /// The last step of the withdrawal that has begun by `day`; `None` before the first.
    pub fn ews_phase_on(&self, day: Date) -> Option<&Phase> {
        self.ews_phases.iter().rev().find(|phase| phase.date <= day)
    }
}

impl Table for Dates {
    const FILE: &'static str = "dates.toml";
}

static DATES: Embedded<Dates> = Embedded::new();

/// The dated facts of this version of the program.
pub fn dates() -> &'static Dates {
    DATES.get()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_and_limits_of_this_release() {
        let dates = dates();
        assert_eq!(dates.knowledge_date, date(2026, 11, 28));
        assert_eq!(dates.ews_end, date(2027, 4, 1));
        assert_eq!(dates.secret_warning_days, 30);
        assert_eq!(dates.clock_skew_minutes, 5);
    }

    fn all_phases() -> impl Iterator<Item = &'static Phase> {
        dates().ews_phases.iter().chain(&dates().smtp_auth_phases)
    }

    #[test]
    fn every_dated_fact_has_a_source_and_a_state_that_agrees_with_its_date() {
        for phase in all_phases() {
            assert!(phase.source.starts_with("https://"), "{}", phase.date);
            let is_ahead = phase.date > dates().knowledge_date;
            assert_eq!(
                phase.state == State::Ahead,
                is_ahead,
                "{}: {:?}",
                phase.date,
                phase.state
            );
        }
    }

    /// What is over must not read as if it were still to come, and what is announced must not read as a fact.
    #[test]
    fn every_dated_fact_is_in_the_tense_of_its_state() {
        for phase in all_phases() {
            let first_sentence = phase
                .text
                .split_once(". ")
                .map_or(phase.text.as_str(), |(first, _)| first);
            let mut words = first_sentence.split(|character: char| !character.is_alphabetic());
            let is_past = words.any(|word| {
                matches!(word, "was" | "were" | "began" | "wrote") || word.ends_with("ed")
            });
            match phase.state {
                State::Past => assert!(
                    is_past && !phase.text.contains(" will "),
                    "{}: {}",
                    phase.date,
                    phase.text
                ),
                State::InForce => assert!(
                    !phase.text.contains(" will "),
                    "{}: {}",
                    phase.date,
                    phase.text
                ),
                State::Ahead => assert!(
                    phase.text.starts_with("Microsoft has announced "),
                    "{}",
                    phase.date
                ),
            }
        }
    }

    #[test]
    fn phases_are_in_order_and_end_with_the_shutdown() {
        let phases = &dates().ews_phases;
        assert!(phases.windows(2).all(|pair| pair[0].date <= pair[1].date));
        assert_eq!(phases.last().map(|phase| phase.date), Some(dates().ews_end));
        for phase in phases {
            assert!(!phase.announced.trim().is_empty() && !phase.text.trim().is_empty());
        }
    }
}
