//! Days and limits that the checks count with.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::embedded;

/// One step of Microsoft's withdrawal of Exchange Web Services from Exchange Online.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EwsPhase {
    /// First day of the step; where only a month was announced, its last or first day as `announced` says.
    pub date: Date,
    /// The time as it was announced, in words.
    pub announced: String,
    /// What happens.
    pub text: String,
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
    /// A secret that ends within this many days is mentioned.
    pub secret_warning_days: u16,
    /// A clock that differs by more than this many minutes is mentioned.
    pub clock_skew_minutes: u16,
    /// The announced steps of the EWS withdrawal, oldest first.
    pub ews_phases: Vec<EwsPhase>,
}

impl Dates {
    /// The day on which EWS ends in a cloud; `None` where Microsoft follows another schedule.
    pub fn ews_end_in(&self, cloud: &str) -> Option<Date> {
        self.ews_end_clouds.iter().any(|known| known == cloud).then_some(self.ews_end)
    }

    /// The last step of the withdrawal that has begun by `day`; `None` before the first.
    pub fn ews_phase_on(&self, day: Date) -> Option<&EwsPhase> {
        self.ews_phases.iter().rev().find(|phase| phase.date <= day)
    }
}

static DATES: LazyLock<Dates> = LazyLock::new(|| embedded::parse(include_str!("dates.toml")));

/// The dated facts of this version of the program.
pub fn dates() -> &'static Dates {
    &DATES
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_days_the_design_settles() {
        let dates = dates();
        assert_eq!(dates.knowledge_date, date(2026, 11, 23));
        assert_eq!(dates.ews_end, date(2027, 4, 1));
        assert_eq!(dates.secret_warning_days, 30);
        assert_eq!(dates.clock_skew_minutes, 5);
    }

    #[test]
    fn phases_run_forward_and_end_with_the_end() {
        let phases = &dates().ews_phases;
        assert!(phases.windows(2).all(|pair| pair[0].date <= pair[1].date));
        assert_eq!(phases.last().map(|phase| phase.date), Some(dates().ews_end));
        for phase in phases {
            assert!(!phase.announced.trim().is_empty() && !phase.text.trim().is_empty());
        }
    }
}
