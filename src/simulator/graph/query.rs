//! Query options: `$select`, `$top`, and pages of lists.

use serde_json::{Map, Value, json};

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};

use super::error::GraphRefusal;

const KNOWN: &[&str] = &[
    "$select",
    "$top",
    "$skip",
    "$filter",
    "$search",
    "$count",
    "$orderby",
    "$expand",
    "$skiptoken",
    "$format",
];

/// The query options of a call.
#[derive(Debug, Default)]
pub(crate) struct Query {
    options: Vec<(String, String)>,
    scheme: String,
}

impl Query {
    /// Reads the options; one that Graph does not know is refused. `scheme` is that of links to further pages.
    pub(crate) fn read(request: &SimulatedRequest, scheme: &str) -> Result<Query, GraphRefusal> {
        let options = request.query();
        let stranger = options
            .iter()
            .find(|(name, _)| name.starts_with('$') && !KNOWN.contains(&name.as_str()));
        match stranger {
            Some((name, _)) => Err(GraphRefusal::bad_request(format!(
                "Query option '{name}' is not known."
            ))),
            None => Ok(Query {
                options,
                scheme: scheme.to_owned(),
            }),
        }
    }

    /// The value of an option; names are compared without case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// `$top`, which is at least 1 and at most 999.
    pub(crate) fn top(&self) -> Result<Option<usize>, GraphRefusal> {
        self.get("$top")
            .map(|text| match text.parse() {
                Ok(top @ 1..=999) => Ok(top),
                _ => Err(GraphRefusal::bad_request(format!(
                    "Invalid page size specified: '{text}'. Must be between 1 and 999 inclusive."
                ))),
            })
            .transpose()
    }

    /// `$skip`, which is at least 0.
    pub(crate) fn skip(&self) -> Result<usize, GraphRefusal> {
        let Some(text) = self.get("$skip") else {
            return Ok(0);
        };
        text.parse().map_err(|_| {
            GraphRefusal::bad_request(format!("Invalid value '{text}' for $skip query option."))
        })
    }

    /// The object with the selected properties only. The id always stays.
    pub(crate) fn select(&self, object: Value) -> Value {
        let (Some(selected), Value::Object(properties)) = (self.get("$select"), &object) else {
            return object;
        };
        let kept: Map<String, Value> = properties
            .iter()
            .filter(|(name, _)| {
                *name == "id"
                    || name.starts_with('@')
                    || selected.split(',').any(|one| one.trim() == name.as_str())
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Value::Object(kept)
    }

    /// A list, cut to one page, with the link to the next. What is on no page is not made.
    pub(crate) fn list(
        &self,
        request: &SimulatedRequest,
        context: &str,
        all: impl IntoIterator<Item = Value>,
    ) -> Result<SimulatedResponse, GraphRefusal> {
        let size = self.top()?.unwrap_or(100);
        let start: usize = self
            .get("$skiptoken")
            .and_then(|token| token.parse().ok())
            .unwrap_or(0);
        let mut rest = all.into_iter().skip(start);
        let page: Vec<Value> = rest
            .by_ref()
            .take(size)
            .map(|object| self.select(object))
            .collect();
        let more = rest.next().is_some();
        let mut body = json!({"@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#{context}"), "value": page});
        if more {
            body["@odata.nextLink"] = json!(self.next_link(request, "$skiptoken", start + size));
        }
        Ok(SimulatedResponse::json(200, &body))
    }

    /// The same request from the object `start` on, which the option `by` names.
    pub(crate) fn next_link(&self, request: &SimulatedRequest, by: &str, start: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self
            .options
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case(by))
        {
            query.append_pair(name, value);
        }
        query.append_pair(by, &start.to_string());
        // The link must lead back to the simulator, so it uses the host of the request.
        let host = request.header("host").unwrap_or("graph.microsoft.com");
        format!(
            "{}://{host}{}?{}",
            self.scheme,
            request.path(),
            query.finish()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::get;

    fn query(target: &str) -> Query {
        Query::read(&get(target), "https").unwrap()
    }

    #[test]
    fn select_keeps_the_id() {
        let selected =
            query("/v1.0/users?$select=mail").select(json!({"id": "1", "mail": "a", "city": "b"}));
        assert_eq!(selected, json!({"id": "1", "mail": "a"}));
    }

    #[test]
    fn a_list_is_cut_into_pages() {
        let request = get("/v1.0/users?$top=2");
        let all = || (0..3).map(|number| json!({ "id": number }));
        let first = query("/v1.0/users?$top=2")
            .list(&request, "users", all())
            .unwrap()
            .text();
        assert!(first.contains("%24skiptoken=2"), "{first}");
        let second = query("/v1.0/users?$top=2&$skiptoken=2")
            .list(&request, "users", all())
            .unwrap()
            .text();
        assert!(
            second.contains(r#""value":[{"id":2}]"#) && !second.contains("nextLink"),
            "{second}"
        );
    }

    #[test]
    fn a_link_to_the_next_page_speaks_as_the_tenant_is_served() {
        let query = Query::read(&get("/v1.0/users?$top=1"), "http").unwrap();
        let link = query.next_link(&get("/v1.0/users?$top=1"), "$skip", 1);
        assert_eq!(
            link,
            "http://graph.microsoft.com/v1.0/users?%24top=1&%24skip=1"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Query::read(&get("/v1.0/users?$tpo=1"), "https").is_err());
        assert!(query("/v1.0/users?$top=0").top().is_err());
        assert!(query("/v1.0/users?$skip=-1").skip().is_err());
    }
}
