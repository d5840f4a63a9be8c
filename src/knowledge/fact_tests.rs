//! Tests of facts that were wrong or outdated once, over the text of every knowledge file.
//!
//! Each test is about a kind of error, so that the next instance of it fails as well.

use crate::terms::CauseId;

use super::table::FILES;

/// The lines of every file that are not comments, with the place of each.
fn lines() -> impl Iterator<Item = (String, &'static str)> {
    FILES.iter().flat_map(|file| {
        let name = file.name;
        let numbered = file
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with('#'));
        numbered.map(move |(number, line)| (format!("{name}:{}", number + 1), line))
    })
}

/// Asserts that no line holds one of these texts, whatever its case.
fn assert_no_line_holds(texts: &[&str]) {
    for (place, line) in lines() {
        for text in texts {
            assert!(
                !line.to_lowercase().contains(&text.to_lowercase()),
                "{place} holds `{text}`: {line}"
            );
        }
    }
}

/// Microsoft moved the pages of the Exchange cmdlets, and turned the Graph page about access policies into one about RBAC
/// for Applications.
#[test]
fn no_link_leads_to_a_page_that_moved() {
    assert_no_line_holds(&[
        "/powershell/module/exchange/",
        "graph/auth-limit-mailbox-access",
    ]);
}

/// The menu of the Microsoft Entra admin center: Entra ID > App registrations, Enterprise apps, Monitoring & health.
#[test]
fn menus_are_named_as_the_entra_admin_center_names_them() {
    assert_no_line_holds(&[
        "admin center > App registrations",
        "admin center > Enterprise",
        "Enterprise applications >",
        "admin center > Sign-in logs",
        "admin center > Audit logs",
        "and Sign-in logs",
    ]);
    for (place, line) in lines() {
        for menu in [
            "App registrations",
            "Enterprise apps",
            "Monitoring & health",
        ] {
            for (at, _) in line.match_indices(menu) {
                assert!(
                    line[..at].ends_with("Entra ID > "),
                    "{place}: the way to {menu} begins with Entra ID: {line}"
                );
            }
        }
    }
}

#[test]
fn every_known_portal_is_an_entra_admin_center() {
    for cloud in super::clouds() {
        let portal = cloud.portal.as_deref();
        assert!(
            portal.is_none_or(|portal| portal.starts_with("https://entra.microsoft")),
            "{}",
            cloud.id
        );
    }
    let steps = &super::cause(CauseId::TenantWrongCloud)
        .case("unnamed")
        .unwrap()
        .steps;
    for portal in super::clouds()
        .iter()
        .filter_map(|cloud| cloud.portal.as_deref())
    {
        let host = portal.trim_start_matches("https://");
        assert!(
            steps.iter().any(|step| step.contains(host)),
            "no text names the cloud of {host}"
        );
    }
}

/// The block of frontline licenses over EWS was called off on 22 September 2026:
/// <https://techcommunity.microsoft.com/blog/exchange/update-to-ews-access-for-kiosk--frontline-worker-licensed-users/4474299>.
/// A text that still names one of them sends a customer to buy licenses for nothing.
#[test]
fn no_text_blames_a_frontline_license() {
    let wrong = ["kiosk", "frontline", "f1", "f3"];
    for (place, line) in lines() {
        let words = line.split(|character: char| !character.is_alphanumeric() && character != '-');
        for word in words.map(str::to_lowercase) {
            assert!(
                !wrong.contains(&word.as_str()),
                "{place} names {word}: {line}"
            );
        }
    }
}

/// `[RAOP]` was reported from tenants without any policy; the way that cured it must be in the remedy.
#[test]
fn the_marker_of_an_access_policy_proves_none() {
    let cause = super::cause(CauseId::MailboxOutsideAccessPolicy);
    assert_eq!(cause.confidence, crate::terms::Confidence::Likely);
    let steps = cause.steps.join("\n");
    for step in [
        "New-ServicePrincipal",
        "New-ManagementRoleAssignment",
        "AppId *",
        "couldn't be found",
        "administrators",
    ] {
        assert!(steps.contains(step), "no step names {step}");
    }
    assert!(
        !steps.contains("direct members"),
        "nested groups count for an access policy"
    );
}

