//! The gates: each is a proxy on an address of its own, or answers forward-auth requests. A reload of the configuration
//! file starts, replaces and stops them.

mod bindings;
mod counting;
mod encryption;
mod error;
mod gate_server;
mod listening;
mod own_api;
mod registry;
mod running;
mod settings;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use jeton_proxy::{ConfigError, ForwardAuth, ProxyGate, end_shadows, serve};
use tokio::{
    sync::watch,
    task::{self, JoinError, JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval, timeout},
};

use crate::config::gates::LoadedGate;

use super::config_watch::Gates as Configured;

use bindings::StoredBindings;
use counting::keep_counting;
use listening::{Held, Listening};
use running::RegisteredGate;

pub use error::GateError;
pub use gate_server::GateServer;
pub use registry::GateRegistry;
pub use settings::checked;

/// Time between two attempts to run the gates that are configured and do not run.
const RETRY_EVERY: Duration = Duration::from_secs(5);

/// Maximum time of running exchanges after the signal to stop the server.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// The names of the running gates, each with the address on which it listens.
pub type Addresses = BTreeMap<String, SocketAddr>;

/// The running gates.
pub struct Gates {
    addresses: watch::Receiver<Addresses>,
    following: JoinHandle<()>,
}

impl Gates {
    /// Starts the configured gates, and follows changes of the configuration. They stop when the sender of `running` is
    /// dropped.
    ///
    /// # Errors
    /// Fails if one of them cannot run; none does then.
    pub fn start(
        mut configured: watch::Receiver<Configured>,
        server: GateServer,
        registry: GateRegistry,
        running: watch::Receiver<()>,
    ) -> Result<Self, GateError> {
        let mut set = GateSet::new(server, registry);
        let gates = configured.borrow_and_update().clone();
        let begun: Result<Vec<_>, _> = gates.iter().map(|gate| set.prepare(gate, &[])).collect();
        for gate in begun? {
            set.run(gate)?;
        }
        set.publish();
        let addresses = set.addresses.subscribe();
        Ok(Self { addresses, following: tokio::spawn(set.follow(configured, running)) })
    }

    /// Returns the addresses of the gates, as they are after each reload.
    pub fn addresses(&self) -> watch::Receiver<Addresses> {
        self.addresses.clone()
    }

    /// Waits until the gates have stopped.
    pub async fn finished(self) {
        drop(self.following.await);
    }
}

/// The gates of the last configuration that could be used.
struct GateSet {
    server: GateServer,
    running: BTreeMap<String, Running>,
    /// The gates that run, and those that finish their exchanges.
    tasks: JoinSet<()>,
    addresses: watch::Sender<Addresses>,
    counted: watch::Sender<Vec<ProxyGate>>,
    registry: GateRegistry,
    /// The gates that could not be run as they are configured now, with the reason that was logged.
    failed: BTreeMap<String, String>,
}

/// A gate that runs.
struct Running {
    loaded: LoadedGate,
    gate: ProxyGate,
    bindings: Arc<StoredBindings>,
    /// `None` for a gate that only answers reverse proxies.
    listening: Option<Listening>,
    /// The task that serves it, once it does.
    task: Option<task::Id>,
    /// Stops the gate when dropped.
    stop: watch::Sender<()>,
}

impl Running {
    fn listens_with(&self, listening: &Listening) -> bool {
        self.listening.as_ref().is_some_and(|own| own.is(listening))
    }

    fn registered(&self) -> RegisteredGate {
        RegisteredGate {
            settings: self.loaded.settings.clone(),
            has_credential: self.loaded.credential.is_some(),
            address: self.listening.as_ref().map(|listening| listening.address),
            bindings: self.bindings.clone(),
            gate: self.gate.clone(),
        }
    }
}

impl GateSet {
    fn new(server: GateServer, registry: GateRegistry) -> Self {
        Self {
            server,
            running: BTreeMap::new(),
            tasks: JoinSet::new(),
            addresses: watch::Sender::default(),
            counted: watch::Sender::default(),
            registry,
            failed: BTreeMap::new(),
        }
    }

    /// Returns a gate that does not serve yet. It takes the listener that already has its address, whichever gate has
    /// it now: no client is turned away meanwhile. `held`: the listeners of all gates before the change.
    fn prepare(&self, loaded: &LoadedGate, held: &[Held]) -> Result<Running, GateError> {
        let config = checked(loaded, self.server.has_certificate())?;
        let bindings = self.server.bindings(&loaded.settings);
        let context = self.server.context(&loaded.settings, Arc::clone(&bindings))?;
        let earlier = self.running.get(&config.name);
        let gate = ProxyGate::within(&config, context, earlier.map(|earlier| &earlier.gate))?;
        let own = earlier.filter(|earlier| earlier.loaded.settings.listen == loaded.settings.listen);
        let own = own.and_then(|own| own.listening.as_ref());
        let wanted = loaded.settings.listen;
        let listening = wanted.map(|wanted| Listening::take(&config.name, wanted, own, held)).transpose()?;
        Ok(Running { loaded: loaded.clone(), gate, bindings, listening, task: None, stop: watch::Sender::default() })
    }

