//! Recognition of hosts that are this machine.

use core::net::IpAddr;

/// Whether a host without its port is this machine: `localhost`, or a loopback address with or without brackets.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_loopback_host() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.contoso.com", "10.0.0.1", "127.0.0.1:8443", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
