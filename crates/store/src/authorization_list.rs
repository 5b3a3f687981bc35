//! Sorted lists of authorizations, by page and by portion.

use sqlx::any::AnyRow;

use jeton_model::{Authorization, AuthorizationId};

use crate::{
    Connection, Result,
    authorization_filter::{Filter, push_filter, push_filter_among},
    authorizations::authorization,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// A sort order. The id breaks ties: ascending, except in [`Self::IdDescending`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Ascending ids.
    #[default]
    Id,
    /// Descending ids.
    IdDescending,
    /// Descriptions from A to Z, numbers in them by their value.
    Description,
    /// Descriptions from Z to A.
    DescriptionDescending,
    /// Active before inactive.
    Status,
    /// Inactive before active.
    StatusDescending,
}

impl Sort {
    const fn order(self) -> &'static str {
        match self {
            Self::Id => " ORDER BY id",
            Self::IdDescending => " ORDER BY id DESC",
            Self::Description => " ORDER BY description_key, id",
            Self::DescriptionDescending => " ORDER BY description_key DESC, id",
            Self::Status => " ORDER BY status, id",
            Self::StatusDescending => " ORDER BY status DESC, id",
        }
    }

    /// Returns the column that is compared before the id.
    const fn key(self) -> &'static str {
        match self {
            Self::Id | Self::IdDescending => "id",
            Self::Description | Self::DescriptionDescending => "description_key",
            Self::Status | Self::StatusDescending => "status",
        }
    }

    const fn descends(self) -> bool {
        matches!(self, Self::IdDescending | Self::DescriptionDescending | Self::StatusDescending)
    }
}

/// A side of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Restricts a statement to the rows on one side of another row, in a sort order. `value`: the sort key of that row;
/// without it, the row's current one.
fn push_side(sql: &mut Sql, sort: Sort, side: Side, id: AuthorizationId, value: Option<&str>) -> Result<()> {
    let (key, id) = (sort.key(), from_id(id));
    let smaller = (side == Side::Before) != sort.descends();
    // The id suffices, even if its row has been deleted since.
    if key == "id" {
        sql.push(if smaller { " AND id < " } else { " AND id > " }).bind(id)?;
        return Ok(());
    }
    let push_value = |sql: &mut Sql| match value {
        Some(value) => sql.bind(value.to_owned()).map(drop),
        None => sql
            .push("(SELECT ")
            .push(key)
            .push(" FROM authorizations WHERE id = ")
            .bind(id)
            .map(|sql| _ = sql.push(")")),
    };
    // The first comparison alone is one that an index answers with its place: what lies on the other side is not read.
    sql.push(" AND ").push(key).push(if smaller { " <= " } else { " >= " });
    push_value(sql)?;
    sql.push(" AND (").push(key).push(if smaller { " < " } else { " > " });
    push_value(sql)?;
    sql.push(" OR (").push(key).push(" = ");
    push_value(sql)?;
    sql.push(if side == Side::Before { " AND id < " } else { " AND id > " }).bind(id)?.push("))");
    Ok(())
}

/// The start of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// After this many rows.
    Offset(i64),
    /// After the row with this id.
    After(AuthorizationId),
    /// After the place of a row when it was read.
    Behind(&'a Bookmark),
}

/// A place in a sorted list that stays the same when the row is changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The row's sort key; `None` if it is the id.
    key: Option<String>,
    id: AuthorizationId,
}

/// Maximum number of bytes of permissions in a portion, unless a single authorization has more.
const PORTION_BYTES: i64 = 1024 * 1024;

/// Returns a part of a list and the place after it, or `None` where the list ends. The part has at most `limit` rows,
/// and fewer if their permissions exceed `PORTION_BYTES`.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn portion(
    connection: &mut Connection,
    filter: &Filter,
    sort: Sort,
    start: Start<'_>,
    limit: i64,
) -> Result<(Vec<Authorization>, Option<Bookmark>)> {
    let (rows, end) = portion_rows(connection, filter, sort, start, limit).await?;
    Ok((rows.iter().map(authorization).collect::<Result<_>>()?, end))
}

