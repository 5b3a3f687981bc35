//! Icons, inlined as SVG so that they inherit the colour of the text.
//!
//! From Lucide (ISC licence, <https://lucide.dev>).

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident $paths:literal),+ $(,)?) => {
        /// An icon of 24 by 24 units, drawn in strokes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Picture { $($name),+ }

        impl Picture {
            /// All icons.
            #[cfg(all(feature = "ssr", debug_assertions))]
            pub const ALL: &[Self] = &[$(Self::$name),+];

            const fn paths(self) -> &'static str {
                match self { $(Self::$name => $paths),+ }
            }
        }
    };
}

icons! {
    Search r##"<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>"##,
    Plus r##"<path d="M5 12h14"/><path d="M12 5v14"/>"##,
    ChevronDown r##"<path d="m6 9 6 6 6-6"/>"##,
    ChevronRight r##"<path d="m9 18 6-6-6-6"/>"##,
    ChevronLeft r##"<path d="m15 18-6-6 6-6"/>"##,
    ChevronUp r##"<path d="m18 15-6-6-6 6"/>"##,
    Chevrons r##"<path d="m7 15 5 5 5-5"/><path d="m7 9 5-5 5 5"/>"##,
    Sort r##"<path d="m3 16 4 4 4-4M7 20V4"/><path d="m21 8-4-4-4 4M17 4v16"/>"##,
    ArrowUp r##"<path d="m5 12 7-7 7 7"/><path d="M12 19V5"/>"##,
    ArrowDown r##"<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>"##,
    ArrowRight r##"<path d="M5 12h14"/><path d="m12 5 7 7-7 7"/>"##,
    Key r##"<path d="M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z"/><circle cx="16.5" cy="7.5" r=".5" fill="currentColor"/>"##,
    Shield r##"<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z"/>"##,
    Crown r##"<path d="M11.562 3.266a.5.5 0 0 1 .876 0L15.39 8.87a1 1 0 0 0 1.516.294L21.183 5.5a.5.5 0 0 1 .798.519l-2.834 10.246a1 1 0 0 1-.956.734H5.81a1 1 0 0 1-.957-.734L2.02 6.02a.5.5 0 0 1 .798-.519l4.276 3.664a1 1 0 0 0 1.516-.294z"/><path d="M5 21h14"/>"##,
    Sliders r##"<path d="M10 5H3M12 19H3M14 3v4M16 17v4M21 12h-9M21 19h-5M21 5h-7M8 10v4M8 12H3"/>"##,
    More r##"<circle cx="12" cy="12" r="1"/><circle cx="19" cy="12" r="1"/><circle cx="5" cy="12" r="1"/>"##,
    Pencil r##"<path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"/><path d="m15 5 4 4"/>"##,
    Copy r##"<rect width="14" height="14" x="8" y="8" rx="2" ry="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/>"##,
    Clone r##"<line x1="15" x2="15" y1="12" y2="18"/><line x1="12" x2="18" y1="15" y2="15"/><rect width="14" height="14" x="8" y="8" rx="2" ry="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/>"##,
    Check r##"<path d="M20 6 9 17l-5-5"/>"##,
    Close r##"<path d="M18 6 6 18"/><path d="m6 6 12 12"/>"##,
    Trash r##"<path d="M10 11v6"/><path d="M14 11v6"/><path d="M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6"/><path d="M3 6h18"/><path d="M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"/>"##,
    Pause r##"<rect x="14" y="3" width="5" height="18" rx="1"/><rect x="5" y="3" width="5" height="18" rx="1"/>"##,
    Play r##"<path d="M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z"/>"##,
    CircleCheck r##"<circle cx="12" cy="12" r="10"/><path d="m16 9-5.5 5.5L8 12"/>"##,
    CircleAlert r##"<circle cx="12" cy="12" r="10"/><line x1="12" x2="12" y1="8" y2="12"/><line x1="12" x2="12.01" y1="16" y2="16"/>"##,
    Warning r##"<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"/><path d="M12 9v4"/><path d="M12 17h.01"/>"##,
    Info r##"<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>"##,
    Sun r##"<circle cx="12" cy="12" r="4"/><path d="M12 2v2"/><path d="M12 20v2"/><path d="m4.93 4.93 1.41 1.41"/><path d="m17.66 17.66 1.41 1.41"/><path d="M2 12h2"/><path d="M20 12h2"/><path d="m6.34 17.66-1.41 1.41"/><path d="m19.07 4.93-1.41 1.41"/>"##,
    Moon r##"<path d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"/>"##,
    Monitor r##"<rect width="20" height="14" x="2" y="3" rx="2"/><line x1="8" x2="16" y1="21" y2="21"/><line x1="12" x2="12" y1="17" y2="21"/>"##,
    SignOut r##"<path d="m16 17 5-5-5-5"/><path d="M21 12H9"/><path d="M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"/>"##,
    Menu r##"<path d="M4 5h16"/><path d="M4 12h16"/><path d="M4 19h16"/>"##,
    Eye r##"<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0"/><circle cx="12" cy="12" r="3"/>"##,
    EyeOff r##"<path d="M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49"/><path d="M14.084 14.158a3 3 0 0 1-4.242-4.242"/><path d="M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143"/><path d="m2 2 20 20"/>"##,
    User r##"<circle cx="12" cy="8" r="5"/><path d="M20 21a8 8 0 0 0-16 0"/>"##,
    Organization r##"<path d="M10 12h4M10 8h4M14 21v-3a2 2 0 0 0-4 0v3M6 10H4a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-2M6 21V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v16"/>"##,
    Bucket r##"<ellipse cx="12" cy="5" rx="9" ry="3"/><path d="M3 5V19A9 3 0 0 0 21 19V5"/><path d="M3 12A9 3 0 0 0 21 12"/>"##,
    SearchNone r##"<path d="m13.5 8.5-5 5"/><path d="m8.5 8.5 5 5"/><circle cx="11" cy="11" r="8"/><path d="m21 21-4.3-4.3"/>"##,
    Users r##"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.128a4 4 0 0 1 0 7.744M22 21v-2a4 4 0 0 0-3-3.87"/><circle cx="9" cy="7" r="4"/>"##,
    UserCog r##"<circle cx="18" cy="15" r="3"/><circle cx="9" cy="7" r="4"/><path d="M10 15H6a4 4 0 0 0-4 4v2"/>"##,
    UserPlus r##"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><circle cx="9" cy="7" r="4"/><path d="M19 8v6"/><path d="M22 11h-6"/>"##,
    Antenna r##"<path d="M4.9 16.1C1 12.2 1 5.8 4.9 1.9M7.8 4.7a6.14 6.14 0 0 0-.8 7.5"/><circle cx="12" cy="9" r="2"/><path d="M16.2 4.8c2 2 2.26 5.11.8 7.47M19.1 1.9a9.96 9.96 0 0 1 0 14.1M9.5 18h5"/><path d="m8 22 4-11 4 11"/>"##,
    Rocket r##"<path d="M4.5 16.5c-1.5 1.26-2 5-2 5s3.74-.5 5-2c.71-.84.7-2.13-.09-2.91a2.18 2.18 0 0 0-2.91-.09z"/><path d="m12 15-3-3a22 22 0 0 1 2-3.95A12.88 12.88 0 0 1 22 2c0 2.72-.78 7.5-6 11a22.35 22.35 0 0 1-4 2z"/><path d="M9 12H4s.55-3.03 2-4c1.62-1.08 5 0 5 0"/><path d="M12 15v5s3.03-.55 4-2c1.08-1.62 0-5 0-5"/>"##,
    Chart r##"<path d="M3 3v16a2 2 0 0 0 2 2h16"/><path d="m19 9-5 5-4-4-3 3"/>"##,
    Archive r##"<rect width="20" height="5" x="2" y="3" rx="1"/><path d="M4 8v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8"/><path d="M10 12h4"/>"##,
    Keyboard r##"<path d="M10 8h.01"/><path d="M12 12h.01"/><path d="M14 8h.01"/><path d="M16 12h.01"/><path d="M18 8h.01"/><path d="M6 8h.01"/><path d="M7 16h10"/><path d="M8 12h.01"/><rect width="20" height="16" x="2" y="4" rx="2"/>"##,
    Columns r##"<rect width="18" height="18" x="3" y="3" rx="2"/><path d="M9 3v18"/><path d="M15 3v18"/>"##,
    ClockAlert r##"<path d="M12 6v6l4 2"/><path d="M20 12v5"/><path d="M20 21h.01"/><path d="M21.25 8.2A10 10 0 1 0 16 21.16"/>"##,
    Hourglass r##"<path d="M5 22h14"/><path d="M5 2h14"/><path d="M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22"/><path d="M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2"/>"##,
    Lock r##"<rect width="18" height="11" x="3" y="11" rx="2" ry="2"/><path d="M7 11V7a5 5 0 0 1 10 0v4"/>"##,
    Rotate r##"<path d="M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8"/><path d="M21 3v5h-5"/><path d="M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16"/><path d="M8 16H3v5"/>"##,
    Swap r##"<path d="m16 3 4 4-4 4"/><path d="M20 7H4"/><path d="m8 21-4-4 4-4"/><path d="M4 17h16"/>"##,
    Scroll r##"<path d="M15 12h-5M15 8h-5M19 17V5a2 2 0 0 0-2-2H4M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"/>"##,
    Ban r##"<path d="M4.929 4.929 19.07 19.071"/><circle cx="12" cy="12" r="10"/>"##,
    SignIn r##"<path d="m10 17 5-5-5-5"/><path d="M15 12H3"/><path d="M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4"/>"##,
    ShieldCheck r##"<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z"/><path d="m9 12 2 2 4-4"/>"##,
    Server r##"<rect width="20" height="8" x="2" y="2" rx="2"/><rect width="20" height="8" x="2" y="14" rx="2"/><path d="M6 6h.01"/><path d="M6 18h.01"/>"##,
    Download r##"<path d="M12 15V3"/><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/><path d="m7 10 5 5 5-5"/>"##,
}

