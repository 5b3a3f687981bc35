//! TODO

pub mod attention_filter;
pub mod buckets;
pub mod capabilities;
pub mod lineage;
pub mod list_query;
pub mod people;
pub mod prefill;
pub mod selection;
pub mod session;
pub mod simulation;
pub mod template;
pub mod token_query;
pub mod tokens;