/// Tenants can forbid new secrets; ResourceXpress knows nothing but secrets.
/// <https://learn.microsoft.com/entra/identity/enterprise-apps/tutorial-enforce-secret-standards>
#[test]
fn every_remedy_with_a_new_secret_covers_tenants_that_forbid_secrets() {
    let with_secret = super::causes()
        .iter()
        .filter(|cause| cause.steps.join("\n").contains("New client secret"));
    let mut count = 0;
    for cause in with_secret {
        assert!(
            cause
                .steps
                .iter()
                .any(|step| step.contains("app management policy")),
            "{}",
            cause.id
        );
        assert!(
            cause
                .links
                .iter()
                .any(|link| link.ends_with("tutorial-enforce-secret-standards")),
            "{}",
            cause.id
        );
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

/// <https://learn.microsoft.com/entra/identity/enterprise-apps/deactivate-app-registration>
#[test]
fn a_disabled_app_is_looked_for_in_all_three_places() {
    let steps = super::cause(CauseId::SignInAppDisabled).steps.join("\n");
    for place in [
        "Enabled for users to sign-in?",
        "Deactivated applications",
        "disabledByMicrosoftStatus",
    ] {
        assert!(steps.contains(place), "no step names {place}");
    }
}

/// Both cmdlets report an empty result as an error, at which an engineer would stop.
#[test]
fn a_remedy_that_reads_policies_or_roles_explains_the_error_of_an_empty_result() {
    for cause in super::causes() {
        let commands: String = cause
            .commands
            .iter()
            .map(|command| command.text.as_str())
            .collect();
        let reads = [
            "Get-ApplicationAccessPolicy",
            "Test-ServicePrincipalAuthorization",
        ];
        let registers_the_app_first = commands.contains("New-ServicePrincipal");
        let known_to_have_a_role = cause.id == CauseId::GrantByExchangeRbac;
        if reads.iter().any(|cmdlet| commands.contains(cmdlet))
            && !registers_the_app_first
            && !known_to_have_a_role
        {
            assert!(
                cause
                    .steps
                    .iter()
                    .any(|step| step.contains("couldn't be found")),
                "{}",
                cause.id
            );
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The months that a line names with their year, as numbers that can be compared.
fn months_in(line: &str) -> Vec<(i16, i8)> {
    let words: Vec<&str> = line
        .split(|character: char| !character.is_alphanumeric())
        .collect();
    let month = |word: &str| {
        (1..)
            .zip(MONTHS)
            .find(|(_, name)| *name == word)
            .map(|(number, _)| number)
    };
    let year = |word: &str| word.parse().ok().filter(|year| (2000..2100).contains(year));
    words
        .windows(2)
        .filter_map(|pair| Some((year(pair[1])?, month(pair[0])?)))
        .collect()
}

/// A text with a month in it becomes wrong by itself when the month has come.
#[test]
fn a_month_that_is_over_is_not_announced_and_one_to_come_is_no_fact() {
    assert_eq!(
        months_in("by the end of December 2026: x, 1 April 2027"),
        [(2026, 12), (2027, 4)]
    );
    let known = super::dates().knowledge_date;
    for (place, line) in lines() {
        for month in months_in(line) {
            let announced = ["announced", "roadmap", "EWS"]
                .iter()
                .any(|word| line.contains(word));
            if month > (known.year(), known.month()) {
                assert!(
                    announced,
                    "{place} states what is to come as a fact: {line}"
                );
            } else {
                assert!(
                    !line.contains(" will "),
                    "{place} announces what is over: {line}"
                );
            }
        }
    }
}
