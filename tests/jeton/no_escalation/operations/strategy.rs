//! The random steps.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use jeton_model::{Action, ResourceType};

use super::{Grant, Step, What};

/// Returns any step. Creations and operations on tokens and sessions are more frequent than others.
pub fn any_step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    // As long as the templates' limited tokens live, and shorter, and longer.
    let life = option::of(select(vec![0, 60, 600, 3000, 7200]));
    let networks = option::of(select(vec!["", "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16,192.0.2.0/24"]));
    let what = prop_oneof![
        2 => Just(What::Create), 2 => select(What::OF_TOKENS), 1 => select(What::OF_SESSIONS), 4 => select(What::ALL)
    ];
    let parts =
        (index(), any::<bool>(), what, [index(), index()], vec(any_grant(), 1..4), life, networks, any::<bool>());
    parts.prop_map(|(who, in_session, what, which, grants, life, networks, on)| Step {
        who,
        in_session,
        what,
        which,
        grants,
        life,
        networks,
        on,
    })
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let kinds = [
        ResourceType::Authorizations,
        ResourceType::Buckets,
        ResourceType::Orgs,
        ResourceType::Users,
        ResourceType::Tasks,
        ResourceType::Instance,
    ];
    let index = any::<Index>;
    let any = (select(Action::ALL.as_slice()), select(kinds.to_vec()), option::of(index()), option::of(index()))
        .prop_map(|(action, kind, id, org)| Grant::Any { action, kind, id, org });
    prop_oneof![12 => index().prop_map(Grant::Held), 4 => any, 2 => index().prop_map(Grant::Dressed),
        1 => index().prop_map(Grant::Owner)]
}
