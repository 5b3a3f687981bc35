//! The routes of the Databases page.

use jeton_model::console::databases::GateKey;

use super::page_routes::page_routes;

page_routes! {
    /// The Databases page, or one of its dialogs.
    Databases in Databases {
        /// The page without a dialog.
        List [] page,
        /// The drawer with a gate.
        Show(gate: GateKey) [gate] dialog,
        /// The dialog that binds a bucket to a database.
        Bind(gate: GateKey) [gate, "bind"] dialog,
        /// The dialog that ends the binding of a bucket.
        Unbind(gate: GateKey) [gate, "unbind"] dialog,
        /// Makes a suspended bucket available again; a part of the drawer.
        Confirm(gate: GateKey) [gate, "confirm"] dialog,
        /// The dialog that confirms all suspended buckets.
        ConfirmAll(gate: GateKey) [gate, "confirm-all"] dialog,
        /// Compares the gate with its database; a part of the drawer.
        Sync(gate: GateKey) [gate, "sync"] dialog,
    }
}

impl Databases {
    /// Returns the gate that the dialog is about.
    pub const fn gate(self) -> Option<GateKey> {
        match self {
            Self::List => None,
            Self::Show(gate)
            | Self::Bind(gate)
            | Self::Unbind(gate)
            | Self::Confirm(gate)
            | Self::ConfirmAll(gate)
            | Self::Sync(gate) => Some(gate),
        }
    }
}
