//! Streamed JSON lists: written a portion at a time, with the same bytes as if written at once.

use std::{future::Future, io};

use axum::{body::Body, http::StatusCode, response::Response};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use jeton_service::Error;

use crate::json_response::{indented_text, json};

/// A list that is read in portions.
pub trait Portions: Send + 'static {
    /// An item of the list.
    type Item: Serialize + Send;

    /// Returns the next items; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Item>>, Error>> + Send;
}

/// Layout of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The layout of [`super::json_response::indented`].
    Indented,
    /// The layout of [`super::json_response::compact`].
    Compact,
}

/// Responds with a list. `empty`: the whole response without any item; the list is its last member. Errors of the first
/// two portions have a status of their own, later ones abort the response. A list that ends within them is sent whole.
pub async fn streamed<P: Portions>(layout: Layout, empty: &impl Serialize, mut portions: P) -> Result<Response, Error> {
    let mut writer = Writer::new(layout, empty).map_err(unwritten)?;
    let mut text = writer.head.clone();
    for _ in 0..2 {
        match portions.next().await? {
            Some(items) => text.extend(writer.items(&items).map_err(unwritten)?),
            None => {
                text.extend(writer.foot());
                return Ok(json(StatusCode::OK, Body::from(text)));
            }
        }
    }
    let rest = stream::try_unfold(Some((portions, writer)), |state| async move {
        let Some((mut portions, mut writer)) = state else { return Ok(None) };
        match portions.next().await.map_err(io::Error::other)? {
            Some(items) => Ok(Some((writer.items(&items)?, Some((portions, writer))))),
            None => Ok::<_, io::Error>(Some((writer.foot(), None))),
        }
    });
    let first = stream::iter([Ok(text)]);
    Ok(json(StatusCode::OK, Body::from_stream(first.chain(rest))))
}

fn unwritten(error: serde_json::Error) -> Error {
    tracing::error!(%error, "could not serialize a response");
    Error::Internal
}

/// The state of a list that is being written.
struct Writer {
    layout: Layout,
    /// The text before the first item.
    head: Vec<u8>,
    has_items: bool,
}

impl Writer {
    fn new(layout: Layout, empty: &impl Serialize) -> Result<Self, serde_json::Error> {
        let (mut head, end) = match layout {
            Layout::Indented => (indented_text(empty)?, "]\n}"),
            Layout::Compact => (serde_json::to_vec(empty)?, "]}"),
        };
        head.truncate(head.len().saturating_sub(end.len()));
        Ok(Self { layout, head, has_items: false })
    }

    fn items(&mut self, items: &[impl Serialize]) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = Vec::new();
        for item in items {
            if std::mem::replace(&mut self.has_items, true) {
                text.push(b',');
            }
            match self.layout {
                Layout::Compact => serde_json::to_writer(&mut text, item)?,
                // JSON strings contain no line breaks: all of them belong to the layout, two levels further out.
                Layout::Indented => {
                    for line in indented_text(item)?.split(|byte| *byte == b'\n') {
                        text.extend_from_slice(b"\n\t\t");
                        text.extend_from_slice(line);
                    }
                }
            }
        }
        Ok(text)
    }

    fn foot(&self) -> Vec<u8> {
        let foot: &[u8] = match (self.layout, self.has_items) {
            (Layout::Compact, _) => b"]}",
            (Layout::Indented, false) => b"]\n}",
            (Layout::Indented, true) => b"\n\t]\n}",
        };
        foot.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use crate::json_response::{compact, indented};

    use super::*;

    #[derive(Clone, Serialize)]
    struct Item {
        name: String,
        parts: Vec<u32>,
        none: Vec<u32>,
    }

    #[derive(Serialize)]
    struct List {
        links: [u32; 1],
        items: Vec<Item>,
    }

    struct InPortions(Vec<Vec<Item>>);

    impl Portions for InPortions {
        type Item = Item;
        async fn next(&mut self) -> Result<Option<Vec<Item>>, Error> {
            Ok(if self.0.is_empty() { None } else { Some(self.0.remove(0)) })
        }
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_list_in_portions_looks_like_one_that_is_written_at_once() {
        let item = |name: &str| Item { name: name.into(), parts: vec![1, 2], none: vec![] };
        let items = [item("a"), item("<b>\n\t\"c\""), item(""), item("d & ]}")];
        for sizes in [vec![], vec![0], vec![1], vec![2], vec![1, 1], vec![0, 1, 0, 2, 1], vec![4, 0], vec![1, 1, 1, 1]]
        {
            let mut left = items.to_vec();
            let portions: Vec<Vec<Item>> = sizes.iter().map(|size| left.drain(..*size).collect()).collect();
            let whole = List { links: [1], items: portions.concat() };
            let empty = List { links: [1], items: vec![] };
            let one = streamed(Layout::Indented, &empty, InPortions(portions.clone())).await.unwrap();
            assert_eq!(text(one).await, text(indented(StatusCode::OK, &whole)).await, "{sizes:?}");
            let one = streamed(Layout::Compact, &empty, InPortions(portions)).await.unwrap();
            assert_eq!(text(one).await, text(compact(StatusCode::OK, &whole)).await, "{sizes:?}");
        }
    }
}
