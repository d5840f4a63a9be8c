//! Why a request was made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::terms::{CheckId, UnknownId};

/// The public name of a control.
const CONTROL: &str = "control";

/// Why a request was made: for a check, or as the control of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// A check needs the response.
    Check(CheckId),
    /// Shows whether the service decides about access before it looks at an item.
    Control,
}

impl Purpose {
    /// The public name: the id of the check, or `control`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check(check) => check.as_str(),
            Self::Control => CONTROL,
        }
    }
}

impl From<CheckId> for Purpose {
    fn from(check: CheckId) -> Self {
        Self::Check(check)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = UnknownId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == CONTROL {
            Ok(Self::Control)
        } else {
            text.parse().map(Self::Check)
        }
    }
}

impl Serialize for Purpose {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_reads_back() {
        let checks = CheckId::ALL.iter().copied().map(Purpose::from);
        for purpose in checks.chain([Purpose::Control]) {
            let text = serde_json::to_string(&purpose).unwrap();
            assert_eq!(text, format!("\"{purpose}\""));
            assert_eq!(serde_json::from_str::<Purpose>(&text).unwrap(), purpose);
        }
        assert!(serde_json::from_str::<Purpose>("\"mailbox.imp\"").is_err());
    }
}
