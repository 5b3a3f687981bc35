//! The explanation of a decision about a request without headers and body.

use jeton_model::{
    Permission, ResourceType,
    binding::{Explanation, NotExplained},
    permission::which_permits,
};

use crate::{
    caller::Caller,
    decision::Decision,
    directory::Directory,
    gate::Gate,
    plan::{Plan, Step},
    refusal::Refusal,
    request::{CanonicalRequest, Head},
};

impl Gate {
    /// Explains the decision about a request, such as `GET /query?db=telegraf&q=SHOW MEASUREMENTS`. Spaces and
    /// other characters that an address does not contain are escaped, as clients do. A credential in it does not count.
    ///
    /// # Errors
    /// Fails if the text is no request, or if more than its address decides.
    pub fn explain(
        &self,
        request: &str,
        caller: &Caller<'_>,
        directory: &Directory,
    ) -> Result<Explanation, NotExplained> {
        let (method, target) = split(request).ok_or(NotExplained::NoRequest)?;
        let head = Head { method, target: &target, headers: &[] };
        let step = CanonicalRequest::parse(&head)
            .map_err(|malformed| self.malformed(malformed))
            .and_then(|request| self.classify(&request));
        match step {
            Ok(Step::Plan(plan)) => Ok(explained(plan, caller, directory)),
            Ok(Step::Body(_)) => Err(NotExplained::Body),
            Ok(Step::Syntax(_)) => Err(NotExplained::Syntax),
            Err(refusal) => Ok(refused(refusal)),
        }
    }
}

fn split(request: &str) -> Option<(&str, String)> {
    let (method, target) = request.trim().split_once(' ')?;
    let escaped = target.trim().bytes().map(|byte| match byte {
        b'"' | b'<' | b'>' => format!("%{byte:02X}"),
        b'!'..=b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    Some((method, escaped.collect()))
}

fn explained(plan: Plan, caller: &Caller<'_>, directory: &Directory) -> Explanation {
    let demand = plan.demand().words();
    let decision = plan.decide(caller, directory);
    Explanation {
        demand,
        permissions: deciding(&decision, caller, directory),
        is_allowed: !matches!(decision, Decision::Refuse(_)),
        decision: decision.words(),
    }
}

/// Explains a request that is refused whatever its caller may do.
fn refused(refusal: Refusal) -> Explanation {
    let decision = Decision::Refuse(refusal).words();
    let demand = "none: the request is refused to everyone".into();
    Explanation { demand, decision, is_allowed: false, permissions: Vec::new() }
}

/// Returns the permissions that allowed the actions on buckets.
fn deciding(decision: &Decision, caller: &Caller<'_>, directory: &Directory) -> Vec<String> {
    let (Decision::Allow(allowed), Caller::Token { permissions: held, .. }) = (decision, caller) else {
        return Vec::new();
    };
    let wanted = allowed
        .buckets
        .iter()
        .map(|(action, bucket)| Permission::on_in(*action, ResourceType::Buckets, *bucket, directory.org()));
    let mut deciding: Vec<String> =
        wanted.filter_map(|wanted| which_permits(held, &wanted).map(ToString::to_string)).collect();
    deciding.dedup();
    deciding
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jeton_model::{Action, BucketId, Id, OrgId};

    use crate::{
        directory::Binding,
        kind::{Kind, Settings},
    };

    use super::*;

    #[test]
    fn only_the_permissions_that_decide_are_named() {
        let (org, bucket) = (OrgId(Id::new(1).unwrap()), BucketId(Id::new(2).unwrap()));
        let binding = Binding { bucket, name: "iot".into(), database: "a".into(), policy: None, suspended: false };
        let directory = Directory::of_bindings(org, "acme", vec![binding], BTreeMap::new());
        let write = Permission::on_in(Action::Write, ResourceType::Buckets, bucket, org);
        let held = [Permission::in_org(Action::Read, ResourceType::Tasks, org), write];
        let gate = Gate::new(Kind::Victoriametrics, Settings::default());
        let explain = |request: &str| gate.explain(request, &Caller::Token { org, permissions: &held }, &directory);
        let allowed = explain("POST /write?db=a").unwrap();
        assert_eq!((allowed.is_allowed, allowed.permissions), (true, vec![write.to_string()]));
        for refused in ["GET //query", "POST /write?db=b", "DELETE /"] {
            let refused = explain(refused).unwrap();
            assert_eq!((refused.is_allowed, refused.permissions), (false, Vec::new()), "{}", refused.decision);
        }
        assert_eq!(explain("nothing"), Err(NotExplained::NoRequest));
    }
}