pub(super) async fn portion_rows(
    connection: &mut Connection,
    filter: &Filter,
    sort: Sort,
    start: Start<'_>,
    limit: i64,
) -> Result<(Vec<AnyRow>, Option<Bookmark>)> {
    let columns = "SELECT id, description_key, status, CAST(OCTET_LENGTH(permissions) AS BIGINT) AS size";
    let found = page(columns, filter, sort, start, limit)?.fetch_all(connection).await?;
    let (mut ids, mut bytes) = (Vec::new(), 0);
    for row in &found {
        bytes += row.number("size")?;
        if bytes > PORTION_BYTES && !ids.is_empty() {
            break;
        }
        ids.push(AuthorizationId(row.id("id")?));
    }
    let is_end = ids.len() == found.len() && (found.len() as i64) < limit;
    let bookmark = |row: &AnyRow| -> Result<Bookmark> {
        let key = if sort.key() == "id" { None } else { Some(row.text(sort.key())?) };
        Ok(Bookmark { key, id: AuthorizationId(row.id("id")?) })
    };
    let last = ids.len().checked_sub(1).and_then(|last| found.get(last)).filter(|_| !is_end);
    let end = last.map(bookmark).transpose()?;
    let mut sql = Sql::new("SELECT * FROM authorizations WHERE id IN ");
    sql.bind_ids(ids)?.push(sort.order());
    Ok((sql.fetch_all(connection).await?, end))
}

/// Returns a page of a list. The statement walks a narrow index first and joins the rows afterwards.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(
    connection: &mut Connection,
    filter: &Filter,
    sort: Sort,
    start: Start<'_>,
    limit: i64,
) -> Result<Vec<Authorization>> {
    list_rows(connection, filter, sort, start, limit).await?.iter().map(authorization).collect()
}

async fn list_rows(
    connection: &mut Connection,
    filter: &Filter,
    sort: Sort,
    start: Start<'_>,
    limit: i64,
) -> Result<Vec<AnyRow>> {
    page("SELECT *", filter, sort, start, limit)?.fetch_all(connection).await
}

/// Returns the statement that reads some columns of a page.
fn page(columns: &'static str, filter: &Filter, sort: Sort, start: Start<'_>, limit: i64) -> Result<Sql> {
    let mut sql = Sql::new(columns);
    sql.push(" FROM authorizations WHERE id IN (SELECT id FROM authorizations WHERE kind = ");
    push_filter(&mut sql, filter)?;
    match start {
        Start::Offset(_) => {}
        Start::After(id) => push_side(&mut sql, sort, Side::After, id, None)?,
        Start::Behind(mark) => push_side(&mut sql, sort, Side::After, mark.id, mark.key.as_deref())?,
    }
    sql.push(sort.order()).push(" LIMIT ").bind(limit)?;
    if let Start::Offset(offset) = start {
        sql.push(" OFFSET ").bind(offset)?;
    }
    sql.push(")").push(sort.order());
    Ok(sql)
}

/// Counts the authorizations that match a filter, up to `limit`: a result above it means that there are more.
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, filter: &Filter, limit: u64) -> Result<u64> {
    // Often a part of the candidates shows that there are more.
    if let Some(part) = filter.candidates.as_ref().filter(|candidates| !candidates.is_complete()) {
        let mut sql = Sql::new(COUNT);
        push_filter_among(&mut sql, filter, Some(part))?;
        let found = counted(connection, sql, limit).await?;
        if found > limit {
            return Ok(found);
        }
    }
    let mut sql = Sql::new(COUNT);
    push_filter(&mut sql, filter)?;
    counted(connection, sql, limit).await
}

const COUNT: &str = "SELECT COUNT(*) AS count FROM (SELECT id FROM authorizations WHERE kind = ";

async fn counted(connection: &mut Connection, mut sql: Sql, limit: u64) -> Result<u64> {
    sql.push(" LIMIT ").bind(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))?.push(") AS found");
    sql.fetch_one(connection).await?.number("count").map(i64::cast_unsigned)
}

/// Counts the authorizations that precede one of them in a list.
///
/// # Errors
/// Fails if the database does.
pub async fn count_before(
    connection: &mut Connection,
    filter: &Filter,
    sort: Sort,
    id: AuthorizationId,
) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM authorizations WHERE kind = ");
    push_filter(&mut sql, filter)?;
    push_side(&mut sql, sort, Side::Before, id, None)?;
    sql.fetch_one(connection).await?.number("count")
}
