//! The JSON Schemas of the report, of the evidence of an administrator, of the setup guide, and of the fleet
//! report.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::evidence::AdministratorEvidence;

use super::fleet::FleetReport;
use super::{GuideDocument, Report};

/// The JSON Schema (draft 2020-12) of [`Report`], indented and with a line break at the end.
pub fn schema() -> String {
    schema_of::<Report>()
}

/// The JSON Schema (draft 2020-12) of [`AdministratorEvidence`], indented and with a line break at the end.
pub fn administrator_schema() -> String {
    schema_of::<AdministratorEvidence>()
}

/// The JSON Schema (draft 2020-12) of [`GuideDocument`], indented and with a line break at the end.
pub fn guide_schema() -> String {
    schema_of::<GuideDocument>()
}

/// The JSON Schema (draft 2020-12) of [`FleetReport`], indented and with a line break at the end.
pub fn fleet_schema() -> String {
    schema_of::<FleetReport>()
}

fn schema_of<T: JsonSchema>() -> String {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    format!("{:#}\n", schema.to_value())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample_report;
    use super::*;

    fn validator() -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        jsonschema::validator_for(&schema).unwrap()
    }

    fn instance() -> Value {
        serde_json::to_value(sample_report::report()).unwrap()
    }

    #[test]
    fn a_report_matches_its_schema() {
        let validator = validator();
        let instance = instance();
        let errors: Vec<_> = validator
            .iter_errors(&instance)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn added_fields_match_the_schema_of_the_same_major_version() {
        let mut instance = instance();
        instance["mood"] = json!("fine");
        instance["results"][0]["shade"] = json!("red");
        assert!(validator().is_valid(&instance));
    }

    #[test]
    fn an_invalid_report_does_not_match_the_schema() {
        let validator = validator();
        for (pointer, value) in [
            ("/summary/verdict", json!("fine")),
            ("/results/0/outcome", json!("warning")),
            ("/summary/counts/pass", json!(-1)),
            ("/evidence", json!([])),
            ("/causes/0/remedy/steps", json!("do it")),
        ] {
            let mut instance = instance();
            *instance.pointer_mut(pointer).unwrap() = value;
            assert!(!validator.is_valid(&instance), "{pointer}");
        }
    }
}
