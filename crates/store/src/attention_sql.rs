//! A token's state and its reasons for attention, as SQL conditions.

use jeton_model::{
    OrgId, Timestamp,
    attention::{Attention, EXPIRING_DAYS, NEVER_USED_DAYS, UNUSED_DAYS},
    org_rules::OrgRules,
};

use crate::{Result, columns::from_id, query_builder::Sql};

/// The state of a token, its owner considered. A token is in at most one; an inactive one is in none, because nothing
/// about it deserves attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Orphaned,
    Expired,
    OwnerInactive,
    /// The token is live.
    Live,
}

impl State {
    /// Returns the only state in which a token gives a reason.
    pub(super) const fn of(kind: Attention) -> Self {
        match kind {
            Attention::Orphaned => Self::Orphaned,
            Attention::Expired => Self::Expired,
            Attention::OwnerInactive => Self::OwnerInactive,
            _ => Self::Live,
        }
    }
}

/// The parameters of the conditions.
pub(super) struct Conditions<'a> {
    /// The only organization that the statement is about. Its rules are then read once instead of for each token.
    pub(super) org: Option<OrgId>,
    pub(super) now: Timestamp,
    /// Rules to apply instead of those that the organization has.
    pub(super) rules: Option<&'a OrgRules>,
}

impl Conditions<'_> {
    /// Appends, after `FROM`, the tokens in a state. Its conditions are the leading columns of the attention index.
    pub(super) fn push_tokens(&self, sql: &mut Sql, state: State) -> Result<()> {
        self.push_all(sql)?;
        self.push_state(sql, state)
    }

    /// Appends, after `FROM`, the tokens in any state.
    pub(super) fn push_all(&self, sql: &mut Sql) -> Result<()> {
        sql.push("authorizations WHERE kind = 'v2'");
        if let Some(org) = self.org {
            sql.push(" AND org_id = ").bind(from_id(org))?;
        }
        Ok(())
    }

    /// Restricts a statement to the tokens in a state.
    pub(super) fn push_state(&self, sql: &mut Sql, state: State) -> Result<()> {
        match state {
            State::Orphaned => {
                sql.push(" AND (ended_at IS NOT NULL OR user_id NOT IN (SELECT id FROM users))");
            }
            State::Expired => {
                sql.push(
                    " AND status IN ('active', 'inactive') AND ended_at IS NULL AND user_id IN (SELECT id FROM users)",
                );
                sql.push(" AND expires_at <= ").bind(self.now.micros())?;
            }
            State::OwnerInactive => {
                self.push_active(sql, "user_id IN (SELECT id FROM users WHERE status <> 'active')")?;
            }
            State::Live => self.push_active(sql, "user_id IN (SELECT id FROM users WHERE status = 'active')")?,
        }
        Ok(())
    }

    fn push_active(&self, sql: &mut Sql, owner: &'static str) -> Result<()> {
        sql.push(" AND status = 'active' AND ended_at IS NULL AND ").push(owner);
        sql.push(" AND (expires_at IS NULL OR expires_at > ").bind(self.now.micros())?.push(")");
        Ok(())
    }

    /// Restricts live tokens to those that give one of these reasons.
    pub(super) fn push_any(&self, sql: &mut Sql, kinds: impl IntoIterator<Item = Attention>) -> Result<()> {
        sql.push("(1 = 0");
        for kind in kinds {
            sql.push(" OR (");
            self.push_reason(sql, kind)?;
            sql.push(")");
        }
        sql.push(")");
        Ok(())
    }

    fn push_reason(&self, sql: &mut Sql, kind: Attention) -> Result<()> {
        let days = |days: i64| self.now.plus_seconds(days * 86_400).micros();
        match kind {
            // Live tokens give none of these.
            Attention::Orphaned | Attention::Expired | Attention::OwnerInactive => sql.push("1 = 0"),
            Attention::Unused => sql.push("last_used_at <= ").bind(days(-UNUSED_DAYS))?,
            Attention::NeverUsed => sql.push("last_used_at IS NULL AND created_at <= ").bind(days(-NEVER_USED_DAYS))?,
            Attention::Expiring => sql.push("expires_at <= ").bind(days(EXPIRING_DAYS))?.push(
                " AND NOT EXISTS (SELECT 1 FROM authorizations AS successor WHERE successor.replaces_id = authorizations.id)",
            ),
            Attention::Operator => sql.push("breadth = 'operator'"),
            Attention::NoExpiry => sql.push("expires_at IS NULL"),
            Attention::OutOfLine => return self.push_out_of_line(sql),
        };
        Ok(())
    }

    /// Appends the condition that a token breaks a rule.
    fn push_out_of_line(&self, sql: &mut Sql) -> Result<()> {
        // Skips the scan if no token can break the rules.
        if self.rules.is_some_and(|rules| !rules.bind_tokens()) {
            sql.push("1 = 0");
            return Ok(());
        }
        sql.push("expires_at - created_at > ");
        self.push_rule(sql, "longest_life * 1000000")?;
        sql.push(" OR (expires_at IS NULL AND ");
        self.push_rule(sql, "CASE WHEN longest_life IS NULL THEN expiry_required ELSE 1 END")?;
        sql.push(" = 1) OR (");
        self.push_rule(sql, "description_required")?;
        // The ids come from the index of descriptions, because the attention index does not hold descriptions.
        sql.push(" = 1 AND id IN (SELECT nameless.id FROM authorizations AS nameless WHERE nameless.kind = 'v2' AND nameless.description_key = ''");
        if let Some(org) = self.org {
            sql.push(" AND nameless.org_id = ").bind(from_id(org))?;
        }
        sql.push("))");
        Ok(())
    }

    /// Appends a subquery for `rule`, an expression over the columns of `org_rules`. Without rules it is NULL, which
    /// makes every comparison fail.
    fn push_rule(&self, sql: &mut Sql, rule: &'static str) -> Result<()> {
        sql.push("(SELECT ").push(rule).push(" FROM ");
        match (self.rules, self.org) {
            (Some(rules), _) => {
                sql.push("(SELECT CAST(").bind(rules.longest_life)?.push(" AS BIGINT) AS longest_life, CAST(");
                sql.bind(i64::from(rules.expiry_required))?.push(" AS BIGINT) AS expiry_required, CAST(");
                sql.bind(i64::from(rules.description_required))?.push(" AS BIGINT) AS description_required) AS given");
            }
            (None, Some(org)) => _ = sql.push("org_rules WHERE org_rules.org_id = ").bind(from_id(org))?,
            (None, None) => _ = sql.push("org_rules WHERE org_rules.org_id = authorizations.org_id"),
        }
        sql.push(")");
        Ok(())
    }
}
