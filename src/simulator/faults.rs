//! Which fault of the scenario strikes a request.

use std::sync::atomic::{AtomicU64, Ordering};

use super::message::SimulatedRequest;
use super::scenario::{Fault, FaultPlace};

/// The faults of a scenario with the count of requests each has struck.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<(Fault, AtomicU64)>,
}

impl Faults {
    pub(crate) fn new(faults: &[Fault]) -> Faults {
        Faults {
            faults: faults
                .iter()
                .map(|fault| (fault.clone(), AtomicU64::new(0)))
                .collect(),
        }
    }

    /// The fault that strikes this request; counts it.
    pub(crate) fn matching(
        &self,
        place: FaultPlace,
        request: &SimulatedRequest,
        mailbox: Option<&str>,
    ) -> Option<&Fault> {
        self.faults
            .iter()
            .filter(|(fault, _)| fits(fault, place, request, mailbox))
            .find(|(fault, faulted)| {
                let before = faulted.fetch_add(1, Ordering::Relaxed);
                fault.first.is_none_or(|first| before < first)
                    && fault.nth.is_none_or(|nth| before + 1 == nth)
                    && fault.after.is_none_or(|after| before >= after)
            })
            .map(|(fault, _)| fault)
    }
}

fn fits(
    fault: &Fault,
    place: FaultPlace,
    request: &SimulatedRequest,
    mailbox: Option<&str>,
) -> bool {
    let path_fits = fault
        .path
        .as_ref()
        .is_none_or(|part| request.target.to_lowercase().contains(&part.to_lowercase()));
    let mailbox_fits = fault.mailbox.as_ref().is_none_or(|wanted| {
        mailbox.is_some_and(|requested| requested.eq_ignore_ascii_case(wanted))
    });
    let body_fits = fault
        .containing
        .as_ref()
        .is_none_or(|part| request.text().contains(part));
    fault.at == place
        && path_fits
        && body_fits
        && mailbox_fits
        && (!fault.authenticated_only || request.bearer().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Faults {
        #[derive(serde::Deserialize)]
        struct File {
            fault: Vec<Fault>,
        }
        Faults::new(&crate::tables::read::<File>(text).unwrap().fault)
    }

    #[test]
    fn a_fault_applies_to_the_first_n_matching_requests() {
        let faults =
            faults("[[fault]]\nat = \"graph\"\ndo = \"reset\"\nfirst = 1\npath = \"calendarview\"");
        let request = |target: &str| SimulatedRequest {
            target: target.to_owned(),
            ..SimulatedRequest::default()
        };
        let view = request("/v1.0/users/room/calendarView");
        assert!(faults.matching(FaultPlace::Exchange, &view, None).is_none());
        assert!(
            faults
                .matching(FaultPlace::Graph, &request("/v1.0/users"), None)
                .is_none()
        );
        assert!(faults.matching(FaultPlace::Graph, &view, None).is_some());
        assert!(faults.matching(FaultPlace::Graph, &view, None).is_none());
    }

    #[test]
    fn a_fault_applies_to_the_nth_request_or_to_all_after_the_first() {
        let struck = |key: &str| -> Vec<bool> {
            let faults = faults(&format!("[[fault]]\nat = \"graph\"\ndo = \"reset\"\n{key}"));
            let request = SimulatedRequest::default();
            (0..4)
                .map(|_| faults.matching(FaultPlace::Graph, &request, None).is_some())
                .collect()
        };
        assert_eq!(struck("nth = 2"), [false, true, false, false]);
        assert_eq!(struck("after = 2"), [false, false, true, true]);
    }

    #[test]
    fn a_fault_may_wait_for_a_token_and_a_mailbox() {
        let faults = faults(
            "[[fault]]\nat = \"exchange\"\ndo = \"hang\"\nauthenticated_only = true\nmailbox = \"a@contoso.com\"",
        );
        let mut request = SimulatedRequest::default();
        assert!(
            faults
                .matching(FaultPlace::Exchange, &request, Some("a@contoso.com"))
                .is_none()
        );
        request
            .headers
            .push(("authorization".to_owned(), "Bearer token".to_owned()));
        assert!(
            faults
                .matching(FaultPlace::Exchange, &request, Some("b@contoso.com"))
                .is_none()
        );
        assert!(
            faults
                .matching(FaultPlace::Exchange, &request, Some("A@contoso.com"))
                .is_some()
        );
    }
}
