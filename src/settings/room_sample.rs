//! A part of the rooms, spread over all connections.

use super::{Estate, MailboxAddress};

/// How many rooms were kept of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    /// The rooms that are left.
    pub kept: usize,
    /// The rooms that were given.
    pub given: usize,
}

impl Estate {
    /// Keeps about `wanted` rooms: of every connection its share and at least one, spread evenly over its list. The same
    /// estate always keeps the same rooms. Malformed addresses stay, because each is a finding.
    pub fn sample(&mut self, wanted: usize) -> Sampled {
        let given: usize = self
            .connections
            .iter()
            .map(|connection| connection.rooms.addresses.len())
            .sum();
        for connection in &mut self.connections {
            let rooms = &mut connection.rooms.addresses;
            let share = (rooms.len() * wanted).div_ceil(given.max(1));
            *rooms = spread(rooms, share.min(rooms.len()));
        }
        let kept = self
            .connections
            .iter()
            .map(|connection| connection.rooms.addresses.len())
            .sum();
        Sampled { kept, given }
    }
}

/// So many rooms of a list at even distances, the first among them.
fn spread(rooms: &[MailboxAddress], wanted: usize) -> Vec<MailboxAddress> {
    (0..wanted)
        .filter_map(|place| rooms.get(place * rooms.len() / wanted))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms(count: usize) -> Vec<MailboxAddress> {
        (0..count)
            .map(|number| MailboxAddress::parse(&format!("room{number}@contoso.com")).unwrap())
            .collect()
    }

    #[test]
    fn a_sample_is_spread_over_the_whole_list() {
        let kept = spread(&rooms(100), 4);
        let names: Vec<&str> = kept.iter().map(MailboxAddress::as_str).collect();
        assert_eq!(
            names,
            [
                "room0@contoso.com",
                "room25@contoso.com",
                "room50@contoso.com",
                "room75@contoso.com"
            ]
        );
        assert_eq!(spread(&rooms(3), 3), rooms(3));
        assert!(spread(&[], 0).is_empty());
    }
}