    /// Lets a gate serve, instead of the one of the same name, and of the one that had its listener.
    fn run(&mut self, mut new: Running) -> Result<(), GateError> {
        let (name, upstream) = (new.gate.name().to_owned(), &new.loaded.settings.upstream);
        let stopped = dropped(new.stop.subscribe());
        let served = match (&new.listening, ForwardAuth::of(&new.gate)) {
            (Some(listening), _) => {
                let address = listening.address;
                let listener = listening.shared();
                let listener = listener.map_err(|error| GateError::Listen { name: name.clone(), address, error })?;
                tracing::info!(gate = name, %address, %upstream, "a gate listens");
                // Two gates that share a listener would each accept some of the connections.
                self.running.retain(|_, running| !running.listens_with(listening));
                // A replaced or removed gate ends its remaining exchanges itself when their time is over.
                let finish = new.loaded.settings.max_exchange;
                self.tasks.spawn(serve(listener, new.gate.clone(), stopped, finish))
            }
            (None, Some(forward_auth)) => {
                tracing::info!(gate = name, %upstream, "a gate answers reverse proxies");
                self.tasks.spawn(forward_auth.guard(stopped))
            }
            // Validated when the configuration was read.
            (None, None) => return Err(ConfigError::Unsupported(name, "a gate without listen").into()),
        };
        new.task = Some(served.id());
        self.running.insert(name, new);
        Ok(())
    }

    fn publish(&self) {
        let listening = self.running.iter().filter_map(|(name, gate)| Some((name, gate.listening.as_ref()?)));
        self.addresses.send_replace(listening.map(|(name, listening)| (name.clone(), listening.address)).collect());
        self.server.note_orgs(self.running.values().map(|running| &running.loaded.settings));
        let forward_auth =
            self.running.iter().filter_map(|(name, gate)| Some((name.clone(), ForwardAuth::of(&gate.gate)?)));
        self.registry.forward_auth.send_replace(forward_auth.collect());
        self.registry.gates.send_replace(self.running.values().map(Running::registered).collect());
        self.counted.send_replace(self.running.values().map(|running| running.gate.clone()).collect());
    }

    /// Returns whether a gate runs as it is configured.
    fn runs(&self, configured: &LoadedGate) -> bool {
        let running = self.running.get(configured.settings.name.as_str());
        running.is_some_and(|running| running.loaded == *configured)
    }

    /// Changes the gates to those that are configured now. A gate that cannot run is logged, and its earlier form goes
    /// on, unless another gate is configured with its address. Gates that stop finish their exchanges.
    fn change_to(&mut self, configured: &Configured) {
        let listener = |running: &Running| Some((running.loaded.settings.listen?, running.listening.clone()?));
        let held: Vec<Held> = self.running.values().filter_map(listener).collect();
        self.stop_others(configured);
        let new: Vec<&LoadedGate> = configured.iter().filter(|gate| !self.runs(gate)).collect();
        let prepared: Vec<_> = new.iter().map(|gate| (&gate.settings.name, self.prepare(gate, &held))).collect();
        for (name, gate) in prepared {
            match gate.and_then(|gate| self.run(gate)) {
                Ok(()) => drop(self.failed.remove(name.as_str())),
                Err(error) => self.note_failure(name.as_str(), error.to_string()),
            }
        }
        self.publish();
    }

    fn stop_others(&mut self, configured: &Configured) {
        let names: Vec<&str> = configured.iter().map(|gate| gate.settings.name.as_str()).collect();
        self.running.retain(|name, _| {
            let stays = names.contains(&name.as_str());
            if !stays {
                tracing::info!(gate = name, "a gate stops");
            }
            stays
        });
    }

    /// Notes the end of a task. A gate whose task ended although nothing stopped it does not run any more.
    fn note_end(&mut self, ended: &Result<(task::Id, ()), JoinError>) {
        let task = match ended {
            Ok((task, ())) => *task,
            Err(error) => error.id(),
        };
        let is_its = |(_, running): &(&String, &Running)| running.task == Some(task);
        let Some(name) = self.running.iter().find(is_its).map(|(name, _)| name.clone()) else { return };
        self.running.remove(&name);
        tracing::error!(gate = name, "a gate ended because of a defect, and is started again");
        self.publish();
    }

    /// Logs why a gate does not run as it is configured, once for each reason.
    fn note_failure(&mut self, name: &str, reason: String) {
        if self.failed.get(name) != Some(&reason) {
            tracing::error!("a gate stays as it was, and is tried again every 5 seconds: {reason}");
            self.failed.insert(name.to_owned(), reason);
        }
    }

    /// Follows the configuration until the sender of `running` is dropped, then waits for the gates.
    async fn follow(mut self, mut configured: watch::Receiver<Configured>, running: watch::Receiver<()>) {
        let counting = tokio::spawn(keep_counting(self.counted.subscribe(), running.clone()));
        let mut current = configured.borrow().clone();
        let mut retry = interval(RETRY_EVERY);
        retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopped = std::pin::pin!(dropped(running));
        loop {
            tokio::select! {
                () = stopped.as_mut() => break,
                changed = configured.changed() => match changed {
                    Ok(()) => {
                        current = configured.borrow_and_update().clone();
                        self.failed.clear();
                        self.change_to(&current);
                    }
                    // The watch of the file ended, because the server stops.
                    Err(_) => {
                        stopped.as_mut().await;
                        break;
                    }
                },
                _ = retry.tick() => if !current.iter().all(|gate| self.runs(gate)) {
                    self.change_to(&current);
                },
                Some(ended) = self.tasks.join_next_with_id() => self.note_end(&ended),
            }
        }
        let gates: Vec<ProxyGate> =
            std::mem::take(&mut self.running).into_values().map(|running| running.gate).collect();
        let finished = timeout(FINISH_WITHIN, async { while self.tasks.join_next().await.is_some() {} }).await;
        self.tasks.shutdown().await;
        if finished.is_err() {
            tracing::warn!("some exchanges of gates were still running when the server stopped");
            // A gate whose task was aborted has not deleted them.
            for gate in &gates {
                end_shadows(gate).await;
            }
        }
        self.registry.clear();
        drop(counting.await);
    }
}

/// Resolves when the sender is dropped, which sends nothing.
async fn dropped(mut sender: watch::Receiver<()>) {
    while sender.changed().await.is_ok() {}
}
