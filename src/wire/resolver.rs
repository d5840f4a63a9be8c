//! Resolves host names, with a limit of its own: a name server that does not respond is another fault than a host that
//! does not accept the connection. Without `/etc/resolv.conf`, musl waits for a name server on this machine.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::time::timeout;

/// Resolves names as the operating system does.
#[derive(Debug)]
pub(super) struct Resolver {
    limit: Duration,
}

#[derive(Debug, thiserror::Error)]
#[error("the name was not resolved within {} s", .0.as_secs_f64())]
struct NotResolved(Duration);

impl Resolver {
    /// A resolver for connections with this limit. It ends earlier, so that its own error is reported.
    pub(super) fn within(connect: Duration) -> Self {
        Self {
            limit: connect / 5 * 4,
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let limit = self.limit;
        Box::pin(async move {
            // The client replaces port 0 by that of the address.
            let addresses = within(limit, lookup_host((name.as_str(), 0))).await?;
            Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// The result of a lookup, or an error of its own if there is none within the limit.
async fn within<T>(
    limit: Duration,
    lookup: impl Future<Output = io::Result<T>>,
) -> Result<T, Box<dyn Error + Send + Sync>> {
    let resolved = timeout(limit, lookup).await;
    Ok(resolved.map_err(|_| NotResolved(limit))??)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_name_server_that_does_not_respond_is_not_a_connection_that_takes_too_long() {
        let resolved = within(Duration::from_millis(1), pending::<io::Result<()>>()).await;
        let error = resolved.err().unwrap();
        assert!(error.is::<NotResolved>(), "{error:?}");
    }

    #[tokio::test]
    async fn a_name_is_resolved_to_its_addresses() {
        let resolver = Resolver::within(Duration::from_secs(5));
        assert_eq!(resolver.limit, Duration::from_secs(4));
        let mut found = resolver
            .resolve("localhost".parse().unwrap())
            .await
            .unwrap();
        assert!(found.all(|address| address.ip().is_loopback()));
    }
}