/// An icon, hidden from screen readers: the control around it has an accessible name.
#[component]
pub fn Icon(picture: Picture, #[prop(into, optional)] class: String) -> impl IntoView {
    let class = format!("icon {class}");
    view! { <svg class=class.trim().to_owned() viewBox="0 0 24 24" aria-hidden="true" inner_html=picture.paths()></svg> }
}

/// The logo: a disc with a notch, and a J in it.
#[component]
pub fn Mark(#[prop(optional)] large: bool) -> impl IntoView {
    view! {
        <svg class=if large { "mark large" } else { "mark" } viewBox="0 0 24 24" aria-hidden="true">
            <path d="M18.79 2.1 15.82 5.07l3.11 3.11L21.9 5.21A12 12 0 1 1 18.79 2.1Z"></path>
            <path class="mark-j" d="M13.2 7.6v5.9c0 2.2-1.2 3.6-3.1 3.6-1.1 0-2-.5-2.5-1.2"></path>
        </svg>
    }
}

/// The logo as an outline, for empty lists.
#[component]
pub fn EmptyMark() -> impl IntoView {
    view! {
        <svg class="mark-empty" viewBox="0 0 86 86" aria-hidden="true">
            <circle class="mark-ring" cx="43" cy="43" r="42"></circle>
            <path class="mark-disc" d="M57.7 22 51.3 28.4l6.7 6.7 6.4-6.4A25.5 25.5 0 1 1 57.7 22Z"></path>
            <path class="mark-j" d="M45.8 34v12.4c0 4.6-2.5 7.6-6.5 7.6-2.3 0-4.2-1-5.3-2.6"></path>
        </svg>
    }
}
