//! Causes by the role that can fix them.

use super::cause_order::NumberedCause;
use super::wording;

/// The causes of one role.
pub struct RoleCauses<'r> {
    /// The role, as the remedies name it.
    pub who: &'r str,
    /// Its causes, in the order of the report.
    pub causes: Vec<NumberedCause<'r>>,
}

/// Causes in groups: the role with the most urgent one first, then what only needs time.
pub fn by_role<'r>(causes: impl IntoIterator<Item = NumberedCause<'r>>) -> Vec<RoleCauses<'r>> {
    let mut roles: Vec<RoleCauses<'r>> = Vec::new();
    for numbered in causes {
        let who = numbered.cause.remedy.who.as_str();
        match roles.iter_mut().find(|role| role.who == who) {
            Some(role) => role.causes.push(numbered),
            None => roles.push(RoleCauses {
                who,
                causes: vec![numbered],
            }),
        }
    }
    // The sort is stable: the roles keep the order of their most urgent causes.
    roles.sort_by_key(|role| wording::needs_no_action(role.who));
    roles
}

#[cfg(test)]
mod tests {
    use super::super::{cause_order, sample_report};
    use super::*;

    #[test]
    fn roles_keep_the_order_of_their_most_urgent_cause() {
        let mut report = sample_report::report();
        for (index, cause) in report.causes.iter_mut().enumerate() {
            cause.remedy.who = ["nobody", "Exchange Administrator"][index % 2].to_owned();
        }
        let roles = by_role(cause_order::numbered_causes(&report));
        let shown: Vec<(&str, Vec<usize>)> = roles
            .iter()
            .map(|role| (role.who, role.causes.iter().map(|own| own.number).collect()))
            .collect();
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[0].0, "Exchange Administrator");
        assert!(shown.iter().all(|(_, numbers)| numbers.is_sorted()));
    }
}
