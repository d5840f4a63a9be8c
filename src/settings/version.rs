//! Versions of ResourceXpress, as far as this program needs to compare them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A version such as `2021.5 HF2`, `v2021.6` or `2024.1`. The parts compare in the order of release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductVersion {
    /// The year, four digits.
    pub year: u16,
    /// The release within the year.
    pub release: u16,
    /// A third number where there is one, else 0.
    pub patch: u16,
    /// The number of the hot fix, else 0.
    pub hot_fix: u16,
}

/// The text is not a version of ResourceXpress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("write it like \"2024.1\" or \"2021.5 HF2\"")]
pub struct NoProductVersion;

impl ProductVersion {
    /// The last version in which the Graph connection needs the Resource Login User ID as well (vendor's guide: v2021.5 HF2).
    pub const LAST_WITH_SERVICE_ACCOUNT_FOR_GRAPH: Self = Self {
        year: 2021,
        release: 5,
        patch: 0,
        hot_fix: 2,
    };

    /// Whether a Graph connection of this version needs the Resource Login User ID.
    pub fn graph_needs_service_account(self) -> bool {
        self <= Self::LAST_WITH_SERVICE_ACCOUNT_FOR_GRAPH
    }
}

impl FromStr for ProductVersion {
    type Err = NoProductVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_ascii_lowercase();
        let bare = lower.strip_prefix('v').unwrap_or(&lower);
        let (numbers, hot_fix) = match bare.split_once("hf") {
            Some((numbers, hot_fix)) => (numbers, number(hot_fix.trim())?),
            None => (bare, 0),
        };
        let (year, release, patch) = dotted_numbers(numbers.trim())?;
        if !(2000..3000).contains(&year) {
            return Err(NoProductVersion);
        }
        Ok(Self {
            year,
            release,
            patch,
            hot_fix,
        })
    }
}

/// Year, release and patch; the patch may be absent.
fn dotted_numbers(text: &str) -> Result<(u16, u16, u16), NoProductVersion> {
    let parts = text.split('.').map(number).collect::<Result<Vec<_>, _>>()?;
    match parts[..] {
        [year, release] => Ok((year, release, 0)),
        [year, release, patch] => Ok((year, release, patch)),
        _ => Err(NoProductVersion),
    }
}

fn number(text: &str) -> Result<u16, NoProductVersion> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NoProductVersion);
    }
    text.parse().map_err(|_| NoProductVersion)
}

impl fmt::Display for ProductVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.year, self.release)?;
        if self.patch > 0 {
            write!(formatter, ".{}", self.patch)?;
        }
        if self.hot_fix > 0 {
            write!(formatter, " HF{}", self.hot_fix)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ProductVersion {
        text.parse().unwrap()
    }

    #[test]
    fn the_vendors_spellings_are_understood() {
        assert_eq!(version("2021.5 HF2"), version("v2021.5hf2"));
        assert_eq!(version(" V2021.5 HF 2 ").to_string(), "2021.5 HF2");
        assert_eq!(version("2024.1").to_string(), "2024.1");
        assert_eq!(version("2022.4.3").to_string(), "2022.4.3");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "v",
            "2024",
            "24.1",
            "2024.x",
            "2024.1 HF",
            "2024.1.2.3",
            "2024.-1",
            "2024.99999",
            "latest",
        ] {
            assert!(text.parse::<ProductVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_service_account_is_needed_up_to_2021_5_hf2() {
        for text in ["2019.1", "2021.4", "2021.5", "2021.5 HF1", "2021.5 HF2"] {
            assert!(version(text).graph_needs_service_account(), "{text}");
        }
        for text in ["2021.5 HF3", "2021.6", "2021.10", "2024.1"] {
            assert!(!version(text).graph_needs_service_account(), "{text}");
        }
    }
}
