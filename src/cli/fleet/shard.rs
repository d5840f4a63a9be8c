//! A part of the customers, for one of several machines.

use std::env;

use ring::digest::{SHA256, digest};

/// The variable in which Kubernetes hands the number of a pod of an Indexed Job over, from 0.
const INDEX_VARIABLE: &str = "JOB_COMPLETION_INDEX";
/// The word for a part whose number the variable names.
const AUTO: &str = "auto";
/// More parts than this are a mistake.
const MOST: u32 = 10_000;

/// Part `index` (from 1) of `count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Every customer.
    pub(super) const WHOLE: Self = Self { index: 1, count: 1 };

    /// Reads `I/N` or `auto/N`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let of_job = env::var(INDEX_VARIABLE).ok();
        Self::read(text, of_job.as_deref())
    }

    fn read(text: &str, of_job: Option<&str>) -> Result<Self, String> {
        let form = || "write a part and the number of parts, such as 1/4 or auto/4".to_owned();
        let (index, count) = text.trim().split_once('/').ok_or_else(form)?;
        let count: u32 = count.parse().map_err(|_| form())?;
        let index = if index == AUTO {
            let of_job = of_job.ok_or_else(|| {
                format!("auto needs the variable {INDEX_VARIABLE}, which Kubernetes sets in the pods of an Indexed Job")
            })?;
            let from_zero: u32 = of_job
                .parse()
                .map_err(|_| format!("{INDEX_VARIABLE} is not a number"))?;
            from_zero.saturating_add(1)
        } else {
            index.parse().map_err(|_| form())?
        };
        if !(1..=MOST).contains(&count) || !(1..=count).contains(&index) {
            return Err(format!(
                "part {index} of {count} does not exist; parts count from 1, and there are at most {MOST}"
            ));
        }
        Ok(Self { index, count })
    }

    /// Whether a customer belongs to this part. It depends on the name alone, so every machine decides the same.
    pub(super) fn contains(self, customer: &str) -> bool {
        let hash = digest(&SHA256, customer.as_bytes());
        let first = hash.as_ref().iter().take(8);
        let number = first.fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % u64::from(self.count) == u64::from(self.index - 1)
    }

    /// The name of the file with the state of a run of this part.
    pub(super) fn state_file(self) -> String {
        format!(".rx-preflight-fleet-{}-of-{}.json", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_customer_belongs_to_exactly_one_part() {
        for count in 1..=7 {
            let parts: Vec<Shard> = (1..=count).map(|index| Shard { index, count }).collect();
            for customer in (0..500).map(|number| format!("customer-{number}")) {
                let of: Vec<_> = parts
                    .iter()
                    .filter(|part| part.contains(&customer))
                    .collect();
                assert_eq!(of.len(), 1, "{customer} of {count}");
            }
        }
    }

    /// Machines with different versions of the program share the work of one night.
    #[test]
    fn the_part_of_a_name_never_changes() {
        let part = |name: &str| {
            (1..=4).find(|index| {
                Shard {
                    index: *index,
                    count: 4,
                }
                .contains(name)
            })
        };
        let parts = ["contoso", "fabrikam", "Müller GmbH"].map(|name| part(name).unwrap());
        assert_eq!(parts, [4, 3, 2]);
    }

    #[test]
    fn there_are_at_most_so_many_parts() {
        assert!(Shard::read(&format!("1/{MOST}"), None).is_ok());
        let error = Shard::read(&format!("1/{}", MOST + 1), None).unwrap_err();
        assert!(error.contains("at most 10000"), "{error}");
    }

    #[test]
    fn reads_a_part_or_takes_it_from_the_job() {
        assert_eq!(Shard::read("2/4", None), Ok(Shard { index: 2, count: 4 }));
        assert_eq!(
            Shard::read("auto/4", Some("0")),
            Ok(Shard { index: 1, count: 4 })
        );
        assert_eq!(
            Shard::read("auto/4", Some("3")),
            Ok(Shard { index: 4, count: 4 })
        );
        for (text, of_job) in [
            ("0/4", None),
            ("5/4", None),
            ("1/0", None),
            ("4", None),
            ("a/b", None),
            ("-1/4", None),
            ("auto/4", None),
            ("auto/4", Some("4")),
            ("auto/4", Some("x")),
        ] {
            assert!(Shard::read(text, of_job).is_err(), "{text} {of_job:?}");
        }
    }
}
