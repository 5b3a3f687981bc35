//! What a user of Jeton may rely on, tried on running servers. Needs nothing but SQLite; where
//! `JETON_TEST_POSTGRES` names a PostgreSQL, every promise about data is kept there too.

mod account_page;
mod answers;
mod at_once;
mod audit;
mod audit_log;
mod buckets_page;
mod compare;
mod console;
mod dbrps;
mod granting;
mod home;
mod limits;
mod lists;
mod members_page;
mod openapi;
mod orgs_page;
mod pages;
mod people;
mod prefill;
mod program;
mod revocation;
mod secrets;
mod server;
mod sessions;
mod set_up;
mod strangers;
mod telegraf_page;
mod throttling;
mod token_changes;
mod token_files;
mod token_list;
mod users_page;
mod v1;
mod what_if;
mod wire;
