use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;

use super::*;

fn begin(exchanges: &Arc<Exchanges>, connection: Option<Arc<Connection>>) -> Exchange {
    let work = Arc::new(Connection::default()).begin();
    let longest = Duration::from_secs(1);
    let begin = Begin { holder: None, places: Vec::new(), query_limit: None, longest, connection, work };
    exchanges.begin(begin).unwrap()
}

#[test]
fn an_exchange_runs_until_it_is_dropped() {
    let exchanges = Arc::new(Exchanges::default());
    let (one, other) = (begin(&exchanges, None), begin(&exchanges, None));
    assert_eq!(exchanges.all().len(), 2);
    drop(one);
    assert_eq!(exchanges.all().len(), 1);
    drop(other);
    assert!(exchanges.all().is_empty());
}

#[test]
fn an_exchange_that_is_ended_is_removed_once() {
    let exchanges = Arc::new(Exchanges::default());
    let (ended, other) = (begin(&exchanges, None), begin(&exchanges, None));
    let counters = Counters::default();
    exchanges.end(&ended.state, End::TooLong, &counters);
    assert_eq!(exchanges.all().len(), 1, "although nobody dropped it");
    exchanges.end(&ended.state, End::Revoked, &counters);
    assert_eq!((counters.ends(End::TooLong), counters.ends(End::Revoked)), (1, 0));
    drop(ended);
    assert_eq!(exchanges.all().len(), 1);
    drop(other);
}

#[tokio::test]
async fn the_end_takes_the_answer_away_from_a_client_that_does_not_read() {
    let exchanges = Arc::new(Exchanges::default());
    let exchange = begin(&exchanges, None);
    let state = exchange.state.clone();
    let database = Arc::new(());
    let connection = Arc::downgrade(&database);
    let body = crate::body::full("x").map_frame(move |frame| {
        let _held = &database;
        frame
    });
    let answer = guarded(body.boxed_unsync(), exchange);
    assert!(connection.upgrade().is_some());
    exchanges.end(&state, End::Revoked, &Counters::default());
    assert!(connection.upgrade().is_none(), "the client still has an answer, without a body");
    drop(answer);
}

#[tokio::test]
async fn who_waits_for_the_end_is_told_the_first_reason() {
    let exchanges = Arc::new(Exchanges::default());
    let exchange = begin(&exchanges, None);
    let state = exchange.state.clone();
    let waiting = tokio::spawn(async move { exchange.ended().await });
    for end in [End::Revoked, End::TooLong] {
        exchanges.end(&state, end, &Counters::default());
    }
    assert_eq!(waiting.await.unwrap(), End::Revoked);
}

#[tokio::test]
async fn a_connection_is_closed_once_its_answer_has_begun() {
    let exchanges = Arc::new(Exchanges::default());
    let connection = Arc::new(Connection::default());
    let exchange = begin(&exchanges, Some(connection.clone()));
    exchange.begin_answer();
    exchanges.end(&exchange.state, End::TooLong, &Counters::default());
    connection.aborted().await;
}

#[tokio::test]
async fn an_exchange_that_has_finished_closes_its_connection_no_more() {
    let exchanges = Arc::new(Exchanges::default());
    let connection = Arc::new(Connection::default());
    let exchange = begin(&exchanges, Some(connection.clone()));
    exchange.begin_answer();
    let state = exchange.state.clone();
    drop(exchange);
    exchanges.end(&state, End::Revoked, &Counters::default());
    assert!(connection.aborted().now_or_never().is_none());
}
