//! Reusable components of the pages.

pub mod copy;
pub mod dialog;
pub mod field;
pub mod filter;
pub mod form;
pub mod frame;
pub mod history;
pub mod icon;
pub mod list;
pub mod menu;
pub mod notices;
pub mod page;
pub mod pager;
pub mod shortcuts;
pub mod tabs;
pub mod text;
pub mod theme;
pub mod unsaved;

pub use copy::CopyButton;
pub use dialog::{Dialog, DialogHead};
pub use field::{Field, PasswordField};
pub use filter::FilterField;
pub use form::Form;
pub use icon::{EmptyMark, Icon, Mark, Picture};
pub use menu::Menu;
pub use notices::{Notices, Toasts};
pub use page::Page;
pub use shortcuts::{Shortcuts, ShortcutsButton};
