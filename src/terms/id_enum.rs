//! The one macro behind every list of public ids.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// From this similarity (0 to 1) on, an id is worth suggesting for a mistyped one.
const LEAST_SIMILARITY: f64 = 0.75;

/// A name that is not an id of the list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownId {
    /// What was looked for, such as `check`.
    pub kind: &'static str,
    /// The name as given.
    pub name: String,
    /// The most similar id, where one is similar.
    pub nearest: Option<&'static str>,
}

impl UnknownId {
    pub(super) fn new(kind: &'static str, name: &str, ids: &[&'static str]) -> Self {
        let similarity = |id: &'static str| (strsim::jaro_winkler(name, id), id);
        let nearest = ids
            .iter()
            .map(|id| similarity(id))
            .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
            .max_by(|left, right| left.0.total_cmp(&right.0));
        Self {
            kind,
            name: name.to_owned(),
            nearest: nearest.map(|(_, id)| id),
        }
    }
}

impl fmt::Display for UnknownId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is no {} `{}`", self.kind, self.name)?;
        match self.nearest {
            Some(id) => write!(formatter, "; did you mean `{id}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownId {}

/// Reads an id, so that a mistyped one is an error that suggests the right one. The derived form would list all ids.
pub(super) fn deserialize_id<'de, I, D>(deserializer: D) -> Result<I, D::Error>
where
    I: FromStr<Err = UnknownId>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(IdVisitor(PhantomData))
}

struct IdVisitor<I>(PhantomData<I>);

impl<I: FromStr<Err = UnknownId>> Visitor<'_> for IdVisitor<I> {
    type Value = I;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a public id")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<I, E> {
        text.parse().map_err(E::custom)
    }
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
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
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
                known.ok_or_else(|| $crate::terms::UnknownId::new($kind, text, &[$($id,)+]))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::terms::id_enum::deserialize_id(deserializer)
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
        assert_eq!(
            error.to_string(),
            "there is no check `mailbox.imp`; did you mean `mailbox.impersonation`?"
        );
        let error = "nonsense".parse::<CauseId>().unwrap_err();
        assert_eq!(error.to_string(), "there is no cause `nonsense`");
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
