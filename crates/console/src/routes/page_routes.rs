//! The declaration of a page's routes.

/// Declares the routes of a page, each with the path segments below the page's own, and whether it is a `dialog` above
/// the page or belongs to the `page` itself. Parsing and formatting follow from the segments; a segment in place of a
/// literal is parsed as the variant's value. Routes are tried in their order.
macro_rules! page_routes {
    (@is_dialog dialog) => { true };
    (@is_dialog page) => { false };
    (
        $(#[$doc:meta])*
        $page:ident in $section:ident {
            $($(#[$about:meta])* $variant:ident $(($value:ident: $type:ty))? [$($segment:tt),*] $kind:ident),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $page {
            $($(#[$about])* $variant $(($type))?),+
        }

        impl $crate::routes::PageRoute for $page {
            const SECTION: $crate::routes::Section = $crate::routes::Section::$section;
            const LIST: Self = Self::List;

            fn parse(rest: &[&str]) -> Option<Self> {
                $(
                    if let [$($segment),*] = rest $(&& let Ok($value) = $value.parse())? {
                        return Some(Self::$variant $(($value))?);
                    }
                )+
                None
            }

            fn has_dialog(self) -> bool {
                match self {
                    $(Self::$variant { .. } => page_routes!(@is_dialog $kind)),+
                }
            }
        }

        impl std::fmt::Display for $page {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant $(($value))? => {
                        $(
                            f.write_str("/")?;
                            std::fmt::Display::fmt(&$segment, f)?;
                        )*
                        Ok(())
                    }),+
                }
            }
        }
    };
}

pub(super) use page_routes;
