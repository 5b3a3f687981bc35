//! A service that reports the progress of requests to the stream of its connection.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
    http::{Request, Version},
};
use jeton_http::client_info::Certified;
use jeton_model::Timestamp;
use tower::Service;

use super::{Connection, Exchange, body::watched};

/// A service that notes when a request has begun, when its body was read, and when it was answered.
#[derive(Clone, Debug)]
pub struct Following<S> {
    service: S,
    connection: Connection,
    /// The time until when the certificate is valid that the client has shown.
    certified_until: Option<Timestamp>,
}

impl<S> Following<S> {
    pub(super) const fn new(service: S, connection: Connection, certified_until: Option<Timestamp>) -> Self {
        Self { service, connection, certified_until }
    }
}

impl<S, B> Service<Request<B>> for Following<S>
where
    S: Service<Request<Body>>,
    S::Future: Unpin,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = FollowedResponse<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Also without ALPN.
        if request.version() == Version::HTTP_2 {
            self.connection.multiplex();
        }
        let exchange = self.connection.clone().begin();
        let mut request = request.map(|body| watched(body, exchange.clone()));
        if let Some(until) = self.certified_until {
            request.extensions_mut().insert(Certified { until });
        }
        FollowedResponse { response: self.service.call(request), exchange }
    }
}

/// A response, of which the exchange learns.
#[derive(Debug)]
pub struct FollowedResponse<F> {
    response: F,
    exchange: Exchange,
}

impl<F: Future + Unpin> Future for FollowedResponse<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let response = ready!(Pin::new(&mut this.response).poll(context));
        this.exchange.was_answered();
        Poll::Ready(response)
    }
}
