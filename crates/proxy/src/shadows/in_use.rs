//! The number of gates that use a set of shadows.

use std::sync::{Arc, atomic::Ordering};

use super::Shadows;

/// The use of a set of shadows by one gate. A gate that replaces another one for the same database takes over its
/// shadows, while the earlier gate may still have exchanges.
pub(crate) struct InUse(Arc<Shadows>);

impl InUse {
    /// Adds a gate to the users of the shadows.
    pub(crate) fn of(shadows: Arc<Shadows>) -> Self {
        shadows.gates.fetch_add(1, Ordering::SeqCst);
        Self(shadows)
    }

    /// Returns the shadows.
    pub(crate) fn shadows(&self) -> &Arc<Shadows> {
        &self.0
    }

    /// Returns whether no other gate uses them.
    pub(crate) fn is_only(&self) -> bool {
        self.0.gates.load(Ordering::SeqCst) == 1
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.gates.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_gate_is_the_only_one() {
        let first = InUse::of(Arc::new(Shadows::of_authorizations("1", "plant")));
        // A request that creates a shadow also has a reference, and is no gate.
        let _creating = Arc::clone(first.shadows());
        assert!(first.is_only());
        let second = InUse::of(Arc::clone(first.shadows()));
        assert!(!first.is_only() && !second.is_only());
        drop(first);
        assert!(second.is_only());
    }
}
