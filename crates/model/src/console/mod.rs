//! View models: the data that the two halves of the console exchange.

pub mod attention_filter;
pub mod buckets;
pub mod capabilities;
pub mod databases;
pub mod frame;
pub mod gate_question;
pub mod lineage;
pub mod list_query;
pub mod messages;
pub mod people;
pub mod preference_cookie;
pub mod prefill;
pub mod selection;
pub mod server_info;
pub mod session;
pub mod simulation;
pub mod template;
pub mod token_query;
pub mod tokens;
