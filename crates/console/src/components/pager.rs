//! Pagination by links.

use leptos::prelude::*;

use jeton_model::{console::tokens::PAGE_SIZES, tally::Tally, wording};

use super::{Icon, Menu, Picture, menu::ChoiceLink};

/// The part of a list that is displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The page number, from 1.
    pub page: u64,
    /// Number of rows per page.
    pub page_size: u64,
    /// Number of rows that match the filter.
    pub total: Tally,
    /// Number of rows without the filter.
    pub unfiltered: Tally,
}

/// The pagination below a list. `address`: returns the address of a page, of a page size.
#[component]
pub fn Pager(
    /// The displayed part of the list.
    part: Part,
    /// Returns the address of a page number with a page size.
    address: Callback<(u64, u64), String>,
    /// True if the menu of page sizes is rendered on demand; only where the size can be chosen elsewhere without
    /// JavaScript.
    #[prop(optional)]
    lazy: bool,
) -> impl IntoView {
    let Part { page, page_size, total, unfiltered } = part;
    let pages = total.known().div_ceil(page_size).max(page);
    let range = if total.is_none() {
        format!("0 of {}", unfiltered.text())
    } else {
        let end = page.saturating_mul(page_size);
        let last = if total.is_more() { end } else { end.min(total.known()) };
        format!("{}–{} of {}", wording::grouped(end - page_size + 1), wording::grouped(last), total.text())
    };
    // Behind the pages that were counted there are more: one leads to the next.
    let next = (page < pages || total.is_more()).then_some(page.saturating_add(1));
    let to = move |number: u64| address.run((number, page_size));
    let uncounted = total.is_more().then_some(None);
    let items = page_numbers(page, pages).into_iter().chain(uncounted).map(move |item| match item {
        Some(number) => view! {
            <li>
                <a
                    href=to(number) data-noscroll aria-current=(number == page).then_some("page") aria-label=format!("Page {number}")
                    data-testid="pagination-item"
                >
                    {wording::grouped(number)}
                </a>
            </li>
        }
        .into_any(),
        None => view! { <li><span data-testid="pagination-truncation-item">"…"</span></li> }.into_any(),
    });
    let size_face = move || view! { {format!("{page_size} per page")}<Icon picture=Picture::ChevronDown/> };
    let size_choice = move |size: u64| {
        view! { <ChoiceLink href=address.run((1, size)) current=size == page_size>{format!("{size} per page")}</ChoiceLink> }
    };
    view! {
        <nav class="pager" aria-label="Pages" data-testid="pagination-nav">
            <div class="pager-range">
                <span>{range}</span><span aria-hidden="true">" · "</span>
                <Menu class="up" lazy button="pager-size" button_testid="page-size--button" face=size_face>
                    {PAGE_SIZES.map(size_choice).collect_view()}
                </Menu>
            </div>
            <ol class="pager-pages">
                <li><Step label="Previous page" rel="prev" picture=Picture::ChevronLeft href=(page > 1).then(|| to(page - 1))/></li>
                {items.collect_view()}
                <li><Step label="Next page" rel="next" picture=Picture::ChevronRight href=next.map(to)/></li>
            </ol>
        </nav>
    }
}

/// A link to the previous or the next page.
#[component]
fn Step(label: &'static str, rel: &'static str, picture: Picture, href: Option<String>) -> impl IntoView {
    match href {
        Some(href) => view! {
            <a href=href rel=rel data-noscroll aria-label=label data-testid="pagination-direction-item"><Icon picture/></a>
        }
        .into_any(),
        None => view! {
            <a role="link" aria-disabled="true" aria-label=label data-testid="pagination-direction-item"><Icon picture/></a>
        }
        .into_any(),
    }
}

/// Returns the page numbers to display: the first, the last, and the neighbours of the current one; `None` is an
/// ellipsis.
fn page_numbers(current: u64, pages: u64) -> Vec<Option<u64>> {
    if pages <= 7 {
        return (1..=pages).map(Some).collect();
    }
    let (from, to) = (current.saturating_sub(1).clamp(2, pages - 3), (current + 1).clamp(4, pages - 1));
    let mut numbers = vec![Some(1)];
    if from > 2 {
        numbers.push(None);
    }
    numbers.extend((from..=to).map(Some));
    if to < pages - 1 {
        numbers.push(None);
    }
    numbers.push(Some(pages));
    numbers
}

#[cfg(test)]
mod tests {
    use super::page_numbers;

    fn text(current: u64, pages: u64) -> String {
        page_numbers(current, pages)
            .into_iter()
            .map(|item| item.map_or("…".into(), |number| number.to_string()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn few_pages_are_all_shown() {
        assert_eq!(text(1, 1), "1");
        assert_eq!(text(3, 7), "1 2 3 4 5 6 7");
    }

    #[test]
    fn of_many_pages_the_ends_and_the_neighbours_are_shown() {
        assert_eq!(text(1, 13), "1 2 3 4 … 13");
        assert_eq!(text(7, 13), "1 … 6 7 8 … 13");
        assert_eq!(text(13, 13), "1 … 10 11 12 13");
    }
}
