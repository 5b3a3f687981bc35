//! Operations of callers on the gates of this server.

use jeton_model::{
    BucketId, OrgId,
    binding::{Adoptions, Comparison, Confirmation, ExistingData, Explanation, GateBinding, NotExplained, RunningGate},
    console::{
        databases::{DatabasePage, GateDetails},
        gate_question::GateQuestion,
        list_query::ListQuery,
    },
};
use jeton_service::{
    Caller, Error,
    gates::{Found, LastFound, NewBinding, NotListed, ShownGate, VisibleGate},
};

use crate::{gates::Place, state::SharedState};

impl SharedState {
    /// Returns the gates that a caller may see.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn gates(&self, caller: &Caller) -> Result<Vec<VisibleGate>, Error> {
        self.service.visible_gates(caller, self.running_gates.all()).await
    }

    /// Returns a gate that a caller may see.
    ///
    /// # Errors
    /// Those of [`jeton_service::Service::visible_gate`].
    pub async fn gate(&self, caller: &Caller, name: &str) -> Result<VisibleGate, Error> {
        self.service.visible_gate(caller, self.running_gates.all(), name).await
    }

    /// Binds a bucket. The list of the upstream's databases shows whether the database may hold data already, on which
    /// the required permission depends.
    ///
    /// # Errors
    /// Those of [`Self::gate`] and [`jeton_service::Service::bind_guarded`].
    pub async fn bind(&self, caller: &Caller, name: &str, place: Place) -> Result<GateBinding, Error> {
        let gate = self.gate(caller, name).await?;
        let Place { bucket, database, policy } = place;
        self.service.check_binding(caller, &gate, &database)?;
        let found = self.running_gates.ask(name).await;
        let existing = ExistingData::of_list(gate.identity.kind, found.as_deref(), &database, policy.as_deref());
        self.service.bind_guarded(caller, &gate, NewBinding { bucket, database, policy, existing }).await
    }

    /// Makes a suspended bucket available again. Of InfluxDB 2, it takes over the name that it has there.
    ///
    /// # Errors
    /// Those of [`Self::gate`] and [`jeton_service::Service::confirm_bucket`].
    pub async fn confirm(&self, caller: &Caller, name: &str, bucket: BucketId) -> Result<(), Error> {
        let gate = self.gate(caller, name).await?;
        // The database is asked for operators alone.
        let asks = !gate.identity.kind.has_bindings() && self.service.check_comparison(caller).is_ok();
        let buckets = if asks { self.running_gates.ask_buckets(name, gate.identity.org).await } else { None };
        let there = buckets.and_then(|all| all.into_iter().find(|one| one.id == bucket)).map(|there| there.name);
        self.service.confirm_bucket(caller, &gate.identity, bucket, there.as_deref()).await
    }

    /// Makes those suspended buckets available again whose database the upstream has, and returns the outcome for each
    /// suspended bucket. `shown`: what the caller was shown; what was suspended since stays suspended.
    ///
    /// # Errors
    /// Those of [`Self::gate`], [`jeton_service::Service::confirmed_until`] and
    /// [`jeton_service::Service::confirm_found`].
    pub async fn confirm_all(
        &self,
        caller: &Caller,
        name: &str,
        shown: Option<&ShownGate>,
    ) -> Result<Vec<Confirmation>, Error> {
        let gate = self.gate(caller, name).await?;
        // The database is asked for operators alone.
        self.service.check_confirmation(caller).await?;
        let until = self.service.confirmed_until(&gate, shown)?;
        let found = self.found(&gate).await.ok();
        self.service.confirm_found(caller, &gate.identity, found.as_ref(), until).await
    }

    /// Compares the buckets of a gate with the databases or buckets of its upstream, and suspends those whose database
    /// vanished.
    ///
    /// # Errors
    /// Those of [`Self::gate`] and [`jeton_service::Service::compare_guarded`].
    pub async fn compare(&self, caller: &Caller, name: &str) -> Result<Comparison, Error> {
        let gate = self.gate(caller, name).await?;
        self.service.check_comparison(caller)?;
        let asked_at = self.service.now();
        let found = self.found(&gate).await.ok();
        let compared = self.service.compare_guarded(caller, &gate, found.as_ref(), asked_at).await?;
        if let Some(found) = found {
            self.comparisons.keep(name, LastFound { found, at: asked_at });
        }
        Ok(compared)
    }

    /// Creates a bucket for each database that no bucket stands for, and binds it; of InfluxDB 2, the organization and
    /// its buckets with their ids. `is_trial`: only says what would be done.
    ///
    /// # Errors
    /// Those of [`Self::gate`], [`jeton_service::Service::adopt`], [`jeton_service::Service::upstream_org`] and
    /// [`jeton_service::Service::adopt_org`].
    pub async fn adopt(&self, caller: &Caller, name: &str, is_trial: bool) -> Result<Adoptions, Error> {
        if let Some(gate) = self.service.adopting_gate(caller, self.running_gates.all(), name) {
            return self.adopt_org(caller, &gate, is_trial).await;
        }
        let gate = self.gate(caller, name).await?;
        self.service.check_comparison(caller)?;
        let found = self.running_gates.ask(name).await;
        let databases = if is_trial {
            self.service.adoptable(caller, &gate, found).await?
        } else {
            self.service.adopt(caller, &gate, found).await?
        };
        Ok(Adoptions { org: None, databases })
    }

    async fn adopt_org(&self, caller: &Caller, gate: &RunningGate, is_trial: bool) -> Result<Adoptions, Error> {
        let org = self.service.upstream_org(gate, self.running_gates.ask_orgs(&gate.name).await).await?;
        let buckets = self.running_gates.ask_buckets(&gate.name, org.id).await;
        if is_trial {
            return self.service.adoptable_org(caller, gate, &org, buckets).await;
        }
        self.service.adopt_org(caller, gate, &org, buckets).await
    }

    /// Returns a page of the gates of an organization, as the console shows them.
    ///
    /// # Errors
    /// Those of [`jeton_service::Service::gate_page`].
    pub async fn gate_page(&self, caller: &Caller, org: OrgId, query: &ListQuery) -> Result<DatabasePage, Error> {
        self.service.gate_page(caller, org, query, self.running_gates.all()).await
    }

    /// Returns a gate of an organization, as the console shows it.
    ///
    /// # Errors
    /// Those of [`jeton_service::Service::gate_details`].
    pub async fn gate_details(&self, caller: &Caller, org: OrgId, name: &str) -> Result<GateDetails, Error> {
        let gate = self.gate(caller, name).await?;
        self.service.gate_details(caller, org, gate, self.comparisons.of(name).as_deref()).await
    }

    /// Explains what a gate of an organization decides about a request. Nothing is sent, counted or recorded.
    ///
    /// # Errors
    /// Those of [`Self::gate`] and [`jeton_service::Service::token_of_question`].
    pub async fn explain(
        &self,
        caller: &Caller,
        org: OrgId,
        name: &str,
        question: &GateQuestion,
    ) -> Result<Result<Explanation, NotExplained>, Error> {
        let gate = self.gate(caller, name).await?;
        let token = self.service.token_of_question(caller, org, &gate, question.token).await?;
        Ok(self.running_gates.explain(name, &question.request, token.as_ref()).await)
    }

    /// Asks the database of a gate, and returns the gate with what that showed, and the differences between the buckets
    /// of InfluxDB 2 and those here.
    ///
    /// # Errors
    /// Those of [`Self::gate`] and [`jeton_service::Service::bucket_differences`].
    pub async fn check_gate(&self, caller: &Caller, name: &str) -> Result<(VisibleGate, Vec<String>), Error> {
        let gate = self.gate(caller, name).await?;
        self.service.check_comparison(caller)?;
        let asked_at = self.service.now();
        let found = self.found(&gate).await;
        let differences =
            self.service.bucket_differences(caller, &gate, found.as_ref().map_err(|reason| *reason), asked_at).await?;
        Ok((self.gate(caller, name).await?, differences))
    }

    /// Returns what the upstream of a gate has, if it gives a valid and complete list.
    async fn found(&self, gate: &VisibleGate) -> Result<Found, NotListed> {
        let name = &gate.identity.name;
        if gate.identity.kind.has_bindings() {
            return Found::of_databases(self.running_gates.ask(name).await);
        }
        Found::of_buckets(self.running_gates.ask_buckets(name, gate.identity.org).await)
    }
}
