//! Permissions that the chosen variant needs, and which of them this token can show.

use crate::knowledge::{self, Need};
use crate::terms::{NeedId, Resource};

use super::super::args::{ApiArgument, FeatureArgument, TokenArguments};

/// Needs of a variant, separated by the API of the token.
pub(super) struct TokenNeeds {
    /// Name of the variant for people.
    pub(super) variant: &'static str,
    /// Needs that a token for this API shows, and whether they are required.
    pub(super) here: Vec<(&'static Need, bool)>,
    /// Required needs of the other API, which make this token the wrong one.
    pub(super) wrong_token: Vec<&'static Need>,
    /// Optional needs of the other API, which this token cannot show.
    pub(super) unverifiable: Vec<&'static Need>,
}

impl TokenNeeds {
    /// Separates the needs by the API that the token is for. Bookings are always required, unless `--require` names a feature
    /// and this token is the one for that feature: the token is then assessed for the feature.
    pub(super) fn new(arguments: &TokenArguments, api: Resource) -> Self {
        // Without `--api`, the token itself shows which API is used for bookings.
        let variant = arguments.api.unwrap_or(match api {
            Resource::Exchange => ApiArgument::Ews,
            Resource::Graph => ApiArgument::Graph,
        });
        let (here, elsewhere): (Vec<_>, Vec<_>) = needs(arguments, variant)
            .into_iter()
            .partition(|requested| requested.need.api == api);
        let is_for_a_feature = here
            .iter()
            .any(|requested| requested.is_feature && requested.required);
        let (wrong_token, unverifiable): (Vec<_>, Vec<_>) =
            elsewhere.into_iter().partition(|requested| {
                requested.required && (requested.is_feature || !is_for_a_feature)
            });
        let need = |requested: RequestedNeed| requested.need;
        Self {
            variant: match variant {
                ApiArgument::Ews => "EWS",
                ApiArgument::Graph => "Graph",
            },
            here: here
                .into_iter()
                .map(|requested| (requested.need, requested.required))
                .collect(),
            wrong_token: wrong_token.into_iter().map(need).collect(),
            unverifiable: unverifiable.into_iter().map(need).collect(),
        }
    }
}

struct RequestedNeed {
    need: &'static Need,
    required: bool,
    is_feature: bool,
}

fn needs(arguments: &TokenArguments, variant: ApiArgument) -> Vec<RequestedNeed> {
    let calendar = NeedId::calendar(variant.into());
    let features = [
        (NeedId::MailSend, FeatureArgument::Mail),
        (NeedId::Users, FeatureArgument::UserSync),
        (NeedId::Groups, FeatureArgument::UserSync),
    ];
    let features = features.map(|(id, feature)| (id, arguments.require.contains(&feature), true));
    let all = [(calendar, true, false)].into_iter().chain(features);
    all.map(|(id, required, is_feature)| RequestedNeed {
        need: knowledge::need(id),
        required,
        is_feature,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids of the needs: required, optional, in the wrong token, unverifiable.
    fn need_ids(
        api: Option<ApiArgument>,
        require: &[FeatureArgument],
        token: Resource,
    ) -> [Vec<NeedId>; 4] {
        let arguments = TokenArguments {
            misplaced: Vec::new(),
            api,
            require: require.to_vec(),
        };
        let needs = TokenNeeds::new(&arguments, token);
        let ids = |needs: &[&'static Need]| needs.iter().map(|need| need.id).collect();
        let assessment = |required: bool| {
            needs
                .here
                .iter()
                .filter(|(_, is)| *is == required)
                .map(|(need, _)| need.id)
                .collect::<Vec<_>>()
        };
        [
            assessment(true),
            assessment(false),
            ids(&needs.wrong_token),
            ids(&needs.unverifiable),
        ]
    }

    const FEATURES: [NeedId; 3] = [NeedId::MailSend, NeedId::Users, NeedId::Groups];

    #[test]
    fn without_a_choice_the_token_decides_the_variant() {
        assert_eq!(
            need_ids(None, &[], Resource::Graph),
            [
                vec![NeedId::GraphCalendar],
                FEATURES.to_vec(),
                vec![],
                vec![]
            ]
        );
        assert_eq!(
            need_ids(None, &[], Resource::Exchange),
            [vec![NeedId::EwsCalendar], vec![], vec![], FEATURES.to_vec()]
        );
    }

    #[test]
    fn a_token_of_the_other_variant_is_the_wrong_one() {
        let ews = need_ids(Some(ApiArgument::Ews), &[], Resource::Graph);
        assert_eq!(
            ews,
            [vec![], FEATURES.to_vec(), vec![NeedId::EwsCalendar], vec![]]
        );
        let graph = need_ids(Some(ApiArgument::Graph), &[], Resource::Exchange);
        assert_eq!(
            graph,
            [
                vec![],
                vec![],
                vec![NeedId::GraphCalendar],
                FEATURES.to_vec()
            ]
        );
    }

    #[test]
    fn a_graph_token_with_the_ews_variant_serves_the_requested_feature() {
        let mail = need_ids(
            Some(ApiArgument::Ews),
            &[FeatureArgument::Mail],
            Resource::Graph,
        );
        assert_eq!(
            mail,
            [
                vec![NeedId::MailSend],
                vec![NeedId::Users, NeedId::Groups],
                vec![],
                vec![NeedId::EwsCalendar]
            ]
        );
    }

    #[test]
    fn a_requested_feature_requires_a_graph_token() {
        let all = [FeatureArgument::Mail, FeatureArgument::UserSync];
        for api in [None, Some(ApiArgument::Ews)] {
            assert_eq!(
                need_ids(api, &all, Resource::Exchange),
                [vec![NeedId::EwsCalendar], vec![], FEATURES.to_vec(), vec![]]
            );
        }
    }
}
