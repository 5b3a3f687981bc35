//! What a user of Jeton may rely on, tried on running servers. Needs nothing but SQLite; where
//! `JETON_TEST_POSTGRES` names a PostgreSQL, every promise about data is kept there too.

mod answers;
mod at_once;
mod audit;
mod compare;
mod console;
mod dbrps;
mod granting;
mod home;
mod limits;
mod lists;
mod openapi;
mod pages;
mod program;
mod revocation;
mod secrets;
mod server;
mod sessions;
mod set_up;
mod strangers;
mod throttling;
mod token_changes;
mod token_files;
mod token_list;
mod v1;
mod wire;
