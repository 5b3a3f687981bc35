//! The cryptographic library of TLS clients.

use std::sync::Once;

/// Selects ring for TLS, without which no HTTP client can be made.
pub(super) fn use_ring() {
    static ONCE: Once = Once::new();
    // It fails only if a provider is already installed.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
