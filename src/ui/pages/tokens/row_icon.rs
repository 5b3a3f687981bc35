//! The icons of the rows, drawn once for all of them: a list of 25 rows would hold each 25 times.

use leptos::prelude::*;

use crate::ui::components::{Picture, icon};

macro_rules! row_icons {
    ($($name:ident $id:literal),+ $(,)?) => {
        /// An icon that every row has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum RowPicture { $($name),+ }

        impl RowPicture {
            const ALL: &[(Picture, &'static str)] = &[$((Picture::$name, $id)),+];

            const fn reference(self) -> &'static str {
                match self { $(Self::$name => concat!("#", $id)),+ }
            }
        }
    };
}

row_icons! {
    More "i-more",
    Pencil "i-pencil",
    Clone "i-clone",
    Copy "i-copy",
    Pause "i-pause",
    Play "i-play",
    Trash "i-trash",
    Check "i-check",
}

/// The drawings; once on a page, before what refers to them.
#[component]
pub fn RowIcons() -> impl IntoView {
    let symbols = RowPicture::ALL.iter().map(|(picture, id)| icon::symbol(*picture, id)).collect::<String>();
    view! { <svg class="sr-only" aria-hidden="true" inner_html=symbols></svg> }
}

/// One of them.
#[component]
pub fn RowIcon(picture: RowPicture) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use href=picture.reference()/></svg> }
}
