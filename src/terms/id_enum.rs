//! The one macro behind every list of public ids.

use thiserror::Error;

/// A name that is not an id of the list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no {kind} `{name}`")]
pub struct UnknownId {
    /// What was looked for, such as `check`.
    pub kind: &'static str,
    /// The name as given.
    pub name: String,
}

/// Writes an enum with its public ids from one list: the variants, [`ALL`](crate::terms::CheckId::ALL) in the order of the list,
/// the conversion to and from text, and serde's names. A new id is one row.
macro_rules! id_enum {
    (
        $(#[$about:meta])*
        $name:ident, $kind:literal:
        $($(#[$doc:meta])* $variant:ident = $id:literal,)+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $id)] $variant,)+
        }

        impl $name {
            /// Every id, in the order of its list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The public id.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::terms::UnknownId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().copied().find(|id| id.as_str() == text);
                known.ok_or_else(|| $crate::terms::UnknownId { kind: $kind, name: text.to_owned() })
            }
        }
    };
}

pub(super) use id_enum;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::terms::{CauseId, CheckId};

    #[test]
    fn every_id_parses_back_to_itself_and_is_unique() {
        for check in CheckId::ALL {
            assert_eq!(check.as_str().parse(), Ok(*check));
        }
        for cause in CauseId::ALL {
            assert_eq!(cause.as_str().parse(), Ok(*cause));
        }
        let unique: HashSet<_> = CauseId::ALL.iter().map(|cause| cause.as_str()).collect();
        assert_eq!(unique.len(), CauseId::ALL.len());
    }

    #[test]
    fn an_unknown_id_is_named_in_the_error() {
        let error = "mailbox.imp".parse::<CheckId>().unwrap_err();
        assert_eq!(error.to_string(), "there is no check `mailbox.imp`");
        let error = "sign-in.nonsense".parse::<CauseId>().unwrap_err();
        assert_eq!(error.to_string(), "there is no cause `sign-in.nonsense`");
    }

    #[test]
    fn serde_uses_the_public_id() {
        assert_eq!(
            serde_json::to_string(&CauseId::ServiceThrottled).unwrap(),
            "\"service.throttled\""
        );
        assert!(serde_json::from_str::<CauseId>("\"service.thrott1ed\"").is_err());
    }
}
