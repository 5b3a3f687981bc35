//! The parts of the server that gates use.

use std::{path::PathBuf, sync::Arc};

use jeton_http::settings::Settings;
use jeton_model::binding::GateKind;
use jeton_proxy::{Encryption, Influxdb2Context, OwnApi, ServerContext};
use jeton_service::Service;

use crate::{
    config::gates::{Auth, GateSettings},
    server::{
        acceptor::Acceptor,
        front::Front,
        instance::{self, InstanceError},
    },
};

use super::{bindings::StoredBindings, encryption::ServerTls, own_api::ServerApi};

/// The parts of the server that gates use.
pub struct GateServer {
    service: Service,
    api: Arc<dyn OwnApi>,
    /// The TLS of the server; `None` without a certificate.
    encryption: Option<Arc<dyn Encryption>>,
    /// The data directory, with the id of this instance.
    data: PathBuf,
}

impl GateServer {
    /// Returns the parts of a server. `front`: the service of its own listener; `tls`: accepts connections with TLS;
    /// `data`: its data directory.
    pub(in crate::server) fn new(
        service: Service,
        front: Front,
        settings: &Settings,
        tls: Option<Acceptor>,
        data: PathBuf,
    ) -> Self {
        let api = Arc::new(ServerApi::new(front, settings.forwarded_header.clone()));
        let encryption =
            tls.map(|acceptor| -> Arc<dyn Encryption> { Arc::new(ServerTls::new(acceptor, settings.clone())) });
        Self { service, api, encryption, data }
    }

    /// Returns whether the server has a certificate, which gates with TLS use.
    pub(super) fn has_certificate(&self) -> bool {
        self.encryption.is_some()
    }

    /// Sets the organizations whose buckets are those of an InfluxDB 2.
    pub(super) fn note_orgs<'a>(&self, gates: impl Iterator<Item = &'a GateSettings>) {
        let of_influxdb2 = gates.filter(|gate| gate.kind == GateKind::Influxdb2);
        self.service.set_upstream_orgs(of_influxdb2.map(|gate| (gate.name.to_string(), gate.org.clone())).collect());
    }

    /// Returns the bindings of a gate with these settings.
    pub(super) fn bindings(&self, settings: &GateSettings) -> Arc<StoredBindings> {
        Arc::new(StoredBindings::of(settings, self.service.clone()))
    }

    /// Returns the parts for a gate with these settings and bindings.
    ///
    /// # Errors
    /// Fails if the gate needs the id of this instance, and it cannot be read or created.
    pub(super) fn context(
        &self,
        settings: &GateSettings,
        directories: Arc<StoredBindings>,
    ) -> Result<ServerContext, InstanceError> {
        let instance = match settings.auth {
            Auth::Delegate => Some(instance::id(&self.data)?.to_string()),
            Auth::Classify => None,
        };
        let is_influxdb2 = settings.kind == GateKind::Influxdb2;
        let influxdb2 = is_influxdb2.then(|| Influxdb2Context { api: Arc::clone(&self.api) });
        let encryption = self.encryption.clone().filter(|_| settings.tls);
        Ok(ServerContext { service: self.service.clone(), directories, instance, encryption, influxdb2 })
    }
}
