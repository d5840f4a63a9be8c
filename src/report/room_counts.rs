//! Rooms counted as rooms: each one once, however many checks it has.

use std::collections::HashMap;

use crate::diagnosis::ResultRow;
use crate::terms::{Outcome, SkipReason};

/// The state of a room over all its checks. The order is from weakest to strongest: the strongest state of any check wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoomState {
    /// No check of the room was selected.
    LeftOut,
    /// Every check passed.
    Works,
    /// A check was not run.
    NotChecked,
    /// A check has no clear result.
    Unknown,
    /// A check failed.
    Fails,
}

impl RoomState {
    /// Every state, from the weightiest to the lightest.
    pub const ALL: [Self; 5] = [
        Self::Fails,
        Self::Unknown,
        Self::NotChecked,
        Self::Works,
        Self::LeftOut,
    ];

    /// The state behind an outcome.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Works,
            Outcome::Fail => Self::Fails,
            Outcome::Unknown | Outcome::Error => Self::Unknown,
            Outcome::Skipped => Self::NotChecked,
        }
    }
}

/// How many rooms are in which state. Rooms that were left out on request are counted nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoomCounts {
    /// Every check of the room passed.
    pub work: usize,
    /// A check of the room failed.
    pub fail: usize,
    /// A check of the room has no clear result.
    pub unknown: usize,
    /// A check of the room was not run.
    pub not_checked: usize,
    /// No check of the room was selected.
    pub left_out: usize,
    /// Some checks of rooms were left out on request, so no room is known to work.
    is_partial: bool,
}

/// Whether a row is about a room.
pub fn is_room(row: &ResultRow) -> bool {
    row.check.is_about_a_room(&row.subject) && row.skip_reason != Some(SkipReason::NotApplicable)
}

impl RoomCounts {
    /// Counts the rooms behind some rows. A room of two connections counts for each, since either may fail alone.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a ResultRow>) -> Self {
        let mut states: HashMap<(Option<&str>, String), RoomState> = HashMap::new();
        let mut rooms = Self::default();
        for row in rows.into_iter().filter(|row| is_room(row)) {
            rooms.is_partial |= row.skip_reason == Some(SkipReason::Deselected);
            // An address in another case is still the same room.
            let room = (row.connection.as_deref(), row.subject.to_ascii_lowercase());
            let known = states.entry(room).or_insert(RoomState::LeftOut);
            *known = (*known).max(room_state(row));
        }
        for state in states.into_values() {
            *rooms.slot(state) += 1;
        }
        rooms
    }

    /// Counts that were made before, for checks of which none was deselected.
    pub fn of_numbers(work: usize, fail: usize, unknown: usize, not_checked: usize) -> Self {
        Self {
            work,
            fail,
            unknown,
            not_checked,
            ..Self::default()
        }
    }

    /// The rooms that were to be checked.
    pub fn total(self) -> usize {
        self.work + self.fail + self.unknown + self.not_checked
    }

    /// Whether some checks of rooms were deselected, so that no room is known to work.
    pub fn is_partial(self) -> bool {
        self.is_partial
    }

    fn slot(&mut self, state: RoomState) -> &mut usize {
        match state {
            RoomState::LeftOut => &mut self.left_out,
            RoomState::Works => &mut self.work,
            RoomState::NotChecked => &mut self.not_checked,
            RoomState::Unknown => &mut self.unknown,
            RoomState::Fails => &mut self.fail,
        }
    }
}

/// The state of a room by one of its rows.
pub fn room_state(row: &ResultRow) -> RoomState {
    if row.skip_reason == Some(SkipReason::Deselected) {
        RoomState::LeftOut
    } else {
        RoomState::of(row.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report::{row, skipped};
    use super::super::wording::describe_rooms;
    use super::*;
    use crate::terms::CheckId;
    use crate::terms::Requirement::Required;

    fn room(name: usize, read: Outcome, write: Outcome) -> [ResultRow; 2] {
        let subject = format!("room{name}@contoso.com");
        [
            ResultRow {
                subject: subject.clone(),
                ..row(CheckId::MailboxCalendarRead, Required, read)
            },
            ResultRow {
                subject,
                ..row(CheckId::MailboxCalendarWrite, Required, write)
            },
        ]
    }

    fn left(name: usize, reason: SkipReason) -> ResultRow {
        ResultRow {
            subject: format!("room{name}@contoso.com"),
            ..skipped(CheckId::MailboxCalendarRead, Required, reason)
        }
    }

    #[test]
    fn a_room_with_several_checks_is_one_room() {
        let mut rows = Vec::new();
        rows.extend(room(1, Outcome::Pass, Outcome::Pass));
        rows.extend(room(2, Outcome::Pass, Outcome::Fail));
        for name in 3..1_004 {
            rows.extend(room(name, Outcome::Fail, Outcome::Skipped));
        }
        assert_eq!(
            describe_rooms(RoomCounts::of(&rows)).unwrap(),
            "1 of 1,003 rooms works, 1,002 fail"
        );
    }

    #[test]
    fn rooms_that_were_not_checked_are_neither_working_nor_failing() {
        let mut rows: Vec<ResultRow> = (0..107)
            .flat_map(|name| room(name, Outcome::Pass, Outcome::Pass))
            .collect();
        rows.extend((107..2_003).map(|name| left(name, SkipReason::OutOfTime)));
        assert_eq!(
            describe_rooms(RoomCounts::of(&rows)).unwrap(),
            "107 of 2,003 rooms checked: 107 work"
        );
        let none: Vec<ResultRow> = (0..13)
            .map(|name| left(name, SkipReason::Blocked))
            .collect();
        assert_eq!(
            describe_rooms(RoomCounts::of(&none)).unwrap(),
            "0 of 13 rooms checked"
        );
    }

    #[test]
    fn a_room_without_its_write_check_passed_but_does_not_count_as_working() {
        let mut rows = vec![left(1, SkipReason::Deselected)];
        assert_eq!(describe_rooms(RoomCounts::of(&rows)), None);
        rows.extend(room(1, Outcome::Pass, Outcome::Pass).into_iter().skip(1));
        assert_eq!(
            describe_rooms(RoomCounts::of(&rows)).unwrap(),
            "1 of 1 room passed"
        );
    }

    #[test]
    fn a_row_about_the_missing_list_of_rooms_is_not_a_room() {
        assert_eq!(
            RoomCounts::of(&[skipped(
                CheckId::MailboxCalendarRead,
                Required,
                SkipReason::NeedsInput
            )])
            .total(),
            0
        );
    }
}
