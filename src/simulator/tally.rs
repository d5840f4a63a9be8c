//! Counts of the requests that a simulated tenant received.

use std::fmt;

/// The requests that one service received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Every request, whatever came of it.
    pub requests: u64,
    /// Requests that were over a limit.
    pub throttled: u64,
    /// The most requests at the same time.
    pub max_concurrent: usize,
    /// The most requests about one mailbox at the same time.
    pub max_concurrent_per_mailbox: usize,
}

/// The requests that every service received, from the start of the simulation until now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Discovery documents and key sets.
    pub discovery: Served,
    /// The token endpoint.
    pub sign_in: Served,
    /// Microsoft Graph.
    pub graph: Served,
    /// Exchange Web Services.
    pub exchange: Served,
}

impl fmt::Display for Tally {
    /// One line. Only Graph and Exchange throttle and know mailboxes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "served: discovery {}, sign-in {}",
            self.discovery.requests, self.sign_in.requests
        )?;
        for (name, served) in [("graph", self.graph), ("exchange", self.exchange)] {
            let Served {
                requests,
                throttled,
                max_concurrent,
                max_concurrent_per_mailbox,
            } = served;
            write!(
                formatter,
                ", {name} {requests} ({throttled} throttled, at most {max_concurrent} concurrent, {max_concurrent_per_mailbox} per \
                 mailbox)"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_one_line() {
        let graph = Served {
            requests: 2004,
            throttled: 10,
            max_concurrent: 16,
            max_concurrent_per_mailbox: 1,
        };
        let one = Served {
            requests: 1,
            ..Served::default()
        };
        let tally = Tally {
            discovery: one,
            sign_in: one,
            graph,
            ..Tally::default()
        };
        assert_eq!(
            tally.to_string(),
            "served: discovery 1, sign-in 1, graph 2004 (10 throttled, at most 16 concurrent, 1 per mailbox), exchange 0 (0 \
             throttled, at most 0 concurrent, 0 per mailbox)"
        );
    }
}
